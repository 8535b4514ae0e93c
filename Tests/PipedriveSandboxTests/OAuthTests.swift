import Testing

@testable import PipedriveSandbox

@Suite struct OAuthTests {
    @Test func `the consent page names the app, the company and every user`() async throws {
        let test = try TestSandbox()
        let callback = Form.encode(TestSandbox.callback)
        let page = try await test.send("GET", "/oauth/authorize?client_id=client&redirect_uri=\(callback)&state=a%22b")
        #expect(page.status == 200)
        for text in ["PayDock", "Tulp &amp; Zonen", "Anouk Boterbloem", "Bram Lindeveld", "value=\"a&quot;b\""] {
            #expect(page.text.contains(text))
        }
    }

    @Test func `another callback than the registered one is refused`() async throws {
        let test = try TestSandbox()
        let page = try await test.send(
            "GET", "/oauth/authorize?client_id=client&redirect_uri=https%3A%2F%2Fevil.example")
        #expect(page.status == 400)
        #expect(page.json["error"] == "Invalid redirect URL")
    }

    @Test func `allowing redirects with code and state, denying with user_denied`() async throws {
        let test = try TestSandbox()
        let fields = [("client_id", "client"), ("user_id", "1"), ("state", "s&1")]
        let allowed = try await test.form("/oauth/authorize", fields + [("decision", "allow")])
        #expect(allowed.status == 302)
        let there = Request(method: "GET", target: try #require(allowed.header("Location")))
        #expect(there.path == TestSandbox.callback)
        #expect(there.value("state") == "s&1")
        #expect(there.value("code")?.isEmpty == false)
        let denied = try await test.form("/oauth/authorize", fields + [("decision", "deny")])
        #expect(denied.header("Location") == TestSandbox.callback + "?error=user_denied&state=s%261")
    }

    @Test func `a code gives tokens once`() async throws {
        let test = try TestSandbox()
        test.sandbox.origin = "http://127.0.0.1:4711"
        let code = try await test.allow(userID: 2)
        let tokens = try await test.exchange(code)
        #expect(tokens.status == 200)
        #expect(tokens.json["token_type"] == "Bearer")
        #expect(tokens.json["expires_in"] == 3599)
        #expect(tokens.json["api_domain"] == "http://127.0.0.1:4711")
        #expect(tokens.json["scope"].text?.split(separator: ",").contains("webhooks:full") == true)
        #expect(tokens.json["refresh_token"].text?.hasPrefix("7701:2:") == true)
        let me = try await test.call("GET", "/api/v1/users/me", token: tokens.json["access_token"].text)
        #expect(me.data["id"] == 2)
        let again = try await test.exchange(code)
        #expect(again.status == 400)
        #expect(again.json["error"] == "invalid_grant")
    }

    @Test func `a code expires after five minutes`() async throws {
        let test = try TestSandbox()
        let code = try await test.allow()
        test.advance(seconds: 300)
        #expect(try await test.exchange(code).status == 400)
    }

    @Test func `refreshing keeps the refresh token and gives a new access token`() async throws {
        let test = try TestSandbox()
        let first = try await test.exchange(try await test.allow())
        let refreshToken = try #require(first.json["refresh_token"].text)
        test.advance(seconds: 3600)
        let stale = try await test.call("GET", "/api/v1/users/me", token: first.json["access_token"].text)
        #expect(stale.status == 401)
        #expect(stale.json["errorCode"] == 401)
        let second = try await test.refresh(refreshToken)
        #expect(second.json["refresh_token"].text == refreshToken)
        #expect(second.json["access_token"] != first.json["access_token"])
        let fresh = try await test.call("GET", "/api/v1/users/me", token: second.json["access_token"].text)
        #expect(fresh.status == 200)
    }

    @Test func `a refresh token dies after sixty idle days`() async throws {
        let test = try TestSandbox()
        let refreshToken = try #require(try await test.exchange(try await test.allow()).json["refresh_token"].text)
        test.advance(seconds: 59 * 86400)
        #expect(try await test.refresh(refreshToken).status == 200)
        test.advance(seconds: 59 * 86400)
        #expect(try await test.refresh(refreshToken).status == 200)
        test.advance(seconds: 60 * 86400)
        #expect(try await test.refresh(refreshToken).status == 400)
    }

    @Test func `allowing again ends the same user's earlier tokens, not a colleague's`() async throws {
        let test = try TestSandbox()
        let old = try await test.exchange(try await test.allow())
        let colleague = try await test.signIn(userID: 2)
        _ = try await test.signIn()
        #expect(try await test.call("GET", "/api/v1/users/me", token: old.json["access_token"].text).status == 401)
        #expect(try await test.refresh(old.json["refresh_token"].text ?? "").status == 400)
        #expect(try await test.call("GET", "/api/v1/users/me", token: colleague).status == 200)
    }

    @Test func `the app must show its credentials and send a form`() async throws {
        let test = try TestSandbox()
        let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")]
        #expect(try await test.form("/oauth/token", fields).json["error"] == "invalid_client")
        let wrong = ["authorization": OutgoingHTTP.basic("client", "wrong")]
        #expect(try await test.form("/oauth/token", fields, headers: wrong).json["error"] == "invalid_client")
        let json = try await test.send("POST", "/oauth/token", headers: ["content-type": "application/json"])
        #expect(json.status == 400)
        let odd = try await test.form("/oauth/token", [("grant_type", "password")], headers: TestSandbox.clientHeaders)
        #expect(odd.json["error"] == "unsupported_grant_type")
    }

    @Test func `revoking the refresh token removes the grant and its webhooks`() async throws {
        let test = try TestSandbox()
        let tokens = try await test.exchange(try await test.allow())
        let access = tokens.json["access_token"].text
        let hook: JSON = [
            "subscription_url": "https://paydock.example/hook", "event_action": "*", "event_object": "deal",
            "name": "n",
        ]
        #expect(try await test.call("POST", "/api/v1/webhooks", hook, token: access).status == 201)
        let answer = try await test.form(
            "/oauth/revoke", [("token", tokens.json["refresh_token"].text ?? "")], headers: TestSandbox.clientHeaders)
        #expect(answer.status == 200)
        #expect(try await test.call("GET", "/api/v1/webhooks", token: access).status == 401)
        #expect(test.sandbox.store.snapshot()[.webhook].count == 0)
        let unknown = try await test.form("/oauth/revoke", [("token", "nobody's")], headers: TestSandbox.clientHeaders)
        #expect(unknown.status == 200)
    }

    @Test func `removing the app tells the callback URL as documented`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox(redirectURI: origin + "/callback")
            let token = try await test.signIn(userID: 2)
            let answer = try await test.call("POST", "/sandbox/uninstall", ["user_id": 2])
            #expect(answer.data["callback_status"] == 200)
            #expect(try await test.call("GET", "/api/v1/users/me", token: token).status == 401)
        }
        let notice = try #require(receiver.requests.first)
        #expect(notice.method == "DELETE")
        #expect(notice.basicCredentials?.user == "client")
        #expect(notice.basicCredentials?.password == "secret")
        let body = try JSONParser.parse(notice.body)
        #expect(body["client_id"] == "client")
        #expect(body["company_id"] == 7701)
        #expect(body["user_id"] == 2)
        #expect(body["timestamp"].text.flatMap(Timestamp.parse) != nil)
    }
}
