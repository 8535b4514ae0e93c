import Foundation
import Testing

@testable import PipedriveSandbox

/// Installing from the Marketplace, and what the app's callback URL hears afterwards.
@Suite struct InstallTests {
    /// The address behind the Marketplace's button with these words.
    private func link(_ words: String, on page: String) throws -> String {
        let end = try #require(page.range(of: "\">\(words)</a>")).lowerBound
        let start = try #require(page[..<end].range(of: "href=\"", options: .backwards)).upperBound
        return page[start..<end].replacingOccurrences(of: "&amp;", with: "&")
    }

    @Test func `without an Installation URL the button leads to consent, and the callback gets no state`() async throws
    {
        let test = try TestSandbox()
        let address = try link("Install now", on: try await test.send("GET", "/marketplace").text)
        #expect(address.hasPrefix("/oauth/authorize?client_id=client&redirect_uri="))
        let consent = try await test.send("GET", address)
        #expect(consent.status == 200)
        #expect(!consent.text.contains("name=\"state\""))
        let answer = try await test.form(
            "/oauth/authorize", [("client_id", "client"), ("user_id", "2"), ("decision", "allow")])
        let callback = Request(method: "GET", target: try #require(answer.header("Location")))
        #expect(callback.query.map(\.name) == ["code"])
        #expect(try await test.exchange(callback.value("code") ?? "").status == 200)
        #expect(
            try await test.send("GET", "/marketplace").text.contains(
                "name=\"user_id\" value=\"2\">\n<button class=\"quiet\">Uninstall"))
    }

    @Test func `with an Installation URL the button leads to the app, which starts with a state of its own`()
        async throws
    {
        let test = try TestSandbox(installationURL: "https://paydock.example/apps/pipedrive/start")
        let page = try await test.send("GET", "/marketplace").text
        #expect(try link("Install now", on: page) == "https://paydock.example/apps/pipedrive/start")
        #expect(try link("Install without a state", on: page).hasPrefix("/oauth/authorize?"))
        let consent = try await test.send("GET", "/oauth/authorize?client_id=client&state=own")
        #expect(consent.text.contains("<input type=\"hidden\" name=\"state\" value=\"own\">"))
    }

    @Test func `uninstalling on the Marketplace's page tells the app, ends the tokens and removes the webhooks`()
        async throws
    {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox(redirectURI: origin + "/callback")
            let token = try await test.signIn(userID: 2)
            let hook: JSON = [
                "subscription_url": "https://x.example/h", "event_action": "*", "event_object": "deal", "name": "n",
            ]
            #expect(try await test.call("POST", "/api/v1/webhooks", hook, token: token).status == 201)
            #expect(
                try await test.form("/marketplace/uninstall", [("user_id", "2")]).header("Location") == "/marketplace")
            #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 401)
            #expect(test.sandbox.store.snapshot()[.webhook].count == 0)
            #expect(try await test.send("GET", "/marketplace").text.contains(">Uninstall<") == false)
        }
        let notice = try #require(receiver.requests.first)
        #expect(receiver.requests.count == 1)
        #expect((notice.method, notice.path) == ("DELETE", "/callback"))
        #expect(notice.contentType == "application/json")
        let body = try JSONParser.parse(notice.body)
        #expect(body.members?.keys == ["client_id", "company_id", "user_id", "timestamp"])
        #expect([body["client_id"], body["company_id"], body["user_id"]] == ["client", 7701, 2])
    }

    @Test func `an app that does not answer is removed all the same`() async throws {
        let test = try TestSandbox(redirectURI: "http://127.0.0.1:1/callback")
        let token = try await test.signIn()
        #expect(try await test.call("POST", "/sandbox/uninstall", ["user_id": 1]).data["callback_status"] == .null)
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 401)
    }

    @Test func `sharing the app with a colleague is told by POST`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox(redirectURI: origin + "/callback")
            _ = try await test.form("/marketplace/share", [("user_id", "3"), ("is_shared", "true")])
            let answer = try await test.call("POST", "/sandbox/share", ["user_id": 3, "is_shared": false])
            #expect(answer.data["callback_status"] == 200)
        }
        #expect(receiver.requests.map(\.method) == ["POST", "POST"])
        let bodies = try receiver.requests.map { try JSONParser.parse($0.body) }
        #expect(bodies.map { $0["isShared"] } == [true, false])
        #expect(bodies.allSatisfy { $0["company_id"] == 7701 && $0["user_id"] == 3 })
    }
}
