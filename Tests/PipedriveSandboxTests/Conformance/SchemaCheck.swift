@testable import PipedriveSandbox

/// Holds a JSON value against a schema of OpenAPI 3.0.
///
/// Members that the schema does not know count as faults too.
struct SchemaCheck {
    struct Finding: Hashable {
        /// The place of the value, with `[]` for any item of an array.
        let place: String
        let reason: String
    }

    let file: SpecFile

    func findings(_ value: JSON, _ schema: JSON, at place: String = "") -> [Finding] {
        let schema = file.resolve(schema)
        if value.isNull, isNullable(schema) { return [] }
        var found = alternatives(value, schema, at: place)
        if let list = schema["enum"].list, !list.contains(value) { found.append(Finding(place: place, reason: "enum")) }
        if let type = schema["type"].text, !fits(value, type) {
            return found + [Finding(place: place, reason: "not \(type)")]
        }
        if let format = schema["format"].text, let text = value.text, !isFormatted(text, format) {
            found.append(Finding(place: place, reason: "not \(format)"))
        }
        if let object = value.members { found += members(object, schema, at: place) }
        if let list = value.list, !schema["items"].isNull {
            found += list.flatMap { findings($0, schema["items"], at: place + "[]") }
        }
        return found
    }

    private func members(_ object: JSONObject, _ schema: JSON, at place: String) -> [Finding] {
        var found: [Finding] = []
        for name in (schema["required"].list ?? []).compactMap(\.text) where object[name] == nil {
            found.append(Finding(place: "\(place).\(name)", reason: "missing"))
        }
        for member in object.members {
            if let rule = schema["properties"].members?[member.key] {
                found += findings(member.value, rule, at: "\(place).\(member.key)")
            } else if schema["additionalProperties"].members != nil {
                found += findings(member.value, schema["additionalProperties"], at: "\(place).*")
            }
        }
        return found
    }

    /// Finds members that no part of the schema knows, at every depth.
    func unknown(_ value: JSON, _ schemas: [JSON], at place: String = "") -> [Finding] {
        let resolved = schemas.map { file.resolve($0) }.flatMap(flat)
        if let list = value.list {
            let items = resolved.map { $0["items"] }.filter { !$0.isNull }
            return items.isEmpty ? [] : list.flatMap { unknown($0, items, at: place + "[]") }
        }
        guard let object = value.members, let names = names(resolved) else { return [] }
        return object.members.flatMap { member -> [Finding] in
            guard names.contains(member.key) else {
                return [Finding(place: "\(place).\(member.key)", reason: "unknown")]
            }
            let rules = resolved.map { $0["properties"][member.key] }.filter { !$0.isNull }
            return unknown(member.value, rules, at: "\(place).\(member.key)")
        }
    }

    private func flat(_ schema: JSON) -> [JSON] {
        let parts = ["allOf", "oneOf", "anyOf"].flatMap { schema[$0].list ?? [] }
        return [schema] + parts.map { file.resolve($0) }.flatMap(flat)
    }

    private func names(_ schemas: [JSON]) -> Set<String>? {
        let withProperties = schemas.filter { !$0["properties"].isNull }
        let isOpen = schemas.contains {
            $0["additionalProperties"] == true || $0["additionalProperties"].members != nil
        }
        if withProperties.isEmpty || isOpen { return nil }
        return Set(withProperties.flatMap { $0["properties"].members?.keys ?? [] })
    }

    private func alternatives(_ value: JSON, _ schema: JSON, at place: String) -> [Finding] {
        var found = (schema["allOf"].list ?? []).flatMap { findings(value, $0, at: place) }
        for (word, isAllowed) in [("oneOf", { $0 == 1 }), ("anyOf", { $0 > 0 })] as [(String, (Int) -> Bool)] {
            guard let parts = schema[word].list else { continue }
            let fitting = parts.filter { findings(value, $0, at: place).isEmpty }.count
            if !isAllowed(fitting) { found.append(Finding(place: place, reason: word)) }
        }
        return found
    }

    private func isNullable(_ schema: JSON) -> Bool {
        if schema["nullable"] == true { return true }
        return ["oneOf", "anyOf"].contains { word in
            schema[word].list?.contains { isNullable(file.resolve($0)) } == true
        }
    }

    private func fits(_ value: JSON, _ type: String) -> Bool {
        switch type {
        case "object": value.members != nil
        case "array": value.list != nil
        case "string": value.text != nil
        case "integer": value.whole != nil
        case "number": value.decimal != nil
        case "boolean": value.truth != nil
        default: false
        }
    }

    private func isFormatted(_ text: String, _ format: String) -> Bool {
        switch format {
        case "date": text.utf8.count == 10 && Timestamp.parse(text) != nil
        case "date-time": text.utf8.count > 10 && text.contains("T") && Timestamp.parse(text) != nil
        case "uuid": text.utf8.count == 36 && text.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12]
        default: true
        }
    }
}
