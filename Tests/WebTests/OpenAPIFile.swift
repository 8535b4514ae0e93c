import HTTPTypes

@testable import Web

/// The API's description as it is served, held against what goes in and what comes out.
struct OpenAPIFile {
    /// A method of a path.
    struct Operation: Hashable, CustomStringConvertible {
        let method: String
        let path: String
        var description: String { "\(method) \(path)" }
    }

    private let root: JSONValue

    init(_ body: [UInt8]) throws { root = try JSONValue.read(body) }

    var operations: Set<Operation> {
        var found: Set<Operation> = []
        for (path, methods) in root["paths"]?.members ?? [] {
            for (method, _) in methods.members where method != "parameters" {
                found.insert(Operation(method: method.uppercased(), path: path))
            }
        }
        return found
    }

    private func described(_ operation: Operation) -> JSONValue? {
        root["paths"]?[operation.path]?[operation.method.lowercased()]
    }

    func statuses(_ operation: Operation) -> Set<String> {
        Set(described(operation)?["responses"]?.members.map(\.name) ?? [])
    }

    func requestSchema(_ operation: Operation) -> JSONValue? {
        described(operation)?["requestBody"]?["content"]?["application/json"]?["schema"]
    }

    /// Nil for an answer without a body.
    func answerSchema(_ operation: Operation, _ status: String) -> JSONValue? {
        resolved(described(operation)?["responses"]?[status])?["content"]?["application/json"]?["schema"]
    }

    /// The header fields that an answer has to have.
    func answerHeaders(_ operation: Operation, _ status: String) -> [String] {
        resolved(described(operation)?["responses"]?[status])?["headers"]?.members.map(\.name) ?? []
    }

    private func resolved(_ value: JSONValue?) -> JSONValue? {
        guard let value, let reference = value["$ref"]?.string else { return value }
        return reference.split(separator: "/").dropFirst().reduce(root) { $0?[String($1)] }
    }

    /// Every field that the schemas of requests and answers have, as `Schema.field` or `Schema.field.field`.
    var fields: Set<String> {
        var found: Set<String> = []
        for (name, schema) in root["components"]?["schemas"]?.members ?? [] {
            collect(schema, name, into: &found)
        }
        return found
    }

    private func collect(_ schema: JSONValue, _ place: String, into found: inout Set<String>) {
        for (name, property) in schema["properties"]?.members ?? [] {
            found.insert("\(place).\(name)")
            collect(property, "\(place).\(name)", into: &found)
        }
        if let items = schema["items"], items["$ref"] == nil { collect(items, place, into: &found) }
    }

    /// What is wrong with a value; notes which fields had one.
    func problems(
        _ value: JSONValue, _ schema: JSONValue, at place: String = "", noting seen: inout Set<String>
    ) -> [String] {
        if let reference = schema["$ref"]?.string, let target = resolved(schema) {
            return problems(value, target, at: String(reference.split(separator: "/").last ?? ""), noting: &seen)
        }
        let types = schema["type"]?.string.map { [$0] } ?? schema["type"]?.elements.compactMap(\.string) ?? []
        guard types.isEmpty || types.contains(where: value.isOf) else { return ["\(place) is no \(types)"] }
        if let allowed = schema["enum"], !allowed.elements.contains(where: { $0.text == value.text }) {
            return ["\(place) is \(value.text), none of the enum"]
        }
        switch value {
        case .object(let members): return problems(members, schema, at: place, noting: &seen)
        case .array(let elements):
            guard let items = schema["items"] else { return [] }
            return elements.flatMap { problems($0, items, at: place, noting: &seen) }
        case .string(let text): return Self.problems(text, schema["format"]?.string, at: place)
        default: return []
        }
    }

    private func problems(
        _ members: [(name: String, value: JSONValue)], _ schema: JSONValue, at place: String,
        noting seen: inout Set<String>
    ) -> [String] {
        let names = Set(members.map(\.name))
        let alternatives = schema["anyOf"]?.elements.map { Set($0["required"]?.elements.compactMap(\.string) ?? []) }
        var found = (schema["required"]?.elements.compactMap(\.string) ?? []).filter { !names.contains($0) }
            .map { "\(place).\($0) is missing" }
        if let alternatives, !alternatives.contains(where: { $0.isSubset(of: names) }) {
            found.append("\(place) has none of \(alternatives)")
        }
        for (name, value) in members {
            if let property = schema["properties"]?[name] {
                if value.text != "null" { seen.insert("\(place).\(name)") }
                found += problems(value, property, at: "\(place).\(name)", noting: &seen)
            } else if let property = schema["additionalProperties"], property.text != "false" {
                found += problems(value, property, at: "\(place).\(name)", noting: &seen)
            } else {
                found.append("\(place).\(name) is not described")
            }
        }
        return found
    }

    private static func problems(_ text: String, _ format: String?, at place: String) -> [String] {
        let fits =
            switch format {
            case "uuid": text.wholeMatch(of: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil
            case "date": text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil
            case "date-time": text.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/) != nil
            default: true
            }
        return fits ? [] : ["\(place) is \(text), no \(format ?? "")"]
    }
}

extension JSONValue {
    var members: [(name: String, value: JSONValue)] { if case .object(let members) = self { members } else { [] } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var string: String? { if case .string(let text) = self { text } else { nil } }

    subscript(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    /// Whether it is of a JSON Schema type.
    func isOf(_ type: String) -> Bool {
        switch self {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .number(let digits): type == "number" || (type == "integer" && !digits.contains("."))
        case .string: type == "string"
        case .array: type == "array"
        case .object: type == "object"
        }
    }
}
