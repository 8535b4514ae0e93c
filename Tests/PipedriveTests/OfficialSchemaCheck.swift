@testable import Pipedrive

/// Holds JSON against a schema of the official files, strictly: a field that the schema does not name is a problem.
struct OfficialSchemaCheck {
    let file: OfficialFile

    /// What is wrong, each with its place; empty when all is well.
    func problems(_ value: JSONNode, _ schema: OfficialValue, at place: String = "$") -> [String] {
        let parts = file.alternatives(schema)
        if value.isNull {
            // The files type the cursor as never null, yet it is null on every last page.
            let isAllowed = parts.contains { $0["nullable"]?.isTrue == true } || place.hasSuffix(".next_cursor")
            return isAllowed ? [] : ["\(place) is null"]
        }
        let types = Set(parts.compactMap { $0["type"]?.text })
        guard types.isEmpty || types.contains(where: { fits(value, $0) }) else {
            return ["\(place) is no \(types.sorted().joined(separator: " or "))"]
        }
        return limits(value, parts, place) + members(value, parts, place) + items(value, parts, place)
    }

    private func fits(_ value: JSONNode, _ type: String) -> Bool {
        switch type {
        case "object": value.isObject
        case "array": value.isArray
        case "string": value.text != nil
        case "boolean": value.flag != nil && value.textOrDigits == nil
        case "integer": value.text == nil && value.integer != nil
        case "number": value.text == nil && value.decimal != nil
        default: false
        }
    }

    private func limits(_ value: JSONNode, _ parts: [OfficialValue], _ place: String) -> [String] {
        var result: [String] = []
        for part in parts {
            let allowed = part["enum"]?.elements.compactMap(\.text) ?? []
            if !allowed.isEmpty, let text = value.textOrDigits, !allowed.contains(text) {
                result.append("\(place) is none of \(allowed)")
            }
            if let longest = part["maxLength"]?.text.flatMap({ Int($0) }), (value.text ?? "").count > longest {
                result.append("\(place) is longer than \(longest)")
            }
            if part["format"]?.text == "uuid",
                value.text?.wholeMatch(of: #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) == nil
            {
                result.append("\(place) is no UUID")
            }
        }
        return result
    }

    private func members(_ value: JSONNode, _ parts: [OfficialValue], _ place: String) -> [String] {
        guard value.isObject else { return [] }
        var named: [String: OfficialValue] = [:]
        var isOpen = true
        for part in parts {
            named.merge(part["properties"]?.members ?? [:]) { first, _ in first }
            if part["properties"] != nil { isOpen = false }
        }
        if parts.contains(where: { $0["additionalProperties"]?.isTrue == true && $0["properties"] == nil }) {
            isOpen = true
        }
        let required = parts.flatMap { $0["required"]?.elements.compactMap(\.text) ?? [] }
        let present = Set(value.members.map(\.name))
        let missing = required.filter { !present.contains($0) }.map { "\(place).\($0) is missing" }
        return missing
            + value.members.flatMap { name, member in
                if let schema = named[name] { return problems(member, schema, at: "\(place).\(name)") }
                return isOpen ? [] : ["\(place).\(name) is not in the official file"]
            }
    }

    private func items(_ value: JSONNode, _ parts: [OfficialValue], _ place: String) -> [String] {
        guard value.isArray, let schema = parts.compactMap({ $0["items"] }).first else { return [] }
        return value.elements.enumerated().flatMap { problems($1, schema, at: "\(place)[\($0)]") }
    }
}
