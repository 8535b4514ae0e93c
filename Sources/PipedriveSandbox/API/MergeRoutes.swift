/// Merging two persons or two organizations, version 1.
enum MergeRoutes {
    static let rules = BodyRules(members: ["merge_with_id": .integer], required: ["merge_with_id"])

    static let all: [APIRoute] = [
        APIRoute("PUT", "/api/v1/persons/{id}/merge", cost: 40) { call in
            let (id, other) = try ids(call)
            return try call.store.change { state in
                let survivor = try state.merge(.person, id, into: other, by: call.author)
                return .success(.object(person(survivor, loserID: id, in: state)))
            }
        },
        APIRoute("PUT", "/api/v1/organizations/{id}/merge", cost: 40) { call in
            let (id, other) = try ids(call)
            let survivor = try call.store.change { try $0.merge(.organization, id, into: other, by: call.author) }
            return .success(["id": .int(survivor.id)])
        },
    ]

    private static func ids(_ call: Call) throws -> (loser: Int, survivor: Int) {
        (try call.id(), try call.body(rules)["merge_with_id"]?.whole ?? 0)
    }

    /// A person in the form of version 1.
    private static func person(_ record: Record, loserID: Int, in state: State) -> JSONObject {
        let name = record["name"].text ?? ""
        let organization = record["org_id"].whole.flatMap { state[.organization][$0]?["name"].text }
        let owner = record["owner_id"].whole.flatMap { state.user($0)?.name }
        return [
            "id": .int(record.id), "company_id": .int(state.company.id), "owner_id": record["owner_id"],
            "org_id": record["org_id"], "name": record["name"], "first_name": record["first_name"],
            "last_name": record["last_name"], "active_flag": true, "phone": record["phones"],
            "email": record["emails"], "first_char": .string(name.prefix(1).lowercased()),
            "add_time": .string(record.addedAt.spaced), "update_time": .string(record.updatedAt.spaced),
            "visible_to": .string(String(record["visible_to"].whole ?? 3)), "picture_id": nil, "label": nil,
            "label_ids": record["label_ids"], "org_name": .optional(organization), "owner_name": .optional(owner),
            "cc_email": .string("\(state.company.domain)@pipedrivemail.example"), "merge_what_id": .int(loserID),
        ]
    }
}
