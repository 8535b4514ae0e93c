/// Organizations, version 2.
enum OrganizationRoutes {
    private static let listQuery: Set<String> = Listing.query.union([
        "filter_id", "ids", "owner_id", "updated_since", "updated_until", "include_fields", "custom_fields",
        "include_option_labels", "include_labels",
    ])

    private static let oneQuery: Set<String> = [
        "include_fields", "custom_fields", "include_option_labels", "include_labels",
    ]

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v2/organizations", cost: 10, query: listQuery) { call in
            let listing = try Listing(call)
            let view = try RecordView(call, .organization)
            let filter = try RecordFilter(call, of: .organization, links: ["owner_id"])
            return try call.store.read { state in
                listing.page(of: .organization, in: &state, for: call.user, as: view) {
                    !$0.isDeleted && filter.admits($0)
                }
            }
        },
        APIRoute("POST", "/api/v2/organizations", cost: 5) { call in
            let body = try call.body(.organization)
            return .success(try call.store.change { try $0.createOrganization(body, by: call.author) })
        },
        APIRoute("GET", "/api/v2/organizations/{id}", cost: 1, query: oneQuery) { call in
            let id = try call.id()
            let view = try RecordView(call, .organization)
            return try call.store.read {
                .success(view.bytes(try $0.record(.organization, id, for: call.user), in: $0))
            }
        },
        APIRoute("PATCH", "/api/v2/organizations/{id}", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(BodyRules.organizationChange)
            return .success(try call.store.change { try $0.changeOrganization(id, body, by: call.author) })
        },
        APIRoute("DELETE", "/api/v2/organizations/{id}", cost: 3) { call in
            let id = try call.id()
            try call.store.change { try $0.delete(.organization, id, by: call.author) }
            return .success(["id": .int(id)])
        },
    ]
}
