/// One field of an entity, as the fields routes list it.
struct FieldDefinition: Sendable {
    struct Option: Sendable {
        let id: Int
        let label: String
        var color: String?
    }

    var name: String
    let code: String
    let type: String
    var options: [Option] = []
    var isCustom = false

    /// The answer of the fields routes for this field.
    func json(for entity: Entity) -> JSON {
        var object: JSONObject = ["field_name": .string(name), "field_code": .string(code)]
        if entity == .deal { object["description"] = "" }
        object["field_type"] = .string(type)
        object["options"] = options.isEmpty ? .null : .array(options.map { Self.json($0) })
        object["subfields"] = subfields
        object["is_custom_field"] = .bool(isCustom)
        object["is_optional_response_field"] = false
        return .object(object)
    }

    private static func json(_ option: Option) -> JSON {
        ["id": .int(option.id), "label": .string(option.label), "color": .optional(option.color)]
    }

    private var subfields: JSON {
        switch type {
        case "monetary":
            [subfield(code, "Amount of \(name)", "double"), subfield("currency", "Currency of \(name)", "varchar")]
        case "daterange", "timerange":
            [subfield(code, "Start of \(name)", "date"), subfield("until", "End of \(name)", "date")]
        default: .null
        }
    }

    private func subfield(_ code: String, _ name: String, _ type: String) -> JSON {
        ["field_code": .string(code), "field_name": .string(name), "field_type": .string(type)]
    }
}
