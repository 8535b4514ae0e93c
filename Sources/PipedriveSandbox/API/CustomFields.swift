/// The `custom_fields` object of version 2: a value per field code, null where nothing is set.
enum CustomFields {
    /// All codes of the entity with null values.
    static func empty(_ definitions: [FieldDefinition]) -> JSONObject {
        JSONObject(definitions.filter(\.isCustom).map { ($0.code, JSON.null) })
    }

    /// The values of the fields that there are: null where a field is new, and none of a deleted one.
    static func current(_ values: JSONObject, _ definitions: [FieldDefinition]) -> JSONObject {
        var current = empty(definitions)
        current.merge(values.only(Set(current.keys)))
        return current
    }

    /// Sets the given codes and leaves the rest; refuses unknown codes and values of the wrong type.
    static func merge(_ changes: JSON?, into fields: inout JSONObject, _ definitions: [FieldDefinition]) throws {
        guard let changes else { return }
        guard let object = changes.members else { throw Refusal.bad("Parameter 'custom_fields' must be an object") }
        var merged = fields["custom_fields"]?.members ?? empty(definitions)
        for member in object.members {
            guard let field = definitions.first(where: { $0.isCustom && $0.code == member.key }) else {
                throw Refusal.bad("Custom field '\(member.key)' does not exist")
            }
            let unknown = try rule(for: field).check(member.value, at: "custom_fields.\(field.code)")
            if member.value.list?.isEmpty == true || !unknown.isEmpty {
                throw Refusal.bad("Custom field '\(field.code)' has an invalid value")
            }
            merged[field.code] = member.value
        }
        fields["custom_fields"] = .object(merged)
    }

    private static func rule(for field: FieldDefinition) -> ValueRule {
        let options = field.options.map { JSON.int($0.id) }
        switch field.type {
        case "double": return .nullable(.number)
        case "monetary":
            return .nullable(.object(BodyRules(members: ["value": .number, "currency": .string], required: ["value"])))
        case "date": return .nullable(.date)
        case "enum": return .nullable(.choice(options))
        case "set": return .nullable(.list(.choice(options)))
        case "user", "org", "people", "int": return .nullable(.integer)
        default: return .nullable(.string)
        }
    }
}
