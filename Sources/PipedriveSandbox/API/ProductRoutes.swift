/// Products and their variations, version 2.
enum ProductRoutes {
    private static let listQuery: Set<String> = Listing.query.union([
        "owner_id", "ids", "filter_id", "updated_since", "custom_fields",
    ])

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v2/products", cost: 10, query: listQuery) { call in
            let listing = try Listing(call, sortBy: [.id, .name, .addedAt, .updatedAt])
            let view = try RecordView(call, .product)
            let filter = try RecordFilter(call, of: .product, links: ["owner_id"])
            return try call.store.read { state in
                listing.page(of: .product, in: &state, for: call.user, as: view) { !$0.isDeleted && filter.admits($0) }
            }
        },
        APIRoute("POST", "/api/v2/products", cost: 5) { call in
            let body = try call.body(.product)
            return .success(try call.store.change { try $0.createProduct(body, by: call.author) }, status: 201)
        },
        APIRoute("GET", "/api/v2/products/{id}", cost: 1) { call in
            let id = try call.id()
            return .success(try call.store.read { try $0.record(.product, id, for: call.user) })
        },
        APIRoute("PATCH", "/api/v2/products/{id}", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(BodyRules.product.optional)
            return .success(try call.store.change { try $0.changeProduct(id, body, by: call.author) })
        },
        APIRoute("DELETE", "/api/v2/products/{id}", cost: 3) { call in
            let id = try call.id()
            try call.store.change { try $0.delete(.product, id, by: call.author) }
            return .success(["id": .int(id)])
        },
        APIRoute("POST", "/api/v2/products/{id}/duplicate", cost: 5) { call in
            let id = try call.id()
            return .success(try call.store.change { try $0.duplicateProduct(id, by: call.author) }, status: 201)
        },
        APIRoute("GET", "/api/v2/products/{id}/variations", cost: 10, query: ["limit", "cursor"]) { call in
            let listing = try Listing(call, sortBy: [.id])
            let id = try call.id()
            return try call.store.read { state in
                _ = try state.record(.product, id, for: call.user)
                return listing.page(of: .variation, in: &state, for: call.user) { $0["product_id"] == .int(id) }
            }
        },
    ]
}
