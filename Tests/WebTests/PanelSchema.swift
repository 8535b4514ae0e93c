import Foundation
import Testing

/// The file that goes to Pipedrive's Developer Hub, with what its types ask of a value.
struct PanelSchema {
    struct Violation: Error { let text: String }

    private let types: [String: String]
    private let required: [String]

    static func load() throws -> PanelSchema {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Sources/Web/Assets/panel-schema.json")
        let schema = try object(try JSONSerialization.jsonObject(with: try Data(contentsOf: file)))
        let items = try object(schema["items"] as Any)
        let properties = try object(items["properties"] as Any)
        var types: [String: String] = [:]
        for (name, value) in properties {
            let reference = try object(value)["$ref"] as? String ?? ""
            types[name] = reference.replacing("#/definitions/", with: "")
        }
        return PanelSchema(types: types, required: items["required"] as? [String] ?? [])
    }

    /// Throws the first thing that would break the panel: Pipedrive shows nothing for one wrong property.
    func check(_ body: [UInt8]) throws {
        let answer = try Self.object(try JSONSerialization.jsonObject(with: Data(body)))
        guard Set(answer.keys).isSubset(of: ["data", "external_link", "settings"]) else {
            throw Violation(text: "unknown top key")
        }
        guard let objects = answer["data"] as? [[String: Any]], objects.count <= 10 else {
            throw Violation(text: "data is no list of at most ten")
        }
        #expect(types.count <= 21 && !objects.isEmpty)
        for object in objects {
            for name in required where object[name] == nil { throw Violation(text: "\(name) is missing") }
            for (name, value) in object where !(value is NSNull) {
                guard let type = types[name] else { throw Violation(text: "\(name) is not in the schema") }
                guard try Self.fits(value, type) else { throw Violation(text: "\(name) is no \(type)") }
            }
        }
    }

    private static func fits(_ value: Any, _ type: String) throws -> Bool {
        switch type {
        case "header", "text": return value is String
        case "numerical": return value is NSNumber
        case "currency":
            let money = try object(value)
            return Set(money.keys) == ["code", "value"] && (money["code"] as? String)?.count == 3
                && money["value"] is NSNumber
        case "link":
            let link = try object(value)
            return Set(link.keys).isSubset(of: ["label", "value", "external"])
                && (link["value"] as? String)?.hasPrefix("https://") == true
        default: throw Violation(text: "no such type: \(type)")
        }
    }

    private static func object(_ value: Any) throws -> [String: Any] {
        guard let object = value as? [String: Any] else { throw Violation(text: "not an object") }
        return object
    }
}
