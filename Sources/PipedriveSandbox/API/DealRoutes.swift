/// Deals, version 2.
enum DealRoutes {
    private static let listQuery: Set<String> = Listing.query.union([
        "filter_id", "ids", "owner_id", "person_id", "org_id", "pipeline_id", "stage_id", "status", "updated_since",
        "updated_until", "include_fields", "custom_fields", "include_option_labels", "include_labels",
    ])

    private static let oneQuery: Set<String> = [
        "include_fields", "custom_fields", "include_option_labels", "include_labels",
    ]

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v2/deals", cost: 10, query: listQuery) { call in try list(call, isArchived: false) },
        APIRoute(
            "GET", "/api/v2/deals/archived", cost: 20,
            query: listQuery.subtracting(["include_option_labels", "include_labels"])
        ) { call in
            try list(call, isArchived: true)
        },
        APIRoute("POST", "/api/v2/deals", cost: 5) { call in
            let body = try call.body(.deal)
            return .success(try call.store.change { try $0.createDeal(body, by: call.author) })
        },
        APIRoute("GET", "/api/v2/deals/products", cost: 10, query: DealProductRoutes.manyQuery) { call in
            try DealProductRoutes.listMany(call)
        },
        APIRoute("GET", "/api/v2/deals/{id}", cost: 1, query: oneQuery) { call in
            let id = try call.id()
            let view = try RecordView(call, .deal)
            return try call.store.read { .success(view.bytes(try $0.record(.deal, id, for: call.user), in: $0)) }
        },
        APIRoute("PATCH", "/api/v2/deals/{id}", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(BodyRules.deal.optional)
            return .success(try call.store.change { try $0.changeDeal(id, body, by: call.author) })
        },
        APIRoute("DELETE", "/api/v2/deals/{id}", cost: 3) { call in
            let id = try call.id()
            try call.store.change { try $0.deleteDeal(id, by: call.author) }
            return .success(["id": .int(id)])
        },
    ]

    private static func list(_ call: Call, isArchived: Bool) throws -> Reply {
        let listing = try Listing(call)
        let view = try RecordView(call, .deal)
        let filter = try RecordFilter(
            call, of: .deal, links: ["owner_id", "person_id", "org_id", "pipeline_id", "stage_id"])
        let statuses = call.request.value("status")?.split(separator: ",").map { String($0) }
        for status in statuses ?? [] where !["open", "won", "lost", "deleted"].contains(status) {
            throw Refusal.bad("Parameter 'status' must be open, won, lost or deleted")
        }
        return try call.store.read { state in
            listing.page(of: .deal, in: &state, for: call.user, as: view) { record in
                guard record["is_archived"] == .bool(isArchived), filter.admits(record) else { return false }
                guard let statuses else { return !record.isDeleted }
                return statuses.contains(record.isDeleted ? "deleted" : record["status"].text ?? "")
            }
        }
    }
}
