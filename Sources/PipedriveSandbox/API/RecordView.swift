/// What of a record a call wants to see: further fields, some of the custom ones, labels in place of bare ids.
struct RecordView: Sendable {
    private static let keyLimit = 15

    private let entity: Entity
    private let extra: [String]
    private let customKeys: Set<String>?
    private let hasOptionLabels: Bool
    private let hasLabels: Bool

    /// Reads `include_fields`, `custom_fields`, `include_option_labels` and `include_labels`; refuses unknown names.
    init(_ call: Call, _ entity: Entity) throws {
        self.entity = entity
        extra = Self.words(call, "include_fields") ?? []
        let known = Self.optionalFields[entity] ?? []
        if let name = extra.first(where: { !known.contains($0) }) {
            throw Refusal.bad("Parameter 'include_fields': '\(name)' is not known")
        }
        customKeys = Self.words(call, "custom_fields").map { Set($0) }
        if let customKeys, customKeys.count > Self.keyLimit {
            throw Refusal.bad("Parameter 'custom_fields' takes at most \(Self.keyLimit) keys")
        }
        hasOptionLabels = try call.flag("include_option_labels")
        hasLabels = try call.flag("include_labels")
    }

    private static func words(_ call: Call, _ name: String) -> [String]? {
        call.request.value(name)?.split(separator: ",").map { $0.trimmingSpaces() }
    }

    /// Whether records are shown as they are stored, whose bytes are ready.
    var isPlain: Bool { extra.isEmpty && customKeys == nil && !hasOptionLabels && !hasLabels }

    func bytes(_ record: Record, in state: State) -> [UInt8] {
        isPlain ? record.encoded : JSONWriter.bytes(.object(fields(record, in: state)))
    }

    private func fields(_ record: Record, in state: State) -> JSONObject {
        var fields = record.fields
        if let custom = fields["custom_fields"]?.members {
            fields["custom_fields"] = .object(self.custom(custom, state.fields[entity] ?? []))
        }
        if hasLabels { fields["labels"] = .array((record["label_ids"].list ?? []).map { ["id": $0, "label": ""] }) }
        for name in extra { fields[name] = value(name, of: record, in: state) }
        return fields
    }

    private func custom(_ values: JSONObject, _ definitions: [FieldDefinition]) -> JSONObject {
        let wanted = customKeys.map { values.only($0) } ?? values
        if !hasOptionLabels { return wanted }
        return JSONObject(
            wanted.members.map { member in
                let options = definitions.first { $0.code == member.key }?.options ?? []
                return (member.key, options.isEmpty ? member.value : Self.labelled(member.value, options))
            })
    }

    private static func labelled(_ value: JSON, _ options: [FieldDefinition.Option]) -> JSON {
        if let list = value.list { return .array(list.map { labelled($0, options) }) }
        guard let option = options.first(where: { .int($0.id) == value }) else { return value }
        return ["id": .int(option.id), "label": .string(option.label)]
    }

    private func value(_ name: String, of record: Record, in state: State) -> JSON {
        if name.hasSuffix("_id") || name.hasSuffix("_time") || name.hasSuffix("_status") { return record[name] }
        if name == "smart_bcc_email" {
            return .string("\(state.company.domain)+\(entity.rawValue)\(record.id)@pipedrivemail.example")
        }
        switch name {
        case "products_count": return .int(state.lines(of: record.id).count)
        case "notes_count": return .int(count(.note, record.id, in: state) { _ in true })
        case "people_count": return .int(count(.person, record.id, in: state) { _ in true })
        case "open_deals_count": return .int(count(.deal, record.id, in: state) { $0["status"] == "open" })
        case "closed_deals_count": return .int(count(.deal, record.id, in: state) { $0["status"] != "open" })
        case "won_deals_count": return .int(count(.deal, record.id, in: state) { $0["status"] == "won" })
        case "lost_deals_count": return .int(count(.deal, record.id, in: state) { $0["status"] == "lost" })
        default: return 0
        }
    }

    private func count(_ other: Entity, _ id: Int, in state: State, where isWanted: (Record) -> Bool) -> Int {
        let key = entity == .deal ? "deal_id" : entity == .person ? "person_id" : "org_id"
        return state[other].records(where: key, is: .int(id)).filter { !$0.isDeleted && isWanted($0) }.count
    }

    private static let counts: Set<String> = [
        "next_activity_id", "last_activity_id", "files_count", "notes_count", "followers_count",
        "email_messages_count", "activities_count", "done_activities_count", "undone_activities_count",
        "smart_bcc_email",
    ]
    private static let dealCounts: Set<String> = [
        "open_deals_count", "related_open_deals_count", "closed_deals_count", "related_closed_deals_count",
        "won_deals_count", "related_won_deals_count", "lost_deals_count", "related_lost_deals_count",
    ]
    private static let mailTimes: Set<String> = ["last_incoming_mail_time", "last_outgoing_mail_time"]

    /// The names that `include_fields` may hold, from the OpenAPI files.
    private static let optionalFields: [Entity: Set<String>] = [
        .deal: counts.union(mailTimes)
            .union(["first_won_time", "products_count", "participants_count", "source_lead_id"]),
        .person: counts.union(dealCounts).union(mailTimes).union([
            "participant_open_deals_count", "participant_closed_deals_count", "marketing_status", "doi_status",
        ]),
        .organization: counts.union(dealCounts).union(["people_count"]),
    ]
}
