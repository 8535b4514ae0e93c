/// Making, changing, deleting and converting leads: version 1, conversions version 2.
enum LeadWriteRoutes {
    private static let value = BodyRules(
        members: ["amount": .number, "currency": .string], required: ["amount", "currency"])

    static let rules = BodyRules(
        members: [
            "title": .string, "owner_id": .integer, "label_ids": .list(.string), "person_id": .nullable(.integer),
            "organization_id": .nullable(.integer), "value": .nullable(.object(value)),
            "expected_close_date": .nullable(.date), "visible_to": .choice(["1", "3", "5", "7"]), "was_seen": .bool,
            "origin_id": .nullable(.string), "channel": .nullable(.integer), "channel_id": .nullable(.string),
        ], required: ["title"])

    static let changeRules: BodyRules = {
        var members = rules.members
        members["origin_id"] = nil
        members["is_archived"] = .bool
        return BodyRules(members: members)
    }()

    static let conversionRules = BodyRules(members: ["stage_id": .integer, "pipeline_id": .integer])

    static let all: [APIRoute] = [
        APIRoute("POST", "/api/v1/leads", cost: 10) { call in
            let body = try call.leadBody(rules)
            let uuid = RandomText.uuid()
            return .success(try call.store.change { try $0.createLead(body, uuid: uuid, by: call.author) }, status: 201)
        },
        APIRoute("PATCH", "/api/v1/leads/{id}", cost: 10) { call in
            let body = try call.leadBody(changeRules)
            let uuid = call.parameters["id"] ?? ""
            return .success(try call.store.change { try $0.changeLead(uuid, body, by: call.author) })
        },
        APIRoute("DELETE", "/api/v1/leads/{id}", cost: 6) { call in
            let id = try call.store.change { state in
                let lead = try state.lead(call.parameters["id"] ?? "", for: call.user)
                state.erase(.lead, lead.id, by: call.author)
                return lead["id"]
            }
            return .success(["id": id])
        },
        APIRoute("POST", "/api/v2/leads/{id}/convert/deal", cost: 40) { call in
            let body = try call.request.body.isEmpty ? [:] : call.body(conversionRules)
            let uuid = call.parameters["id"] ?? ""
            return try convert(call) { try $0.convertLead(uuid, body, by: call.author) }
        },
        APIRoute("POST", "/api/v2/deals/{id}/convert/lead", cost: 40) { call in
            let id = try call.id()
            return try convert(call) { try $0.convertDeal(id, uuid: RandomText.uuid(), by: call.author) }
        },
        APIRoute("GET", "/api/v2/leads/{id}/convert/status/{conversion_id}", cost: 1) { call in
            try status(call) { $0.leadID == call.parameters["id"] }
        },
        APIRoute("GET", "/api/v2/deals/{id}/convert/status/{conversion_id}", cost: 1) { call in
            let id = try call.id()
            return try status(call) { $0.dealID == id }
        },
    ]

    private static func convert(_ call: Call, _ work: (inout State) throws -> Conversion) throws -> Reply {
        let id = RandomText.uuid()
        try call.store.change { $0.conversions[id] = try work(&$0) }
        return .success(["conversion_id": .string(id)], beside: ["additional_data": nil])
    }

    private static func status(_ call: Call, of isOwn: (Conversion) -> Bool) throws -> Reply {
        let id = call.parameters["conversion_id"] ?? ""
        guard let done = try call.store.read({ $0.conversions[id] }), isOwn(done) else {
            throw Refusal.notFound("Conversion not found")
        }
        return .success(
            [
                "lead_id": .string(done.leadID), "deal_id": .int(done.dealID), "conversion_id": .string(id),
                "status": "completed",
            ], beside: ["additional_data": nil])
    }
}

extension Call {
    /// The known members and the custom fields, which leads have beside the others as in version 1.
    fileprivate func leadBody(_ rules: BodyRules) throws -> JSONObject {
        let codes = try store.read { $0.fieldCodes }
        var members = rules.members
        for code in codes { members[code] = .any }
        return try body(BodyRules(members: members, required: rules.required))
    }
}
