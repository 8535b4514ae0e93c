/// The forms things have in webhooks of version 2, which differ from those of the REST API.
enum WebhookShape {
    private static let untold: Set<Entity> = [.discount, .variation, .webhook]

    /// Whether changes of this kind of thing are told at all.
    static func isReported(_ entity: Entity) -> Bool { !untold.contains(entity) }

    /// The thing as `data` shows it.
    static func data(_ entity: Entity, _ fields: JSONObject, _ definitions: [FieldDefinition]) -> JSONObject {
        var shape = JSONObject()
        for (name, source) in names(of: entity) { shape[name] = fields[source] ?? .null }
        if let level = fields["visible_to"]?.whole { shape["visible_to"] = .string(String(level)) }
        switch entity {
        case .note: for name in ["add_time", "update_time"] { shape[name] = Self.time(fields[name]) }
        case .pipeline, .stage: rename(&shape, entity, fields)
        case .organization: shape["country_code"] = .null
        case .lead:
            shape["custom_fields"] = .object(customFields(fields.only(Set(definitions.map(\.code))), definitions))
        default: break
        }
        if [.deal, .person, .organization, .product].contains(entity) {
            shape["custom_fields"] = .object(customFields(fields["custom_fields"]?.members ?? [:], definitions))
        }
        if entity == .person || entity == .organization { shape["label"] = fields["label_ids"]?.list?.first ?? .null }
        return shape
    }

    /// Only what changed, with the values from before.
    static func previous(before: JSONObject, after: JSONObject) -> JSONObject {
        var changed = JSONObject()
        for member in before.members where after[member.key] != member.value {
            if member.key == "custom_fields", let old = member.value.members, let new = after[member.key]?.members {
                changed["custom_fields"] = .object(
                    JSONObject(old.members.filter { new[$0.key] != $0.value }.map { ($0.key, $0.value) }))
            } else {
                changed[member.key] = member.value
            }
        }
        // A custom field of a lead that had no value before.
        for code in after["custom_fields"]?.members?.keys ?? [] where before["custom_fields"]?[code].isNull == true {
            guard after["custom_fields"]?[code].isNull == false else { continue }
            var custom = changed["custom_fields"]?.members ?? JSONObject()
            custom[code] = .null
            changed["custom_fields"] = .object(custom)
        }
        return changed
    }

    /// Pipelines and stages keep the names of version 1.
    private static func rename(_ shape: inout JSONObject, _ entity: Entity, _ fields: JSONObject) {
        shape["active_flag"] = .bool(fields["is_deleted"] != true)
        guard entity == .stage else {
            shape["deal_probability"] = fields["is_deal_probability_enabled"] == true ? 1 : 0
            return
        }
        shape["rotten_flag"] = fields["is_deal_rot_enabled"] ?? false
        shape["rotten_days"] = fields["days_to_rotten"] ?? .null
    }

    /// Webhooks write every time as RFC 3339, also where version 1 has a space.
    private static func time(_ value: JSON?) -> JSON {
        value?.text.flatMap(Timestamp.parse).map { .string($0.rfc3339) } ?? .null
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
        case .lead: same(leadFields)
        case .pipeline: same(["id", "name", "order_nr", "add_time", "update_time"])
        case .stage: same(["id", "name", "order_nr", "pipeline_id", "deal_probability", "add_time", "update_time"])
        case .dealProduct: same(lineFields)
        case .user: same(["id", "name", "email", "is_admin", "active_flag"])
        case .discount, .variation, .webhook: []
        }
    }

    private static func same(_ names: [String]) -> [(String, String)] { names.map { ($0, $0) } }

    private static let dealFields = [
        "id", "title", "creator_user_id", "owner_id", "value", "currency", "person_id", "org_id", "stage_id",
        "pipeline_id", "status", "probability", "lost_reason", "expected_close_date", "stage_change_time", "visible_to",
        "label_ids", "close_time", "won_time", "lost_time", "origin", "origin_id", "channel", "channel_id",
        "is_archived", "archive_time", "add_time", "update_time",
    ]

    private static let leadFields = [
        "id", "title", "owner_id", "creator_id", "label_ids", "person_id", "organization_id", "source_name", "origin",
        "origin_id", "channel", "channel_id", "is_archived", "was_seen", "value", "expected_close_date",
        "next_activity_id", "visible_to", "add_time", "update_time",
    ]

    private static let lineFields = [
        "id", "deal_id", "product_id", "product_variation_id", "name", "item_price", "quantity", "sum", "currency",
        "tax", "tax_method", "discount", "discount_type", "comments", "is_enabled", "order_nr", "billing_frequency",
        "billing_frequency_cycles", "billing_start_date", "add_time", "update_time",
    ]

    private static let noteFields = [
        "id", "content", "deal_id", "person_id", "org_id", "lead_id", "project_id", "user_id", "active_flag",
        "pinned_to_deal_flag", "pinned_to_person_flag", "pinned_to_organization_flag", "pinned_to_lead_flag",
        "add_time", "update_time",
    ]

    private static func customFields(_ values: JSONObject, _ definitions: [FieldDefinition]) -> JSONObject {
        JSONObject(
            values.members.compactMap { member in
                guard let field = definitions.first(where: { $0.isCustom && $0.code == member.key }) else { return nil }
                return (member.key, member.value.isNull ? .null : typed(member.value, field.type))
            })
    }

    private static func typed(_ value: JSON, _ type: String) -> JSON {
        switch type {
        case "enum", "people", "org", "user": return ["type": .string(type), "id": value]
        case "set": return ["type": "set", "values": .array((value.list ?? []).map { ["id": $0] })]
        case "monetary": return ["type": "monetary", "value": value["value"], "currency": value["currency"]]
        case "daterange", "timerange":
            return ["type": .string(type), "from": value["value"], "until": value["until"]]
        case "time": return ["type": "time", "value": value["value"], "timezone_id": value["timezone_name"]]
        case "address":
            var shape: JSONObject = ["type": "address"]
            shape.merge(value.members ?? ["value": value])
            return .object(shape)
        default: return ["type": .string(type), "value": value]
        }
    }
}
