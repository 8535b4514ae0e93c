/// The forms things have in webhooks of version 2, which differ from those of the REST API.
enum WebhookShape {
    private static let reported: Set<Entity> = [.deal, .person, .organization, .product, .note]

    /// Whether changes of this kind of thing are told at all.
    static func isReported(_ entity: Entity) -> Bool { reported.contains(entity) }

    /// The thing as `data` shows it.
    static func data(_ entity: Entity, _ fields: JSONObject, _ definitions: [FieldDefinition]) -> JSONObject {
        var shape = JSONObject()
        for (name, source) in names(of: entity) { shape[name] = fields[source] ?? .null }
        if entity != .note {
            if let level = fields["visible_to"]?.whole { shape["visible_to"] = .string(String(level)) }
            shape["custom_fields"] = .object(customFields(fields["custom_fields"]?.members ?? [:], definitions))
        }
        if entity == .organization { shape["country_code"] = .null }
        if entity == .person || entity == .organization { shape["label"] = fields["label_ids"]?.list?.first ?? .null }
        return shape
    }

    /// Only what changed, with the values from before.
    static func previous(before: JSONObject, after: JSONObject) -> JSONObject {
        var changed = JSONObject()
        for member in before.members where after[member.key] != member.value {
            if member.key == "custom_fields", let old = member.value.members, let new = after[member.key]?.members {
                let values = old.members.filter { new[$0.key] != $0.value }.map { ($0.key, $0.value) }
                changed["custom_fields"] = .object(JSONObject(values))
            } else {
                changed[member.key] = member.value
            }
        }
        return changed
    }

    private static func names(of entity: Entity) -> [(String, String)] {
        switch entity {
        case .deal: same(dealFields)
        case .person:
            same(["id", "name", "first_name", "last_name", "emails", "phones", "org_id", "owner_id", "picture_id"])
                + same(["visible_to", "add_time", "update_time"])
        case .organization:
            same(["id", "name", "address", "owner_id", "picture_id", "visible_to", "website", "linkedin", "industry"])
                + same(["annual_revenue", "employee_count", "add_time", "update_time"])
        case .product:
            same(["id", "name", "code", "description", "unit", "tax", "category", "owner_id"])
                + [("selectable", "is_linkable")] + same(["visible_to", "prices", "add_time", "update_time"])
        case .note: same(noteFields)
        default: []
        }
    }

    private static func same(_ names: [String]) -> [(String, String)] { names.map { ($0, $0) } }

    private static let dealFields = [
        "id", "title", "creator_user_id", "owner_id", "value", "currency", "person_id", "org_id", "stage_id",
        "pipeline_id", "status", "probability", "lost_reason", "expected_close_date", "stage_change_time", "visible_to",
        "label_ids", "close_time", "won_time", "lost_time", "origin", "origin_id", "channel", "channel_id",
        "is_archived", "archive_time", "add_time", "update_time",
    ]

    private static let noteFields = [
        "id", "content", "deal_id", "person_id", "org_id", "lead_id", "project_id", "user_id", "active_flag",
        "pinned_to_deal_flag", "pinned_to_person_flag", "pinned_to_organization_flag", "pinned_to_lead_flag",
        "add_time", "update_time",
    ]

    private static func customFields(_ values: JSONObject, _ definitions: [FieldDefinition]) -> JSONObject {
        JSONObject(
            values.members.map { member in
                let type = definitions.first { $0.code == member.key }?.type ?? "varchar"
                return (member.key, member.value.isNull ? .null : typed(member.value, type))
            })
    }

    private static func typed(_ value: JSON, _ type: String) -> JSON {
        switch type {
        case "enum", "people", "org", "user": return ["type": .string(type), "id": value]
        case "set":
            return ["type": "set", "values": .array((value.list ?? []).map { ["id": $0] })]
        case "monetary": return ["type": "monetary", "value": value["value"], "currency": value["currency"]]
        default: return ["type": .string(type), "value": value]
        }
    }
}
