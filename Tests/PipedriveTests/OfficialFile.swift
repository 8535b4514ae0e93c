import FoundationEssentials
import HTTPTypes
import Yams

@testable import Pipedrive

/// One of Pipedrive's official OpenAPI files.
struct OfficialFile: Sendable {
    let root: OfficialValue

    /// Where the two files are, from `PIPEDRIVE_OPENAPI`; nil skips what needs them.
    static let folder = ProcessInfo.processInfo.environment["PIPEDRIVE_OPENAPI"].flatMap { $0.isEmpty ? nil : $0 }

    private static let read: Result<[String: OfficialFile], any Error> = Result {
        try ["v1": OfficialFile(name: "openapi-v1.yaml"), "v2": OfficialFile(name: "openapi-v2.yaml")]
    }

    /// A missing part of the file.
    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    private init(name: String) throws {
        let text = try String(contentsOfFile: "\(Self.folder ?? ".")/\(name)", encoding: .utf8)
        guard let node = try Yams.compose(yaml: text) else { throw Missing(description: "\(name) is empty") }
        root = OfficialValue(node)
    }

    /// The file of an interface; the OAuth server is described in that of version 1.
    static func of(_ interface: PipedriveOperation.Interface) throws -> OfficialFile {
        guard let file = try read.get()[interface == .v2 ? "v2" : "v1"] else {
            throw Missing(description: "no file for \(interface)")
        }
        return file
    }

    /// The description of an operation of ours.
    func description(of operation: PipedriveOperation) throws -> OfficialValue {
        // A path may stand once in a file: the refresh is listed under the same address with a slash at its end.
        let path = operation == PipedriveFacts.refreshToken ? operation.path + "/" : operation.path
        guard let found = root["paths"]?[path]?[operation.method.rawValue.lowercased()] else {
            throw Missing(description: "\(operation.label) is not in the official file")
        }
        return found
    }

    /// The value itself, or what its `$ref` leads to.
    func resolved(_ value: OfficialValue) -> OfficialValue {
        var current = value
        while let reference = current["$ref"]?.text {
            current = reference.dropFirst(2).split(separator: "/").reduce(root) { $0[String($1)] ?? .null }
        }
        return current
    }

    /// The schema of the successful answer.
    func answerSchema(_ description: OfficialValue) throws -> OfficialValue {
        let answers = description["responses"]
        guard let answer = (answers?["200"] ?? answers?["201"]).map(resolved),
            let schema = answer["content"]?["application/json"]?["schema"]
        else { throw Missing(description: "no schema for the answer") }
        return schema
    }

    /// The schema of the request's body; nil when it has none.
    func bodySchema(_ description: OfficialValue) -> OfficialValue? {
        description["requestBody"].map(resolved)?["content"]?.members.values.first?["schema"]
    }

    /// Query parameters by name.
    func queryParameters(_ description: OfficialValue) -> [String: OfficialValue] {
        var result: [String: OfficialValue] = [:]
        for parameter in (description["parameters"]?.elements ?? []).map(resolved)
        where parameter["in"]?.text == "query" {
            result[parameter["name"]?.text ?? ""] = parameter
        }
        return result
    }

    /// Schemas of a field below a schema, by the path in our table: `data[].emails[].value`.
    func schemas(of path: String, in schema: OfficialValue) -> [OfficialValue] {
        path.replacing("[]", with: ".[]").split(separator: ".").reduce([schema]) { level, step in
            level.flatMap(alternatives).compactMap { step == "[]" ? $0["items"] : $0["properties"]?[String(step)] }
        }.flatMap(alternatives)
    }

    /// The schema with everything that `allOf`, `oneOf` and `anyOf` bring in.
    func alternatives(_ schema: OfficialValue) -> [OfficialValue] {
        let own = resolved(schema)
        return [own]
            + ["allOf", "oneOf", "anyOf"].flatMap { own[$0]?.elements ?? [] }.flatMap(alternatives)
    }
}
