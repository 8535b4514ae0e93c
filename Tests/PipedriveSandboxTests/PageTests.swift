import Foundation
import Testing

@testable import PipedriveSandbox

@Suite struct PageTests {
    @Test func `every page opens and escapes what people typed`() async throws {
        let test = try TestSandbox()
        let made = try await test.call("POST", "/sandbox/organizations", ["name": "<b>Aap & \"Noot\"</b>"])
        let id = try #require(made.data["id"].whole)
        _ = try await test.call(
            "PATCH", "/sandbox/deals/1", ["title": "<i>Mies</i>", "org_id": .int(id), "stage_id": 1])
        let paths = [
            "/", "/?pipeline=2", "/deal/1", "/person/1", "/organization/\(id)", "/persons", "/persons?q=van&page=2",
            "/organizations?q=noot", "/products", "/marketplace", "/traffic",
        ]
        for path in paths {
            let page = try await test.send("GET", path)
            #expect(page.status == 200, "\(path)")
            #expect(page.text.hasSuffix("</html>"))
            #expect(!page.text.contains("<i>Mies") && !page.text.contains("<b>Aap"), "\(path)")
            #expect(page.header("Content-Security-Policy")?.contains("default-src 'none'") == true)
        }
        #expect(try await test.send("GET", "/").text.contains("&lt;i&gt;Mies&lt;/i&gt;"))
        #expect(try await test.send("GET", "/nowhere").status == 404)
        #expect(try await test.send("GET", "/deal/99999").status == 404)
        #expect(try await test.send("GET", "/assets/style.css").header("Content-Type") == "text/css")
    }

