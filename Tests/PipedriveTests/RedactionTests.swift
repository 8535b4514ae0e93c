import Domain
import FoundationEssentials
import HTTPTransport
import Testing

@testable import Pipedrive

/// Nothing that is thrown or printed holds a secret, or words from a customer's records.
@Suite struct RedactionTests {
    private static let unwanted = [
        "access-token-value", "client-secret-value", "code-value", "refresh-value", "webhook-user-value",
        "webhook-password-value", "new-access-value", "new-refresh-value", "Jansen", "Basic ", "Bearer", "/8", "/31",
    ]

    @Test(arguments: [200, 302, 400, 401, 402, 403, 404, 422, 429, 500])
    func `no failure shows a token or what Pipedrive's answer quotes`(status: Int) async throws {
        let words = #"{"success":false,"error":"Jansen new-access-value","error_info":"Jansen","code":"Jansen"}"#
        let replies = Canned.replies.map { reply in
            StubTransport.Reply(
                method: reply.method, path: reply.path, query: reply.query, status: status, body: words)
        }
        for failure in try await Self.failures(StubTransport(replies)) { try Self.check(failure) }
    }

    @Test func `no failure of the transport shows one either`() async throws {
        let error = HTTPTransportError(
            code: .reset, place: "GET https://acme.pipedrive.com/api/v2/deals/8", mayHaveReachedServer: true,
            detail: "Jansen access-token-value")
        let replies = Canned.replies.map { StubTransport.Reply(method: $0.method, path: $0.path, error: error) }
        for failure in try await Self.failures(StubTransport(replies)) { try Self.check(failure) }
    }

    @Test func `a configuration does not print its secret`() throws {
        let configuration = try PipedriveConfiguration.fixture()
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration)".contains("client-secret-value"))
        #expect(!dumped.contains("client-secret-value"))
    }

    private static func check(_ failure: any Error) throws {
        let failure = try #require(failure as? CRMFailure)
        #expect(!failure.reason.isEmpty)
        for word in unwanted { #expect(!"\(failure) \(failure.reason)".contains(word), "\(word) in \(failure)") }
    }

    /// What every call of the ports throws.
    private static func failures(_ transport: StubTransport) async throws -> [any Error] {
        let configuration = try PipedriveConfiguration.fixture()
        let oauth = PipedriveOAuth(configuration: configuration, transport: transport)
        let client = PipedriveClient(configuration: configuration, transport: transport)
        let webhooks = PipedriveWebhooks(configuration: configuration, transport: transport)
        let now = Date(timeIntervalSince1970: 0)
        let calls: [@Sendable () async throws -> Void] = [
            { _ = try await oauth.exchange(code: Secret("code-value"), now: now) },
            { _ = try await oauth.refresh(Secret("refresh-value"), now: now) },
            { _ = try await oauth.currentUser(.fixture) },
            { _ = try await client.page(.person, cursor: nil, access: .fixture) },
            { _ = try await client.pipelines(access: .fixture) },
            { _ = try await client.postNote(html: "Jansen", target: .deal(Deal.ID(8)), access: .fixture) },
            { _ = try await client.findNote(containing: "Jansen", target: .deal(Deal.ID(8)), access: .fixture) },
            { _ = try await webhooks.subscriptions(access: .fixture) },
            {
                _ = try await webhooks.subscribe(
                    object: "deal", url: "https://paydock.example/", endpoint: .fixture, access: .fixture)
            },
        ]
        var failures: [any Error] = []
        for call in calls {
            do { try await call() } catch { failures.append(error) }
        }
        #expect(failures.count == calls.count)
        return failures
    }
}
