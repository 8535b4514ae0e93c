import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct OfficialFilesNoticeTests {
    @Test func `a run without the official files says so`() {
        if OfficialFile.folder == nil {
            print("Skipped: PIPEDRIVE_OPENAPI names no folder with openapi-v1.yaml and openapi-v2.yaml")
        }
        #expect(Set(PipedriveFacts.all).count == PipedriveFacts.all.count)
    }
}

/// What we send and read, held against Pipedrive's official OpenAPI files.
@Suite(.enabled(if: OfficialFile.folder != nil, "PIPEDRIVE_OPENAPI names no folder"))
struct OfficialFilesTests {
    private static let official = PipedriveFacts.all.filter { !$0.isProseOnly }

    @Test(arguments: official)
    func `the table's cost and query are the official ones`(operation: PipedriveOperation) throws {
        let file = try OfficialFile.of(operation.interface)
        let description = try file.description(of: operation)
        #expect(description["x-token-cost"]?.text == String(operation.tokenCost))
        let parameters = file.queryParameters(description)
        for (name, type) in operation.query {
            #expect(parameters[name]?["schema"]?["type"]?.text == type.rawValue, "\(operation.label) \(name)")
        }
    }

    @Test(arguments: official)
    func `the fields that are sent exist with that type, and none that is required is left out`(
        operation: PipedriveOperation
    ) throws {
        let file = try OfficialFile.of(operation.interface)
        guard let schema = file.bodySchema(try file.description(of: operation)) else {
            #expect(operation.requestFields.isEmpty)
            return
        }
        #expect(!operation.requestFields.isEmpty)
        for (name, type) in operation.requestFields {
            #expect(file.schemas(of: name, in: schema).map { $0["type"]?.text } == [type.rawValue], "\(name)")
        }
        let required = file.alternatives(schema).flatMap { $0["required"]?.elements.compactMap(\.text) ?? [] }
        #expect(required.filter { operation.requestFields[$0] == nil } == [])
    }

    @Test(arguments: official.filter { !$0.responseFields.isEmpty })
    func `the fields that are read exist with that type`(operation: PipedriveOperation) throws {
        let file = try OfficialFile.of(operation.interface)
        let schema = try file.answerSchema(try file.description(of: operation))
        for (path, type) in operation.responseFields {
            let types = Set(file.schemas(of: path, in: schema).compactMap { $0["type"]?.text })
            #expect(type == .varying ? types.count > 1 : types == [type.rawValue], "\(operation.label) \(path)")
        }
    }

    @Test func `what only Pipedrive's prose describes is in neither file`() throws {
        for operation in PipedriveFacts.all where operation.isProseOnly {
            for interface in PipedriveOperation.Interface.allCases {
                let paths = try OfficialFile.of(interface).root["paths"]?.members ?? [:]
                #expect(paths[operation.path] == nil)
            }
        }
    }

    @Test func `every request of every port is one that the official files describe`() async throws {
        let transport = StubTransport(Canned.replies)
        try await EveryCall.make(through: transport)
        let check = OfficialRequestCheck()
        for request in transport.requests {
            #expect(try check.problems(request) == [], "\(request)")
        }
        let used = Set(try transport.requests.map(check.operation))
        #expect(PipedriveFacts.all.filter { !used.contains($0) && $0 != PipedriveFacts.authorize }.map(\.label) == [])
    }

    @Test func `the consent address has the official parameters`() throws {
        let oauth = PipedriveOAuth(configuration: try .fixture(), transport: StubTransport([]))
        let address = oauth.authorizeURL(state: "a b&c=d")
        let path = try #require(address.split(separator: "pipedrive.com").last)
        let request = OutgoingRequest(
            request: HTTPRequest(
                method: .get, scheme: "https", authority: "oauth.pipedrive.com", path: String(path)))
        #expect(try OfficialRequestCheck().problems(request) == [])
    }

    @Test func `every prepared answer has the official shape`() async throws {
        let transport = StubTransport(Canned.replies)
        try await EveryCall.make(through: transport)
        var checked = 0
        for request in transport.requests {
            let operation = try OfficialRequestCheck().operation(request)
            if operation.isProseOnly { continue }
            let file = try OfficialFile.of(operation.interface)
            let answer = try await StubTransport(Canned.replies).send(request)
            let document = try #require(JSONDocument(answer.body))
            let schema = try file.answerSchema(try file.description(of: operation))
            #expect(OfficialSchemaCheck(file: file).problems(document.root, schema) == [], "\(operation.label)")
            checked += 1
        }
        #expect(checked > 20)
    }

    @Test func `the check itself finds wrong types, unknown fields and missing ones`() throws {
        let file = try OfficialFile.of(.v1)
        let schema = try #require(file.bodySchema(try file.description(of: PipedriveFacts.addWebhook)))
        let body = try #require(
            JSONDocument(
                Array(#"{"subscription_url":1,"event_action":"moved","event_object":"deal","colour":"red"}"#.utf8)))
        let problems = OfficialSchemaCheck(file: file).problems(body.root, schema)
        #expect(problems.contains("$.name is missing"))
        #expect(problems.contains("$.subscription_url is no string"))
        #expect(problems.contains { $0.hasPrefix("$.event_action is none of") })
        #expect(problems.contains("$.colour is not in the official file"))
        let wrong = OutgoingRequest(
            request: HTTPRequest(
                method: .get, scheme: "https", authority: "acme.pipedrive.com",
                path: "/api/v2/persons?limit=many&sort_by=name&colour=red"))
        #expect(try OfficialRequestCheck().problems(wrong).count == 3)
    }
}
