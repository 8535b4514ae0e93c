import HTTPTypes
import Testing

@testable import Web

/// The API against its description, and the description against the API: what the one has, the other has too.
struct OpenAPITests {
    private func file(_ site: Site) async throws -> OpenAPIFile {
        try OpenAPIFile(await site.send(.get, "/api/v1/openapi.json").body)
    }

    @Test func `every route is described, and every operation that is described is a route`() async throws {
        let site = Site()
        let routes = APIRoutes(useCases: site.useCases).routes.filter { $0.pattern != "/api/v1/openapi.json" }
        let served = routes.map {
            OpenAPIFile.Operation(method: $0.method.rawValue, path: String($0.pattern.dropFirst("/api/v1".count)))
        }
        #expect(Set(served) == (try await file(site)).operations)
    }

    @Test func `answers are as described, and every status and field that is described is met`() async throws {
        let site = Site()
        let file = try await file(site)
        let recorder = APIRecorder(site, file)
        try await APIStory(site: site, recorder: recorder).tell()
        try await APIRefusals(site: site, recorder: recorder).provoke()
        #expect(recorder.problems == [])
        for operation in file.operations {
            #expect(file.statuses(operation).subtracting(recorder.statuses[operation] ?? []) == [], "\(operation)")
        }
        #expect(file.fields.subtracting(recorder.fields) == [])
    }
}

/// Sends requests and holds them and their answers against the file.
final class APIRecorder {
    let site: Site
    let file: OpenAPIFile
    private(set) var problems: [String] = []
    private(set) var statuses: [OpenAPIFile.Operation: Set<String>] = [:]
    private(set) var fields: Set<String> = []

    init(_ site: Site, _ file: OpenAPIFile) {
        self.site = site
        self.file = file
    }

    /// Sends a request to an operation; the body is held against the file when it was accepted.
    @discardableResult
    func send(
        _ operation: OpenAPIFile.Operation, id: String = "", query: String = "", _ body: String = "",
        key: String = Tables.apiKey, fields headers: [String: String] = [:]
    ) async throws -> WebResponse {
        let method = try #require(HTTPRequest.Method(operation.method))
        let path = operation.path.dropFirst().replacing("{id}", with: id) + query
        let answer = await site.api(method, String(path), body, key: key, fields: headers)
        let status = String(answer.status)
        statuses[operation, default: []].insert(status)
        if !file.statuses(operation).contains(status) { problems.append("\(operation) answers \(status)") }
        for name in file.answerHeaders(operation, status) where answer.field(name) == nil {
            problems.append("\(operation) \(status) has no \(name)")
        }
        if (200..<300).contains(answer.status), !body.isEmpty, let schema = file.requestSchema(operation) {
            note("\(operation) takes", try JSONValue.read(Array(body.utf8)), schema)
        }
        if let schema = file.answerSchema(operation, status) {
            note("\(operation) \(status)", try JSONValue.read(answer.body), schema)
        } else if !answer.body.isEmpty {
            problems.append("\(operation) \(status) has a body that is not described")
        }
        return answer
    }

    private func note(_ what: String, _ value: JSONValue, _ schema: JSONValue) {
        problems += file.problems(value, schema, noting: &fields).map { "\(what): \($0)" }
    }
}
