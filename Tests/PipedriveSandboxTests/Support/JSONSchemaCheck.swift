@testable import PipedriveSandbox

/// Holds a value against a JSON schema as language models are given them; answers the first place that does not fit.
struct JSONSchemaCheck {
    let root: JSON

    func problem(_ value: JSON, _ schema: JSON, at place: String = "$") -> String? {
        var schema = schema
        while let reference = schema["$ref"].text {
            schema =
                reference == "#" ? root : reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] }
        }
        if let part = schema["allOf"].list?.lazy.compactMap({ problem(value, $0, at: place) }).first { return part }
        if let parts = schema["anyOf"].list, !parts.contains(where: { problem(value, $0, at: place) == nil }) {
            return "\(place): none of anyOf"
        }
        if let constant = schema.members?["const"], constant != value { return "\(place): not the constant" }
        if let options = schema["enum"].list, !options.contains(value) { return "\(place): not in the enum" }
        let types = schema["type"].list?.compactMap(\.text) ?? [schema["type"].text].compactMap { $0 }
        if !types.isEmpty, !types.contains(where: { fits(value, $0) }) { return "\(place): not \(types)" }
        return bounds(value, schema, place) ?? members(value, schema, place) ?? items(value, schema, place)
    }

    private func fits(_ value: JSON, _ type: String) -> Bool {
        switch type {
        case "object": value.members != nil
        case "array": value.list != nil
        case "string": value.text != nil
        case "integer": value.whole != nil
        case "number": value.decimal != nil
        case "boolean": value.truth != nil
        default: value.isNull
        }
    }

    private func bounds(_ value: JSON, _ schema: JSON, _ place: String) -> String? {
        if let number = value.decimal {
            if let least = schema["minimum"].decimal, number < least { return "\(place): too small" }
            if let least = schema["exclusiveMinimum"].decimal, number <= least { return "\(place): too small" }
            if let most = schema["maximum"].decimal, number > most { return "\(place): too great" }
            if let step = schema["multipleOf"].decimal, (number / step).rounded() != number / step {
                return "\(place): no multiple"
            }
        }
        if let text = value.text {
            if let least = schema["minLength"].whole, text.count < least { return "\(place): too short" }
            if let most = schema["maxLength"].whole, text.count > most { return "\(place): too long" }
        }
        return nil
    }

    private func members(_ value: JSON, _ schema: JSON, _ place: String) -> String? {
        guard let object = value.members, let properties = schema["properties"].members else { return nil }
        for name in (schema["required"].list ?? []).compactMap(\.text) where object[name] == nil {
            return "\(place).\(name): missing"
        }
        for member in object.members {
            guard let rule = properties[member.key] else {
                if schema["additionalProperties"] == false { return "\(place).\(member.key): not allowed" }
                continue
            }
            if let found = problem(member.value, rule, at: "\(place).\(member.key)") { return found }
        }
        return nil
    }

    private func items(_ value: JSON, _ schema: JSON, _ place: String) -> String? {
        guard let list = value.list else { return nil }
        if let least = schema["minItems"].whole, list.count < least { return "\(place): too few" }
        if let most = schema["maxItems"].whole, list.count > most { return "\(place): too many" }
        if schema["items"].isNull { return nil }
        return list.lazy.compactMap { problem($0, schema["items"], at: "\(place)[]") }.first
    }
}
