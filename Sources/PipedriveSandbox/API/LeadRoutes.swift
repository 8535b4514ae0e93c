/// Leads, version 1, to be read only.
enum LeadRoutes {
    private static let query: Set<String> = [
        "limit", "start", "owner_id", "person_id", "organization_id", "filter_id", "updated_since", "sort",
    ]

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v1/leads", cost: 20, query: query) { call in
            let start = try call.number("start") ?? 0
            let limit = try call.number("limit") ?? 100
            guard start >= 0, (1...500).contains(limit) else { throw Refusal.bad("Parameter 'limit' is out of range") }
            let filter = try RecordFilter(call, links: ["owner_id", "person_id", "organization_id"])
            return try call.store.read { state in
                let found = state[.lead].records.filter { filter.admits($0) }
                let page = found.dropFirst(start).prefix(limit)
                let more = start + page.count < found.count
                return .success(
                    .array(page.map { .object($0.fields) }),
                    beside: [
                        "additional_data": [
                            "start": .int(start), "limit": .int(limit), "more_items_in_collection": .bool(more),
                        ]
                    ])
            }
        },
        APIRoute("GET", "/api/v1/leads/{id}", cost: 2) { call in
            let id = call.parameters["id"] ?? ""
            let lead = try call.store.read { $0[.lead].records.first { $0["id"] == .string(id) } }
            guard let lead else { throw Refusal.notFound("requested lead not found") }
            return .success(lead)
        },
    ]
}
