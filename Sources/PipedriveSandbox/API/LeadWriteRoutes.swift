/// Making, changing and deleting leads, version 1.
enum LeadWriteRoutes {
    private static let value = BodyRules(
        members: ["amount": .number, "currency": .string], required: ["amount", "currency"])

    private static let rules = BodyRules(
        members: [
            "title": .string, "owner_id": .integer, "label_ids": .list(.string), "person_id": .nullable(.integer),
            "organization_id": .nullable(.integer), "value": .nullable(.object(value)),
            "expected_close_date": .nullable(.date), "visible_to": .choice(["1", "3", "5", "7"]), "was_seen": .bool,
            "origin_id": .nullable(.string), "channel": .nullable(.integer), "channel_id": .nullable(.string),
        ], required: ["title"])

    static let all: [APIRoute] = [
        APIRoute("POST", "/api/v1/leads", cost: 10) { call in
            let body = try call.body(rules)
            guard body["person_id"]?.whole != nil || body["organization_id"]?.whole != nil else {
                throw Refusal.bad("A lead needs a person_id or an organization_id")
            }
            let uuid = RandomText.uuid()
            return .success(try call.store.change { try create(body, uuid, &$0, call) }, status: 201)
        },
        APIRoute("PATCH", "/api/v1/leads/{id}", cost: 10) { call in
            var members = rules.members
            members["origin_id"] = nil
            members["is_archived"] = .bool
            let body = try call.body(BodyRules(members: members))
            return .success(
                try call.store.change { state in
                    let lead = try find(call, in: state)
                    try check(body, in: state)
                    return state.change(.lead, lead.id, by: call.author) { $0.merge(body) } ?? lead
                })
        },
        APIRoute("DELETE", "/api/v1/leads/{id}", cost: 6) { call in
            let id = try call.store.change { state in
                let lead = try find(call, in: state)
                state[.lead].remove(lead.id)
                return lead["id"]
            }
            return .success(["id": id])
        },
    ]

    private static func find(_ call: Call, in state: State) throws -> Record {
        let id = JSON.optional(call.parameters["id"])
        guard let lead = state[.lead].records.first(where: { $0["id"] == id }) else {
            throw Refusal.notFound("requested lead not found")
        }
        return lead
    }

    private static func check(_ body: JSONObject, in state: State) throws {
        try state.requireUser(body["owner_id"], "owner_id")
        try state.require(.person, body["person_id"], "person_id")
        try state.require(.organization, body["organization_id"], "organization_id")
        if body["title"]?.text?.trimmingSpaces().isEmpty == true {
            throw Refusal.bad("Parameter 'title' must not be empty")
        }
    }

    private static func create(_ body: JSONObject, _ uuid: String, _ state: inout State, _ call: Call) throws -> Record
    {
        try check(body, in: state)
        var fields: JSONObject = [
            "id": .string(uuid), "title": "", "owner_id": .int(call.user.id), "creator_id": .int(call.user.id),
            "label_ids": [], "person_id": nil, "organization_id": nil, "source_name": "API", "origin": "API",
            "origin_id": nil, "channel": nil, "channel_id": nil, "source_deal_id": nil, "is_archived": false,
            "was_seen": false, "value": nil, "expected_close_date": nil, "next_activity_id": nil,
            "add_time": .string(call.now.rfc3339WithMilliseconds),
            "update_time": .string(call.now.rfc3339WithMilliseconds), "visible_to": "3",
            "cc_email": .string("\(state.company.domain)+lead\(state[.lead].nextID)@pipedrivemail.example"),
        ]
        fields.merge(body)
        return state.create(.lead, fields, by: call.author)
    }
}
