import Domain
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct AllowedHostsTests {
    @Test(arguments: [
        ("https://acme.pipedrive.com", "https://acme.pipedrive.com"),
        ("HTTPS://Acme.Pipedrive.COM", "https://acme.pipedrive.com"),
        ("https://acme.pipedrive.com/", "https://acme.pipedrive.com"),
        ("https://acme.pipedrive.com:443", "https://acme.pipedrive.com"),
        ("https://pipedrive.com", "https://pipedrive.com"),
        ("https://a.b.pipedrive.com", "https://a.b.pipedrive.com"),
    ])
    func `Pipedrive and its subdomains are allowed when nothing else is said`(given: String, origin: String) throws {
        let hosts = try AllowedHosts(PipedriveConfiguration.defaultAllowedHosts)
        #expect(hosts.origin(of: given)?.text == origin)
    }

    @Test(arguments: [
        "", "acme.pipedrive.com", "http://acme.pipedrive.com", "ftp://acme.pipedrive.com", "//acme.pipedrive.com",
        "javascript://acme.pipedrive.com", "https:acme.pipedrive.com", "https:/acme.pipedrive.com", "https://",
        "https:///", "https://evil.example", "https://evilpipedrive.com", "https://pipedrive.com.evil.example",
        "https://acme.pipedrive.com.", "https://acme..pipedrive.com", "https://.pipedrive.com",
        "https://-a.pipedrive.com", "https://a-.pipedrive.com", "https://user@acme.pipedrive.com",
        "https://user:pass@acme.pipedrive.com", "https://acme.pipedrive.com@evil.example",
        "https://evil.example#.pipedrive.com", "https://evil.example?.pipedrive.com",
        "https://evil.example/.pipedrive.com", "https://evil.example\\.pipedrive.com",
        "https://evil.example\\@acme.pipedrive.com", "https://evil.example%2f.pipedrive.com",
        "https://acme.pipedrive.com/api", "https://acme.pipedrive.com//", "https://acme.pipedrive.com?x",
        "https://acme.pipedrive.com#x", "https://acme.pipedrive.com:8443", "https://acme.pipedrive.com:80",
        "https://acme.pipedrive.com:", "https://acme.pipedrive.com:0", "https://acme.pipedrive.com:0443",
        "https://acme.pipedrive.com:443:443", "https://acme.pipedrive.com:+443", "https://acme.pipedrive.com:99999",
        "https://acme.pipedrive.com:443@evil.example", "https://127.0.0.1", "http://127.0.0.1:8090",
        "https://169.254.169.254", "https://2130706433", "https://0x7f.1", "https://[::1]", "https://localhost",
        "https://acme.pipedrive.com\n", " https://acme.pipedrive.com", "https://acme.pipedrive.com\u{0000}",
        "https://acme.pipe\u{00AD}drive.com", "https://acmе.pipedrive.com", "https://acme.pipedrive。com",
        "https://acme_x.pipedrive.com", "https://acme.pipedrive.com\r\nX: y", "https://*.pipedrive.com",
    ])
    func `every other form of api_domain is refused`(given: String) throws {
        let hosts = try AllowedHosts(PipedriveConfiguration.defaultAllowedHosts)
        #expect(hosts.origin(of: given) == nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8090", true), ("https://127.0.0.1:8090", true), ("http://127.0.0.1:8091", false),
        ("http://127.0.0.1", false), ("http://127.0.0.2:8090", false), ("http://localhost:8090", false),
        ("http://127.1:8090", false), ("http://127.0.0.1:8090/x", false), ("http://127.0.0.1:8090@evil.example", false),
        ("http://crm.example:9000", false), ("https://crm.example:9000", true), ("https://a.crm.example:9000", false),
        ("https://acme.pipedrive.com", false),
    ])
    func `a list replaces the default, and plain http is for listed loopback ports only`(
        given: String, isAllowed: Bool
    ) throws {
        let hosts = try AllowedHosts([" 127.0.0.1:8090 ", "CRM.example:9000"])
        #expect((hosts.origin(of: given) != nil) == isAllowed)
    }

    @Test(arguments: ["", "https://pipedrive.com", "a b", "host:", "host:x", "host:70000", "*.pipedrive.com", "host/x"])
    func `a list entry that is no host stops the configuration, naming the key`(entry: String) {
        let error = #expect(throws: PipedriveConfigurationError.self) {
            try PipedriveConfiguration.fixture(allowedHosts: [entry])
        }
        #expect(error?.key == "PIPEDRIVE_ALLOWED_HOSTS")
    }

    @Test(arguments: [
        "http://oauth.pipedrive.com", "oauth.pipedrive.com", "https://oauth.pipedrive.com/x", "http://127.0.0.1:9",
        "https://u:p@oauth.pipedrive.com", "",
    ])
    func `an OAuth address that is not https, or more than an origin, stops the configuration`(address: String) {
        let error = #expect(throws: PipedriveConfigurationError.self) {
            try PipedriveConfiguration.fixture(allowedHosts: ["127.0.0.1:8090"], oauthURL: address)
        }
        #expect(error?.key == "PIPEDRIVE_OAUTH_URL")
    }

    @Test func `a sandbox on a listed loopback port serves both OAuth and API`() async throws {
        let configuration = try PipedriveConfiguration.fixture(
            allowedHosts: ["127.0.0.1:8090"], oauthURL: "http://127.0.0.1:8090")
        let transport = StubTransport([.get("/api/v1/users/me", Canned.currentUser)])
        let oauth = PipedriveOAuth(configuration: configuration, transport: transport)
        let access = PipedriveAccess(
            apiOrigin: APIOrigin(checked: "http://127.0.0.1:8090"), accessToken: Secret("token"))
        _ = try await oauth.currentUser(access)
        let sent = try #require(transport.requests.first)
        #expect(sent.request.scheme == "http" && sent.request.authority == "127.0.0.1:8090")
    }

    @Test func `a token is never sent to an origin that is not allowed, not even one from our own database`()
        async throws
    {
        let transport = StubTransport(Canned.replies)
        let client = PipedriveClient(configuration: try .fixture(), transport: transport)
        let access = PipedriveAccess(
            apiOrigin: APIOrigin(checked: "https://evil.example"), accessToken: Secret("token"))
        let failure = await #expect(throws: CRMFailure.self) {
            try await client.page(.person, cursor: nil, access: access)
        }
        #expect(failure?.kind == .rejected)
        #expect(transport.requests.isEmpty)
    }
}
