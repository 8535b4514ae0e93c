import Domain
import Foundation
import HTTPTypes
import Testing
import Web

struct RoutingTests {
    @Test func `an unknown address is 404, as a page for people and as JSON for the API`() async {
        let site = Site()
        let page = await site.send(.get, "/nothing")
        #expect(page.status == 404)
        #expect(page.text.contains("req-1") && page.text.contains("support@paydock.example"))
        let json = await site.send(.get, "/api/v1/nothing")
        #expect(json.status == 404)
        #expect(
            json.text == #"{"error":{"code":"not_found","message":"There is nothing at this address.","fields":{}}}"#)
    }

    @Test func `a wrong method is 405 and says which ones work`() async {
        let site = Site()
        let answer = await site.send(.put, "/login")
        #expect(answer.status == 405)
        #expect(answer.field("Allow") == "GET, HEAD, POST")
        let hook = await site.send(.get, "/webhooks/pipedrive/abc")
        #expect(hook.status == 405)
        #expect(hook.field("Allow") == "POST")
        let callback = await site.send(.put, "/oauth/pipedrive/callback")
        #expect(callback.field("Allow") == "GET, HEAD, DELETE, POST")
    }

    @Test func `a body over the cap is 413, one of the wrong type 415`() async {
        let site = Site()
        let big = String(repeating: "x", count: 2_000_001)
        let hook = await site.send(.post, "/webhooks/pipedrive/\(Tables.webhookPath)", body: big)
        #expect(hook.status == 413)
        let fields = ["X-API-Key": Tables.apiKey, "Content-Type": "text/plain"]
        let json = await site.send(.post, "/api/v1/contacts", fields: fields, body: "{}")
        #expect(json.status == 415)
        #expect(json.text.contains(#""code":"unsupported_media_type""#))
        let form = await site.send(.post, "/login", fields: ["Content-Type": "application/json"], body: "{}")
        #expect(form.status == 415)
    }

    @Test func `HEAD has GET's fields and no body`() async {
        let answer = await Site().send(.head, "/login")
        #expect(answer.status == 200)
        #expect(answer.body.isEmpty)
        #expect(answer.field("Content-Type") == "text/html; charset=utf-8")
    }

    @Test func `health follows the database, and metrics are for the own host only`() async {
        let site = Site()
        #expect(await site.send(.get, "/healthz").status == 200)
        #expect(await site.send(.get, "/metrics").status == 404)
        #expect(await site.send(.get, "/metrics", remoteAddress: "127.0.0.1").text.contains("paydock_up 1"))
        site.tables.isDown = true
        #expect(await site.send(.get, "/healthz").status == 503)
        #expect(await site.send(.get, "/metrics", remoteAddress: "::1").text.contains("paydock_up 0"))
    }

    @Test func `the stylesheet may be kept for ever under its own version only`() async throws {
        let site = Site()
        let page = await site.send(.get, "/login").text
        let start = try #require(page.range(of: "/assets/paydock.css?v="))
        let address = "/assets/paydock.css?v=" + page[start.upperBound...].prefix { $0 != "\"" }
        let sheet = await site.send(.get, address)
        #expect(sheet.field("Cache-Control")?.contains("immutable") == true)
        #expect(sheet.text.contains("@media print"))
        #expect(await site.send(.get, "/assets/paydock.css?v=old").field("Cache-Control") == "public, max-age=60")
    }

    @Test func `the log has route, status and reference, and nothing from the query`() async {
        let site = Site()
        _ = await site.send(.get, "/oauth/pipedrive/callback?code=very-secret&state=also-secret")
        _ = await site.send(.get, "/q/public-token-of-a-quote")
        let text = site.log.all.joined(separator: "\n")
        #expect(text.contains("request.id=req-1 route=GET /oauth/pipedrive/callback status=400"))
        #expect(text.contains("route=GET /q/{token} status=404"))
        #expect(!text.contains("secret") && !text.contains("public-token"))
    }

    @Test func `bytes that a database can't keep never reach it`() async {
        let site = Site()
        _ = await site.submit("/contacts", "name=A%00B%FF")
        #expect(site.tables.contacts.map(\.details.name) == ["A\u{FFFD}B\u{FFFD}"])
        let answer = await site.api(.post, "contacts", #"{"name":"A\u0000B","emails":["a\u0000@b.example"]}"#)
        #expect(answer.status == 400)
        #expect(answer.text.contains(#""name":"holds a character that is not allowed""#))
    }
}
