import Foundation
import Yams

@testable import PipedriveSandbox

/// One of the official OpenAPI files, read into JSON.
struct SpecFile: Sendable {
    static let folder = ProcessInfo.processInfo.environment["PIPEDRIVE_OPENAPI"]
    /// The files by the start of the paths they describe; empty when no folder is given.
    static let all: [String: SpecFile] = {
        guard let folder else { return [:] }
        var files: [String: SpecFile] = [:]
        for (prefix, name) in [("/api/v1", "openapi-v1.yaml"), ("/api/v2", "openapi-v2.yaml")] {
            do { files[prefix] = try SpecFile(path: "\(folder)/\(name)") } catch { print("\(name): \(error)") }
        }
        return files
    }()

    let root: JSON

    private init(path: String) throws {
        let node = try Yams.compose(yaml: try String(contentsOfFile: path, encoding: .utf8))
        root = node.map(Self.json) ?? .null
    }

    private static func json(_ node: Node) -> JSON {
        switch node {
        case .mapping(let mapping): return .object(JSONObject(mapping.map { ($0.key.string ?? "", json($0.value)) }))
        case .sequence(let sequence): return .array(sequence.map(json))
        case .scalar(let scalar):
            guard scalar.style == .plain else { return .string(scalar.string) }
            if let truth = node.bool { return .bool(truth) }
            if let whole = node.int { return .int(whole) }
            if let decimal = node.float { return .number(decimal) }
            return node.null != nil ? .null : .string(scalar.string)
        default: return .null
        }
    }

    /// The schema of an answer, nil when the file has none for this route and status.
    func schema(_ method: String, _ path: String, status: Int) -> JSON? {
        let answer = resolve(root["paths"][path][method.lowercased()]["responses"][String(status)])
        let schema = answer["content"]["application/json"]["schema"]
        return schema.isNull ? nil : schema
    }

    /// The published cost of a call.
    func cost(_ method: String, _ path: String) -> Int? {
        root["paths"][path][method.lowercased()]["x-token-cost"].whole
    }

    /// The thing that a chain of references ends at.
    func resolve(_ json: JSON) -> JSON {
        var current = json
        while let reference = current["$ref"].text {
            current = reference.split(separator: "/").dropFirst().reduce(root) { $0[String($1)] }
        }
        return current
    }
}
