import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct OAuthTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func oauth(_ transport: StubTransport) throws -> PipedriveOAuth {
        PipedriveOAuth(configuration: try .fixture(), transport: transport)
    }

    private func refreshing(_ status: Int, _ body: String) async throws -> CRMFailure? {
        let oauth = try oauth(
            StubTransport([.init(method: .post, path: "/oauth/token", status: status, body: body)]))
        return await #expect(throws: CRMFailure.self) { try await oauth.refresh(Secret("old-refresh"), now: now) }
    }

    @Test func `the consent address names client, callback and state, and no scopes`() throws {
        #expect(
            try oauth(StubTransport([])).authorizeURL(state: "s&1 é")
                == "https://oauth.pipedrive.com/oauth/authorize?client_id=paydock-app"
                + "&redirect_uri=https%3A%2F%2Fpaydock.example%2Foauth%2Fpipedrive%2Fcallback&state=s%261%20%C3%A9")
    }

    @Test func `a code is traded with Basic credentials and a form, within six seconds`() async throws {
        let transport = StubTransport(Canned.replies)
        let credentials = try await oauth(transport).exchange(code: Secret("c0de+/="), now: now)
        let sent = try #require(transport.requests.first)
        #expect(sent.request.headerFields[.authorization] == "Basic cGF5ZG9jay1hcHA6Y2xpZW50LXNlY3JldC12YWx1ZQ==")
        #expect(
            String(decoding: sent.body ?? [], as: UTF8.self)
                == "grant_type=authorization_code&code=c0de%2B%2F%3D"
                + "&redirect_uri=https%3A%2F%2Fpaydock.example%2Foauth%2Fpipedrive%2Fcallback")
        #expect(sent.timeout == .seconds(6))
        #expect(credentials.accessToken == Secret("new-access-value"))
        #expect(credentials.refreshToken == Secret("new-refresh-value"))
        #expect(credentials.expiresAt == now.addingTimeInterval(3599))
        #expect(credentials.apiOrigin.text == "https://acme.pipedrive.com")
        #expect(credentials.scopes == ["deals:full", "contacts:full"])
    }

    @Test func `a refresh sends the refresh token and takes over what comes back`() async throws {
        let transport = StubTransport(Canned.replies)
        let credentials = try await oauth(transport).refresh(Secret("old"), now: now)
        #expect(
            String(decoding: try #require(transport.requests.first).body ?? [], as: UTF8.self)
                == "grant_type=refresh_token&refresh_token=old")
        #expect(credentials.refreshToken == Secret("new-refresh-value"))
    }

    @Test(arguments: [
        #"{"error":"invalid_grant"}"#, #"{"error":"invalid_grant","error_description":"nope"}"#,
        #"{"success":false,"message":"refresh_token is invalid for these client credentials"}"#,
        #"{"error":"Authorization code has expired"}"#,
        #"{"error":"invalid_request","message":"Refresh token is invalid or already exchanged"}"#,
    ])
    func `words about the grant end it`(body: String) async throws {
        #expect(try await refreshing(400, body)?.kind == .grantRefused)
        #expect(try await refreshing(401, body)?.kind == .grantRefused)
    }

    @Test(arguments: [
        #"{"error":"invalid_client"}"#, #"{"error":"unauthorized_client","message":"refresh token invalid"}"#,
        #"{"error":"Invalid redirect URL"}"#, #"{"error":"invalid_grant","message":"redirect_uri is different"}"#,
        #"{"message":"Unsupported grant type. Supported: authorization_code, refresh_token"}"#,
        #"{"message":"Client is invalid"}"#,
    ])
    func `trouble with our own registration waits and says where to look`(body: String) async throws {
        let failure = try await refreshing(400, body)
        #expect(failure?.kind == .wait(seconds: nil))
        #expect(failure?.reason.contains("client id, secret and callback URL") == true)
    }

    @Test(arguments: ["", "<html>", "{}", #"{"error":"try later"}"#, "[]", #"{"error":{"x":1}}"#])
    func `a refusal that is not understood never ends a grant`(body: String) async throws {
        for status in [400, 401] {
            #expect(
                try await refreshing(status, body)?.kind
                    == .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil))
        }
    }

    @Test func `other statuses of the token endpoint never end a grant either`() async throws {
        let words = #"{"error":"invalid_grant"}"#
        for status in [404, 410, 422, 302] {
            #expect(
                try await refreshing(status, words)?.kind
                    == .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil))
        }
        for status in [402, 429] { #expect(try await refreshing(status, words)?.kind == .wait(seconds: nil)) }
        for status in [500, 503] {
            #expect(
                try await refreshing(status, words)?.kind
                    == .transient(mayHaveTakenEffect: true, retryAfterSeconds: nil))
        }
    }

    @Test(arguments: [
        "", "{}", "<html>", Canned.tokens.replacing("3599", with: "0"), Canned.tokens.replacing("3599", with: "-1"),
        Canned.tokens.replacing("Bearer", with: "mac"), Canned.tokens.replacing("new-access-value", with: ""),
        Canned.tokens.replacing("new-access-value", with: #"a\r\nX-Evil: 1"#),
        Canned.tokens.replacing("refresh_token", with: "refresh"), Canned.tokens.replacing("api_domain", with: "host"),
    ])
    func `a token answer that lacks something is not taken`(body: String) async throws {
        #expect(
            try await refreshing(200, body)?.kind == .transient(mayHaveTakenEffect: true, retryAfterSeconds: nil))
    }

    @Test(arguments: ["https://evil.example", "https://acme.pipedrive.com@evil.example", "http://acme.pipedrive.com"])
    func `credentials for a host that is not allowed are refused whole`(domain: String) async throws {
        let body = Canned.tokens.replacing("https://acme.pipedrive.com", with: domain)
        #expect(try await refreshing(200, body)?.kind == .rejected)
    }

    @Test func `revoking ends the refresh token, and an answer without a body will do`() async throws {
        let transport = StubTransport(Canned.replies)
        try await oauth(transport).revoke(Secret("old"))
        let sent = try #require(transport.requests.first)
        #expect(transport.lines == ["POST /oauth/revoke"])
        #expect(String(decoding: sent.body ?? [], as: UTF8.self) == "token=old&token_type_hint=refresh_token")
    }

    @Test func `the user's company and administration are read`() async throws {
        let transport = StubTransport(Canned.replies)
        let user = try await oauth(transport).currentUser(.fixture)
        #expect(
            user
                == PipedriveUser(
                    id: PipedriveUser.ID(77), companyID: PipedriveCompany.ID(900), companyName: "Studio Noord",
                    name: "Bob", isAdmin: true))
        #expect(transport.requests.first?.request.headerFields[.authorization] == "Bearer access-token-value")
        let plain = Canned.currentUser.replacing(#""sales","admin":true"#, with: #""sales","admin":false"#)
        let other = try await oauth(StubTransport([.get("/api/v1/users/me", plain)])).currentUser(.fixture)
        #expect(!other.isAdmin)
    }
}