    @Test func `a fault is set by the form on the traffic page, shown there and lifted there`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let fields = [
            ("route", "/api/v2/"), ("method", ""), ("status", "503"), ("shape", ""), ("effect", "before"),
            ("latency_ms", ""), ("drip_ms", ""), ("count", "2"), ("probability", "1"),
        ]
        #expect(try await test.form("/faults", fields).header("Location") == "/traffic")
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 503)
        let page = try await test.send("GET", "/traffic").text
        #expect(page.contains("any /api/v2/") && page.contains("status 503") && page.contains("1 more"))
        #expect(page.contains("Anouk Boterbloem</td>"))
        _ = try await test.form("/faults/clear", [])
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200)
        _ = try await test.form("/tokens/expire", [])
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 401)
        _ = try await test.form("/limits", [("plan", "growth")])
        #expect(try await test.call("GET", "/sandbox/token-report").data["daily_limit"] == 180_000)
    }

    @Test func `the traffic page tells of requests with cost and validity, and of webhooks with their answers`()
        async throws
    {
        let receiver = Receiver { _, number in Reply(status: number == 1 ? 503 : 200) }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = [.zero]
            let test = try TestSandbox(policy: policy)
            let token = try await test.signIn()
            _ = try await test.call(
                "POST", "/api/v1/webhooks",
                ["subscription_url": .string(origin), "event_action": "*", "event_object": "deal", "name": "n"],
                token: token)
            _ = try await test.call("GET", "/api/v2/persons?limit=1&nonsense=1", token: token)
            _ = try await test.call("PATCH", "/sandbox/deals/1", ["value": 4321])
            while await test.sandbox.queue.all.first?.attempts.count != 2 { await Task.yield() }
            let page = try await test.send("GET", "/traffic").text
            let request = try #require(page.components(separatedBy: "<tr>").first { $0.contains("nonsense=1") })
            #expect(request.contains("unknown parameter nonsense") && request.contains("<td>off</td>"))
            #expect(request.contains("chip won\">200<") && request.contains("<td class=\"number\">10</td>"))
            let delivery = try #require(page.components(separatedBy: "<tr>").first { $0.contains("<td>deal 1</td>") })
            #expect(delivery.contains("chip lost\">503<") && delivery.contains("chip won\">200<"))
            #expect(page.contains("GET /api/v2/persons</td><td class=\"number\">1</td><td class=\"number\">10</td>"))
            #expect(page.contains("20 of 2.100.000 tokens used today"))
        }
    }

    @Test func `notes grow on the pages of deals, persons and organizations`() async throws {
        let test = try TestSandbox()
        for path in ["/deal/1", "/person/1", "/organization/1"] {
            let answer = try await test.form(path + "/note", [("content", "Gebeld over \(path) <b>")])
            #expect(answer.header("Location") == path)
            let page = try await test.send("GET", path).text
            #expect(page.contains("Gebeld over \(path) &lt;b&gt;"), "\(path)")
        }
    }

    @Test func `moving a deal by its form returns to the board and counts as the web app`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await test.call(
                "POST", "/api/v1/webhooks",
                [
                    "subscription_url": .string(origin), "event_action": "change", "event_object": "deal", "name": "n",
                ], token: try await test.signIn())
            let stage = test.sandbox.store.snapshot()[.deal][1]?["stage_id"] == 4 ? "5" : "4"
            let moved = try await test.form(
                "/deal/1/move", [("stage_id", stage), ("back", "/?pipeline=1")], headers: ["cookie": "viewer=2"])
            #expect(moved.status == 303)
            #expect(moved.header("Location") == "/?pipeline=1")
            let away = try await test.form("/deal/1/move", [("stage_id", stage), ("back", "//evil.example")])
            #expect(away.header("Location") == "/")
            await receiver.wait(for: 1)
        }
        let meta = try JSONParser.parse(try #require(receiver.requests.first).body)["meta"]
        #expect(meta["change_source"] == "app")
        #expect(meta["user_id"] == "2")
    }

    @Test func `the panel is asked as documented and its fields are drawn by type`() async throws {
        let receiver = Receiver { _, _ in
            .json([
                "data": [
                    [
                        "id": 1, "header": "Factuur <7>", "status": ["color": "green", "label": "Betaald"],
                        "total": ["code": "EUR", "value": 1234.5], "due_date": "2026-12-01", "count": 3,
                        "open": ["label": "Open", "value": "https://pd.example/1", "external": true], "empty": nil,
                    ]
                ],
                "external_link": ["url": "https://pd.example", "label": "Naar PayDock"],
            ])
        }
        try await receiver.serve { origin in
            let panel = SandboxOptions.Panel(
                url: origin + "/panel", user: "u", password: "p", tokenSecret: "jwt secret")
            let test = try TestSandbox(panel: panel)
            let page = try await test.send("GET", "/person/4", headers: ["cookie": "viewer=2"])
            for text in [
                "Factuur &lt;7&gt;", "chip green\">Betaald", "€ 1.234,50", "01-12-2026",
                "href=\"https://pd.example/1\"",
                "Naar PayDock", "<dt>Due date</dt>",
            ] { #expect(page.text.contains(text), "\(text)") }
        }
        let request = try #require(receiver.requests.first)
        #expect(request.method == "GET")
        #expect(request.basicCredentials?.user == "u")
        let expected = [
            "resource": "person", "view": "details", "userId": "2", "companyId": "7701", "selectedIds": "4",
            "isShared": "false",
        ]
        for (name, value) in expected { #expect(request.value(name) == value) }
        let parts = (request.value("token") ?? "").split(separator: ".").map { String($0) }
        let signature = HMACSHA256.code(for: Array("\(parts[0]).\(parts[1])".utf8), key: Array("jwt secret".utf8))
        #expect(Base64URL.decode(parts[2]) == signature)
        #expect(try JSONParser.parse(try #require(Base64URL.decode(parts[1])))["userId"] == 2)
    }

    @Test(arguments: [
        (200, #"{"data":[]}"#, "Nothing to show"), (200, #"{"data":{}}"#, "Nothing to show"),
        (
            403, #"{"error":{"title":"Not connected","action":{"url":"https://c.example","label":"Connect"}}}"#,
            "Connect</a>"
        ),
        (500, "oops", "Something went wrong"), (200, #"{"data":[{"header":"no id"}]}"#, "Something went wrong"),
    ])
    func `an empty, refusing or broken panel says so`(status: Int, body: String, expected: String) async throws {
        let receiver = Receiver { _, _ in Reply(status: status, body: Array(body.utf8)) }
        try await receiver.serve { origin in
            let test = try TestSandbox(panel: SandboxOptions.Panel(url: origin))
            #expect(try await test.send("GET", "/deal/1").text.contains(expected))
        }
    }

    @Test func `a panel that cannot be reached leaves the page whole`() async throws {
        let test = try TestSandbox(panel: SandboxOptions.Panel(url: "http://127.0.0.1:1/panel"))
        let page = try await test.send("GET", "/deal/1")
        #expect(page.status == 200)
        #expect(page.text.contains("could not be reached"))
    }
}
