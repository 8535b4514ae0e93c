import Foundation
import Testing

/// A file that goes to Pipedrive's Developer Hub, with what its types and limits ask of an answer.
struct PanelSchema {
    struct Violation: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }

    /// `panel-schema` covers every answer; `panel-schema-contact` is for the pages of persons and organizations.
    enum Name: String, CaseIterable {
        case all = "panel-schema"
        case contact = "panel-schema-contact"
    }

    let types: [String: String]
    let labels: [String: String]
    let required: [String]

    static func load(_ name: Name = .all) throws -> PanelSchema {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Sources/Web/Assets/\(name.rawValue).json")
        let schema = try object(try JSONSerialization.jsonObject(with: try Data(contentsOf: file)))
        guard Set(schema.keys) == ["type", "items"], schema["type"] as? String == "array" else {
            throw Violation(text: "the schema is no list")
        }
        let items = try object(schema["items"] as Any)
        guard Set(items.keys) == ["type", "required", "properties"] else { throw Violation(text: "unknown keyword") }
        let properties = try object(items["properties"] as Any)
        var (types, labels): ([String: String], [String: String]) = ([:], [:])
        for (name, value) in properties {
            let property = try object(value)
            guard Set(property.keys).isSubset(of: ["$ref", "label"]), let reference = property["$ref"] as? String,
                reference.hasPrefix("#/definitions/")
            else { throw Violation(text: "\(name) is no property") }
            types[name] = String(reference.dropFirst("#/definitions/".count))
            labels[name] = property["label"] as? String
        }
        return PanelSchema(types: types, labels: labels, required: items["required"] as? [String] ?? [])
    }

    /// Throws the first thing that would break the panel: Pipedrive shows nothing for one wrong property.
    func check(_ body: [UInt8]) throws {
        let answer = try Self.object(try JSONSerialization.jsonObject(with: Data(body)))
        guard Set(answer.keys).isSubset(of: ["data", "external_link", "settings"]) else {
            throw Violation(text: "unknown top key")
        }
        guard let objects = answer["data"] as? [[String: Any]], (1...10).contains(objects.count) else {
            throw Violation(text: "data is no list of one to ten")
        }
        if let link = answer["external_link"] {
            let link = try Self.object(link)
            guard Set(link.keys) == ["url", "label"], Self.isAddress(link["url"]),
                let label = link["label"] as? String, (1...40).contains(label.count)
            else { throw Violation(text: "external_link") }
        }
        if let settings = answer["settings"] {
            guard Self.isAddress(try Self.object(settings)["url"]) else { throw Violation(text: "settings") }
        }
        for object in objects { try check(object) }
        let ids = objects.compactMap { ($0["id"] as? NSNumber)?.intValue }
        guard Set(ids).count == objects.count else { throw Violation(text: "an id stands twice") }
    }

    private func check(_ object: [String: Any]) throws {
        for name in required where object[name] == nil || object[name] is NSNull {
            throw Violation(text: "\(name) is missing")
        }
        for (name, value) in object {
            guard let type = types[name] else { throw Violation(text: "\(name) is not in the schema") }
            if value is NSNull { continue }
            guard try Self.fits(value, type) else { throw Violation(text: "\(name) is no \(type)") }
        }
    }

    /// The documented error body: a title of at most 30 characters, and nothing unknown.
    static func checkError(_ body: [UInt8]) throws {
        let answer = try object(try JSONSerialization.jsonObject(with: Data(body)))
        let error = try object(answer["error"] as Any)
        guard Set(answer.keys) == ["error"], Set(error.keys).isSubset(of: ["title", "subtitle", "action"]),
            let title = error["title"] as? String, (1...30).contains(title.count)
        else { throw Violation(text: "error body") }
        guard let action = error["action"] else { return }
        let link = try object(action)
        guard Set(link.keys) == ["url", "label"], isAddress(link["url"]), link["label"] is String else {
            throw Violation(text: "error action")
        }
    }

    private static func fits(_ value: Any, _ type: String) throws -> Bool {
        switch type {
        case "header", "text": return (value as? String).map { (1...255).contains($0.count) } ?? false
        case "numerical": return value is NSNumber
        case "currency":
            let money = try object(value)
            return Set(money.keys) == ["code", "value"] && (money["code"] as? String)?.count == 3
                && money["value"] is NSNumber
        case "link":
            let link = try object(value)
            return Set(link.keys).isSubset(of: ["label", "value", "external"]) && isAddress(link["value"])
                && (link["label"] as? String).map { (1...255).contains($0.count) } ?? true
        case "label":
            let label = try object(value)
            return Set(label.keys) == ["color", "label"]
                && ["green", "red", "blue", "yellow", "purple", "grey"].contains(label["color"] as? String ?? "")
                && (label["label"] as? String).map { (1...40).contains($0.count) } ?? false
        default: throw Violation(text: "no such type: \(type)")
        }
    }

    private static func isAddress(_ value: Any?) -> Bool { (value as? String)?.hasPrefix("https://") == true }

    private static func object(_ value: Any) throws -> [String: Any] {
        guard let object = value as? [String: Any] else { throw Violation(text: "not an object") }
        return object
    }
}
