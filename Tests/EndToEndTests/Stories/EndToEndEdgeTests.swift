import Foundation
import Testing

/// What nginx and the pools answer at the edges of HTTP.
@Suite(.installed)
struct EndToEndEdgeTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    private func send(
        _ method: String, _ path: String, _ fields: [String: String] = [:], _ body: Data? = nil
    ) async throws -> Answer {
        try await HTTP.send(method, installation.origin + path, fields: fields, body: body)
    }

    @Test func `the health check answers while the database does`() async throws {
        let answer = try await send("GET", "/healthz")
        #expect(answer.status == 200)
        #expect(answer.text == "ok\n")
    }

    @Test(arguments: ["/nothing/here", "/api/v1/nothing", "/panel/nothing", "/webhooks/pipedrive/never-known", "/q/no"])
    func `an unknown path is answered with 404`(path: String) async throws {
        let answer = try await send(path.hasPrefix("/webhooks") ? "POST" : "GET", path)
        #expect(answer.status == 404)
    }

    @Test func `a wrong method is answered with 405 and what works`() async throws {
        let healthz = try await send("DELETE", "/healthz")
        #expect(healthz.status == 405)
        #expect(healthz.fields["allow"]?.contains("GET") == true)
        let callback = try await send("PUT", "/oauth/pipedrive/callback", [:], Data("x".utf8))
        #expect(callback.status == 405)
        let allowed = Set((callback.fields["allow"] ?? "").split(separator: ",").map { $0.filter { $0 != " " } })
        #expect(allowed.isSuperset(of: ["GET", "POST", "DELETE"]))
    }

    @Test func `a body above 2 MB is answered with 413, by the pool and by nginx`() async throws {
        let path = "/webhooks/pipedrive/any"
        let type = ["Content-Type": "application/json"]
        let overOurs = try await send("POST", path, type, Data(repeating: 32, count: 2_000_001))
        #expect(overOurs.status == 413)
        #expect(overOurs.fields["x-request-id"] != nil)
        let overNginx = try await send("POST", path, type, Data(repeating: 32, count: 3_000_000))
        #expect(overNginx.status == 413)
    }

    @Test func `a body of another type is answered with 415`() async throws {
        let tenant = try await installation.createCompany("Typen BV")
        let key = ["X-API-Key": tenant.key, "Content-Type": "text/plain"]
        let api = try await send("POST", "/api/v1/contacts", key, Data("name=x".utf8))
        #expect(api.status == 415)
        #expect(try api.json()["error"]["code"].text == "unsupported_media_type")
        let login = try await send("POST", "/login", ["Content-Type": "application/json"], Data("{}".utf8))
        #expect(login.status == 415)
    }

    @Test func `every answer bears an id of its own and the security headers`() async throws {
        var ids: Set<String> = []
        for path in ["/login", "/nothing/here", "/api/v1/contacts", "/healthz", "/assets/paydock.css", "/q/no"] {
            let answer = try await send("GET", path, ["X-Request-Id": "mine"])
            let id = try answer.fields["x-request-id"].orFail("\(path) has no X-Request-Id")
            #expect(id != "mine", "a caller cannot choose the id")
            ids.insert(id)
            #expect(answer.fields["x-content-type-options"] == "nosniff", "\(path)")
            #expect(answer.fields["x-frame-options"] == "DENY", "\(path)")
            let policy = answer.fields["content-security-policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(path): \(policy)")
            #expect(answer.fields["server"]?.contains("/") != true, "nginx does not tell its version")
        }
        #expect(ids.count == 6)
    }

    @Test func `a form without its token changes nothing`() async throws {
        let tenant = try await installation.createCompany("Vals BV")
        let fields = [("email", tenant.email), ("password", Tenant.password)]
        let type = ["Content-Type": "application/x-www-form-urlencoded"]
        let forged = try await send("POST", "/login", type, Data(HTTP.encoded(fields).utf8))
        #expect(forged.status == 403)
        #expect(forged.fields["set-cookie"]?.contains("paydock_session") != true)
        #expect(try await tenant.logIn().contains("App Store"))
    }

    @Test func `pages lead to the login, and back`() async throws {
        let visitor = Visitor(installation.origin)
        let answer = try await visitor.get("/apps/pipedrive?tab=logs")
        #expect(answer.status == 303)
        #expect(answer.fields["location"] == "/login?next=%2Fapps%2Fpipedrive%3Ftab%3Dlogs")
    }
}
