/// The lines and discounts of deals, version 2.
enum DealProductRoutes {
    static let manyQuery = Listing.query.union(["deal_ids"])

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v2/deals/{id}/products", cost: 10, query: Listing.query) { call in
            let listing = try Listing(call, sortBy: [.id, .addedAt, .updatedAt, .orderNumber])
            let id = try call.id()
            return try call.store.read { state in
                _ = try state.record(.deal, id, for: call.user)
                return listing.page(of: .dealProduct, in: &state, for: call.user) {
                    $0["deal_id"] == .int(id) && !$0.isDeleted
                }
            }
        },
        APIRoute("POST", "/api/v2/deals/{id}/products", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(.dealProduct)
            let line = try call.store.change { try $0.addProduct(to: id, body, by: call.author) }
            return .success(line, status: 201)
        },
        APIRoute("GET", "/api/v2/deals/{id}/discounts", cost: 10) { call in
            let id = try call.id()
            return try call.store.read { state in
                _ = try state.record(.deal, id, for: call.user)
                return .success(.array(state.discounts(of: id).map { .object($0.fields) }))
            }
        },
        APIRoute("POST", "/api/v2/deals/{id}/discounts", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(DiscountRoutes.rules)
            let uuid = RandomText.uuid()
            let discount = try call.store.change { try $0.addDiscount(to: id, body, id: uuid, by: call.author) }
            return .success(discount, status: 201)
        },
    ]

    /// The lines of several deals; deals that do not exist are passed over.
    static func listMany(_ call: Call) throws -> Reply {
        let listing = try Listing(call, sortBy: [.id, .dealID, .addedAt, .updatedAt, .orderNumber])
        guard let ids = try dealIDs(call) else { throw Refusal.bad("Parameter 'deal_ids' is required") }
        return try call.store.read { state in
            let visible = ids.filter { id in state[.deal][id].map { state.isVisible($0, .deal, to: call.user) } ?? false
            }
            return listing.page(of: .dealProduct, in: &state, for: call.user) { line in
                !line.isDeleted && line["deal_id"].whole.map { visible.contains($0) } == true
            }
        }
    }

    /// The ids, separated by commas or given as repeated parameters, as OpenAPI's default array style has it.
    private static func dealIDs(_ call: Call) throws -> Set<Int>? {
        let values = call.request.query.filter { $0.name == "deal_ids" }.flatMap { $0.value.split(separator: ",") }
        guard !values.isEmpty else { return nil }
        let ids = values.compactMap { Int($0) }
        guard ids.count == values.count, ids.count <= 100 else {
            throw Refusal.bad("Parameter 'deal_ids' must be at most 100 integers")
        }
        return Set(ids)
    }
}
