/// Persons, version 2.
enum PersonRoutes {
    private static let listQuery: Set<String> = Listing.query.union([
        "filter_id", "ids", "owner_id", "org_id", "deal_id", "updated_since", "updated_until", "include_fields",
        "custom_fields", "include_option_labels", "include_labels",
    ])

    private static let oneQuery: Set<String> = [
        "include_fields", "custom_fields", "include_option_labels", "include_labels",
    ]

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v2/persons", cost: 10, query: listQuery, answer: list),
        APIRoute("POST", "/api/v2/persons", cost: 5) { call in
            let body = try call.body(.person)
            return .success(try call.store.change { try $0.createPerson(body, by: call.author) })
        },
        APIRoute("GET", "/api/v2/persons/{id}", cost: 1, query: oneQuery) { call in
            let id = try call.id()
            let view = try RecordView(call, .person)
            return try call.store.read { .success(view.bytes(try $0.record(.person, id, for: call.user), in: $0)) }
        },
        APIRoute("PATCH", "/api/v2/persons/{id}", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(BodyRules.personChange)
            return .success(try call.store.change { try $0.changePerson(id, body, by: call.author) })
        },
        APIRoute("DELETE", "/api/v2/persons/{id}", cost: 3) { call in
            let id = try call.id()
            try call.store.change { try $0.delete(.person, id, by: call.author) }
            return .success(["id": .int(id)])
        },
    ]

    private static func list(_ call: Call) throws -> Reply {
        let listing = try Listing(call)
        let view = try RecordView(call, .person)
        let filter = try RecordFilter(call, of: .person, links: ["owner_id", "org_id"])
        let dealID = try call.number("deal_id")
        return try call.store.read { state in
            let ofDeal = dealID.map { state[.deal][$0]?["person_id"].whole }
            return listing.page(of: .person, in: &state, for: call.user, as: view) { record in
                !record.isDeleted && filter.admits(record) && (ofDeal == nil || ofDeal == record.id)
            }
        }
    }
}
