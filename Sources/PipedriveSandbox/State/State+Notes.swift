/// How notes come into being, change and are shown.
extension State {
    private static let links: [(field: String, entity: Entity?)] = [
        ("deal_id", .deal), ("person_id", .person), ("org_id", .organization), ("lead_id", nil), ("project_id", nil),
        ("task_id", nil),
    ]

    mutating func createNote(_ body: JSONObject, by author: Author) throws -> Record {
        guard Self.links.contains(where: { body[$0.field].map { !$0.isNull } == true }) else {
            throw Refusal.bad("A note needs a deal_id, person_id, org_id, lead_id, project_id or task_id")
        }
        var fields: JSONObject = [
            "user_id": .int(author.user.id), "deal_id": nil, "person_id": nil, "org_id": nil, "lead_id": nil,
            "project_id": nil, "task_id": nil, "content": "", "add_time": .string(author.now.spaced),
            "update_time": .string(author.now.spaced), "active_flag": true, "pinned_to_deal_flag": false,
            "pinned_to_person_flag": false, "pinned_to_organization_flag": false, "pinned_to_lead_flag": false,
            "pinned_to_project_flag": false, "pinned_to_task_flag": false,
            "last_update_user_id": .int(author.user.id),
        ]
        try applyNote(body, to: &fields, by: author)
        return create(.note, fields, by: author)
    }

    mutating func changeNote(_ id: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let record = try live(.note, id, for: author.user)
        var fields = record.fields
        try applyNote(body, to: &fields, by: author)
        fields["last_update_user_id"] = .int(author.user.id)
        return change(.note, id, by: author) { $0 = fields } ?? record
    }

    mutating func deleteNote(_ id: Int, by author: Author) throws {
        _ = try live(.note, id, for: author.user)
        change(.note, id, by: author) { $0["active_flag"] = false }
    }

    private func applyNote(_ body: JSONObject, to fields: inout JSONObject, by author: Author) throws {
        for link in Self.links {
            if let entity = link.entity { try require(entity, body[link.field], link.field) }
        }
        if let userID = body["user_id"], userID != .int(author.user.id), !author.user.isAdmin {
            throw Refusal(status: 403, message: "Only administrators can set another author")
        }
        try requireUser(body["user_id"], "user_id")
        for member in body.members {
            fields[member.key] = member.key.hasPrefix("pinned_to_") ? .bool(member.value == 1) : member.value
        }
        if let content = body["content"]?.text {
            guard content.count <= NoteRoutes.sizeLimit else { throw Refusal.bad("The note is too long") }
            let clean = NoteHTML.sanitize(content)
            guard !clean.trimmingSpaces().isEmpty else { throw Refusal.bad("Parameter 'content' must not be empty") }
            fields["content"] = .string(clean)
        }
        if let text = body["add_time"]?.text, let time = Timestamp.parse(text) {
            fields["add_time"] = .string(time.spaced)
        }
    }

    /// The note as the API shows it, with the names of what it belongs to.
    func json(_ note: Record, viewer: User) -> JSON {
        var fields = note.fields
        fields["organization"] = name(of: .organization, note["org_id"], key: "name")
        fields["person"] = name(of: .person, note["person_id"], key: "name")
        fields["deal"] = name(of: .deal, note["deal_id"], key: "title")
        if let author = note["user_id"].whole.flatMap({ user($0) }) {
            fields["user"] = [
                "email": .string(author.email), "name": .string(author.name), "icon_url": nil,
                "is_you": .bool(author.id == viewer.id),
            ]
        }
        return .object(fields)
    }

    private func name(of entity: Entity, _ id: JSON, key: String) -> JSON {
        guard let record = id.whole.flatMap({ self[entity][$0] }) else { return .null }
        return .object([(key, record[key])].reduce(into: JSONObject()) { $0[$1.0] = $1.1 })
    }
}
