import HTTPTransport
import HTTPTypes

@testable import Pipedrive

/// Holds a request that was built against the official files: path, method, query and body.
struct OfficialRequestCheck {
    /// What is wrong; empty when all is well. Throws when the files do not know the operation.
    func problems(_ sent: OutgoingRequest) throws -> [String] {
        let operation = try operation(sent)
        if operation.isProseOnly { return [] }
        let file = try OfficialFile.of(operation.interface)
        let description = try file.description(of: operation)
        return try queryProblems(sent, operation, file, description) + bodyProblems(sent, operation, file, description)
    }

    /// Which entry of our table a request belongs to.
    func operation(_ sent: OutgoingRequest) throws -> PipedriveOperation {
        let path = (sent.request.path ?? "").prefix { $0 != "?" }
        let candidates = PipedriveFacts.all.filter { operation in
            let pattern = (operation.interface.prefix + operation.path).split(separator: "/")
            let steps = path.split(separator: "/")
            return operation.method == sent.request.method && pattern.count == steps.count
                && zip(pattern, steps).allSatisfy { $0 == $1 || ($0.hasPrefix("{") && Int($1) != nil) }
        }
        let form = String(decoding: sent.body ?? [], as: UTF8.self)
        let fitting =
            candidates.count < 2
            ? candidates : candidates.filter { ($0 == PipedriveFacts.refreshToken) == form.contains("=refresh_token") }
        guard let found = fitting.first else {
            throw OfficialFile.Missing(description: "\(sent) is not in the table of operations")
        }
        return found
    }

    private func queryProblems(
        _ sent: OutgoingRequest, _ operation: PipedriveOperation, _ file: OfficialFile, _ description: OfficialValue
    ) throws -> [String] {
        let known = file.queryParameters(description)
        let query = Self.pairs((sent.request.path ?? "").split(separator: "?").dropFirst().first.map(String.init) ?? "")
        let missing = known.filter { $1["required"]?.isTrue == true && query[$0] == nil }.keys.map { "no \($0)" }
        return missing
            + query.flatMap { name, value -> [String] in
                guard let schema = known[name]?["schema"], operation.query[name] != nil else {
                    return ["query \(name) is not known for \(operation.label)"]
                }
                return typeProblems(value, schema, name)
            }
    }

    private func bodyProblems(
        _ sent: OutgoingRequest, _ operation: PipedriveOperation, _ file: OfficialFile, _ description: OfficialValue
    ) throws -> [String] {
        guard let schema = file.bodySchema(description) else {
            return sent.body == nil ? [] : ["\(operation.label) takes no body"]
        }
        let body = sent.body ?? []
        if sent.request.headerFields[.contentType] == "application/x-www-form-urlencoded" {
            return Self.pairs(String(decoding: body, as: UTF8.self)).flatMap { name, value -> [String] in
                guard let field = file.schemas(of: name, in: schema).first, operation.requestFields[name] != nil else {
                    return ["field \(name) is not known for \(operation.label)"]
                }
                return typeProblems(value, field, name)
            }
        }
        guard sent.request.headerFields[.contentType] == "application/json", let document = JSONDocument(body) else {
            return ["the body of \(operation.label) is no JSON"]
        }
        let unlisted = document.root.members.map(\.name).filter { operation.requestFields[$0] == nil }
        return unlisted.map { "\($0) is not in our table" }
            + OfficialSchemaCheck(file: file).problems(document.root, schema)
    }

    private func typeProblems(_ value: String, _ schema: OfficialValue, _ name: String) -> [String] {
        let allowed = schema["enum"]?.elements.compactMap(\.text) ?? []
        if !allowed.isEmpty, !allowed.contains(value) { return ["\(name) is none of \(allowed)"] }
        if schema["type"]?.text == "integer", Int(value) == nil { return ["\(name) is no integer"] }
        return []
    }

    /// Names and decoded values of a query or a form.
    static func pairs(_ text: String) -> [String: String] {
        var result: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            result[String(halves[0])] = decoded(halves.count > 1 ? String(halves[1]) : "")
        }
        return result
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
