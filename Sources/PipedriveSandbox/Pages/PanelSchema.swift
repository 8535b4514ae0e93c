import Foundation

/// The schema that an app hands in for its panel: which fields its objects have, of which types, in which order.
struct PanelSchema: Sendable {
    /// The types that a field may have.
    enum Kind: String, Sendable {
        case header, text, numerical, date, time, email, phone, address, link, currency, label, tags
        case dateTime = "date-time"
    }

    struct Field: Sendable {
        let name: String
        let kind: Kind
        /// What stands beside the value; made of the name when the schema has none.
        let label: String
    }

    /// Whether the panel shows several objects.
    let isList: Bool
    let fields: [Field]
    private let required: [String]

    private static let objectLimit = 10
    private static let fieldLimit = 20
    private static let definitions = "#/definitions/"

    /// Reads a schema; throws when it is none that Pipedrive would take.
    init(_ json: JSON) throws {
        isList = json["type"] == "array"
        let object = isList ? json["items"] : json
        guard object["type"] == "object", let properties = object["properties"].members else {
            throw SandboxFailure(description: "The panel schema describes no object")
        }
        fields = try properties.members.map { member in
            let reference = member.value["$ref"].text ?? ""
            guard reference.hasPrefix(Self.definitions),
                let kind = Kind(rawValue: String(reference.dropFirst(Self.definitions.count)))
            else { throw SandboxFailure(description: "The panel schema gives '\(member.key)' no known type") }
            return Field(name: member.key, kind: kind, label: member.value["label"].text ?? Self.words(of: member.key))
        }
        required = (object["required"].list ?? []).compactMap(\.text)
        guard required.contains("id"), !isList || required.contains("header") else {
            throw SandboxFailure(description: "The panel schema must require an id, and a header in a list")
        }
        guard fields.filter({ $0.kind != .header }).count <= Self.fieldLimit else {
            throw SandboxFailure(description: "The panel schema has more than \(Self.fieldLimit) fields")
        }
    }

    /// Reads the schema in a file.
    init(path: String) throws {
        try self.init(JSONParser.parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))))
    }

    /// A field's key as words.
    static func words(of key: String) -> String {
        let words = key.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    /// What breaks the panel, nil when the objects fit.
    func problem(in objects: [JSONObject], isList: Bool) -> String? {
        if isList != self.isList { return "data must be \(self.isList ? "a list" : "one object")" }
        if objects.count > Self.objectLimit { return "there are more than \(Self.objectLimit) objects" }
        return objects.lazy.compactMap(problem).first
    }

    private func problem(in object: JSONObject) -> String? {
        if let name = required.first(where: { object[$0]?.isNull ?? true }) { return "'\(name)' is missing" }
        for member in object.members {
            guard let field = fields.first(where: { $0.name == member.key }) else {
                return "'\(member.key)' is not in the schema"
            }
            if !member.value.isNull, !Self.fits(member.value, field.kind) {
                return "'\(member.key)' is no \(field.kind.rawValue)"
            }
        }
        return nil
    }

    private static func fits(_ value: JSON, _ kind: Kind) -> Bool {
        switch kind {
        case .header, .email, .phone, .address: value.text != nil
        case .text: value.text != nil || has(value, ["markdown": .bool, "value": .string], ["markdown", "value"])
        case .numerical: value.decimal != nil
        case .date: value.text.map { $0.utf8.count == 10 && Timestamp.parse($0) != nil } ?? false
        case .time: value.text.map(isTime) ?? false
        case .dateTime: value.text.map { $0.utf8.count > 10 && Timestamp.parse($0) != nil } ?? false
        case .link:
            isLink(value.text ?? value["value"].text)
                && (value.text != nil
                    || has(value, ["label": .string, "value": .string, "external": .bool], ["value"]))
        case .currency:
            has(value, ["code": .choice(Currencies.choices), "value": .number], ["code", "value"])
        case .label:
            has(value, ["color": .choice(colors), "label": .string], ["color", "label"])
                && (value["label"].text ?? "").count <= 40
        case .tags: value.list.map { $0.allSatisfy { $0.text != nil } } ?? false
        }
    }

    private static let colors: [JSON] = ["green", "red", "blue", "yellow", "purple", "grey"]

    private static func has(_ value: JSON, _ members: [String: ValueRule], _ required: Set<String>) -> Bool {
        guard let object = value.members else { return false }
        do { return try BodyRules(members: members, required: required).check(object).isEmpty } catch { return false }
    }

    private static func isLink(_ text: String?) -> Bool {
        guard let text else { return false }
        return text.hasPrefix("https://") || text.hasPrefix("http://")
    }

    /// Hours, minutes and seconds, then Z or an offset.
    private static func isTime(_ text: String) -> Bool {
        text.wholeMatch(of: #/\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})/#) != nil
    }
}
