import Domain

/// What a company's custom deal fields are called, from the keys that the API uses.
struct DealFieldNames: Sendable {
    /// One custom field.
    struct Field: Sendable {
        let code: String
        let name: String
        let type: String
        let options: [String: String]

        /// Nil for Pipedrive's own fields and for what cannot be read.
        init?(_ node: JSONNode) {
            guard node["is_custom_field"]?.flag == true, let code = node["field_code"]?.text,
                let name = RecordReading.filled(node["field_name"])
            else { return nil }
            self.code = code
            self.name = name
            type = node["field_type"]?.text ?? ""
            var options: [String: String] = [:]
            for option in node["options"]?.elements ?? [] {
                if let id = option["id"]?.textOrDigits { options[id] = option["label"]?.text }
            }
            self.options = options
        }
    }

    private let fields: [Field]

    init(_ fields: [Field]) {
        self.fields = fields
    }

    /// Whether every filled key and every chosen option of the deal is known here.
    func covers(_ customFields: JSONNode) -> Bool {
        customFields.members.allSatisfy { name, value in
            if value.isNull { return true }
            guard let field = fields.first(where: { $0.code == name }) else { return false }
            return !Self.isChoice(field) || Self.choices(value).allSatisfy { field.options[$0] != nil }
        }
    }

    /// Name → value as a person reads it. Fields of the same name share an entry, in the order of the field list.
    func read(_ customFields: JSONNode) -> [String: String] {
        var values: [String: JSONNode] = [:]
        for member in customFields.members where !member.value.isNull { values[member.name] = member.value }
        var result: [String: String] = [:]
        for field in fields {
            guard let value = values[field.code].flatMap({ Self.text($0, of: field) }) else { continue }
            result[field.name] = result[field.name].map { "\($0); \(value)" } ?? value
        }
        return result
    }

    private static func text(_ value: JSONNode, of field: Field) -> String? {
        if isChoice(field) {
            let labels = choices(value).compactMap { field.options[$0] }
            return labels.isEmpty ? nil : labels.joined(separator: ", ")
        }
        switch field.type {
        // Identifiers of users, people and organizations say nothing about what the customer wants.
        case "user", "org", "people", "deal", "deals", "lead", "project", "activity", "picture", "json": return nil
        case "daterange", "timerange":
            let ends = [value["value"] ?? value["from"], value["until"]].compactMap(RecordReading.filled)
            return ends.isEmpty ? nil : ends.joined(separator: " – ")
        case "monetary":
            return RecordReading.filled(value["value"]).map { amount in
                [amount, RecordReading.filled(value["currency"])].compactMap(\.self).joined(separator: " ")
            }
        default: return RecordReading.filled(value["value"] ?? value["formatted_address"] ?? value) ?? word(value)
        }
    }

    private static func word(_ value: JSONNode) -> String? { value.flag.map { $0 ? "yes" : "no" } }

    private static func isChoice(_ field: Field) -> Bool { ["enum", "set", "varchar_options"].contains(field.type) }

    private static func choices(_ value: JSONNode) -> [String] {
        if value.isArray { return value.elements.compactMap { ($0["id"] ?? $0).textOrDigits } }
        return (value["id"] ?? value).textOrDigits.map { [$0] } ?? []
    }
}
