/// How persons and organizations come into being and change.
extension State {
    mutating func createPerson(_ body: JSONObject, by author: Author) throws -> Record {
        try checkCap(.person)
        let now = JSON.string(author.now.rfc3339)
        var fields: JSONObject = [
            "name": "", "first_name": "", "last_name": nil, "owner_id": .int(author.user.id), "org_id": nil,
            "add_time": now, "update_time": now, "emails": [], "phones": [], "is_deleted": false, "visible_to": 3,
            "label_ids": [], "picture_id": nil,
        ]
        try applyPerson(body, to: &fields)
        return create(.person, fields, by: author)
    }

    mutating func changePerson(_ id: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let record = try live(.person, id, for: author.user)
        var fields = record.fields
        try applyPerson(body, to: &fields)
        return change(.person, id, by: author) { $0 = fields } ?? record
    }

    private func applyPerson(_ body: JSONObject, to fields: inout JSONObject) throws {
        let contactSync = ["postal_address", "notes", "im", "birthday", "job_title"]
        if let name = contactSync.first(where: { body[$0] != nil }) {
            throw Refusal(status: 403, message: "Field '\(name)' needs contact sync, which is not enabled")
        }
        try requireUser(body["owner_id"], "owner_id")
        try require(.organization, body["org_id"], "org_id")
        for member in body.members where !["custom_fields", "marketing_status"].contains(member.key) {
            fields[member.key] = member.value
        }
        if let name = body["name"]?.text {
            guard !name.trimmingSpaces().isEmpty else { throw Refusal.bad("Parameter 'name' must not be empty") }
            let parts = name.split(separator: " ", maxSplits: 1)
            fields["first_name"] = .optional(parts.first.map { String($0) })
            fields["last_name"] = .optional(parts.count > 1 ? String(parts[1]) : nil)
        }
        for name in ["emails", "phones"] {
            if let list = body[name]?.list { fields[name] = try Self.contactPoints(list, name) }
        }
        try CustomFields.merge(body["custom_fields"] ?? [:], into: &fields, self.fields[.person] ?? [])
    }

    /// E-mail addresses or telephone numbers with their defaults: the label is work, the first is primary if none is.
    private static func contactPoints(_ list: [JSON], _ name: String) throws -> JSON {
        let primaries = list.filter { $0["primary"] == true }
        guard primaries.count <= 1 else { throw Refusal.bad("Parameter '\(name)' has more than one primary value") }
        return .array(
            list.enumerated().map { place, item in
                [
                    "value": item["value"],
                    "primary": .bool(item["primary"] == true || primaries.isEmpty && place == 0),
                    "label": .string(item["label"].text ?? "work"),
                ]
            })
    }

    mutating func createOrganization(_ body: JSONObject, by author: Author) throws -> Record {
        try checkCap(.organization)
        let now = JSON.string(author.now.rfc3339)
        var fields: JSONObject = [
            "name": "", "owner_id": .int(author.user.id), "add_time": now, "update_time": now, "is_deleted": false,
            "visible_to": 3, "address": nil, "label_ids": [], "website": nil, "linkedin": nil, "industry": nil,
            "annual_revenue": nil, "employee_count": nil,
        ]
        try applyOrganization(body, to: &fields)
        return create(.organization, fields, by: author)
    }

    mutating func changeOrganization(_ id: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let record = try live(.organization, id, for: author.user)
        var fields = record.fields
        try applyOrganization(body, to: &fields)
        return change(.organization, id, by: author) { $0 = fields } ?? record
    }

    private func applyOrganization(_ body: JSONObject, to fields: inout JSONObject) throws {
        try requireUser(body["owner_id"], "owner_id")
        if let name = body["name"]?.text, name.trimmingSpaces().isEmpty {
            throw Refusal.bad("Parameter 'name' must not be empty")
        }
        for member in body.members where member.key != "custom_fields" { fields[member.key] = member.value }
        if let address = body["address"]?.members { fields["address"] = Self.address(address) }
        try CustomFields.merge(body["custom_fields"] ?? [:], into: &fields, self.fields[.organization] ?? [])
    }

    static let addressParts = [
        "value", "country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route",
        "street_number", "subpremise", "postal_code",
    ]

    /// An address with every part; the ones left out are null, also when they had a value before.
    static func address(_ given: JSONObject) -> JSON {
        .object(JSONObject(addressParts.map { ($0, given[$0] ?? .null) }))
    }
}
