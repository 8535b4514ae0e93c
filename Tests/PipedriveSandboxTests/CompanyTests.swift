import Testing

@testable import PipedriveSandbox

@Suite struct CompanyTests {
    private func two() throws -> TestSandbox {
        let test = try TestSandbox()
        let state = try SampleState.make(personCount: 40, seed: 2, isSecond: true)
        _ = Sandbox(test.sandbox.options, state: state, beside: test.sandbox, clock: test.sandbox.clock)
        return test
    }

    @Test func `the consent page offers both companies, and tokens lead to the chosen one`() async throws {
        let test = try two()
        let page = try await test.send("GET", "/oauth/authorize?client_id=client").text
        #expect(page.contains("<option value=\"2\">Bram Lindeveld"))
        #expect(page.contains("<option value=\"7702-1\">Merel Kaasjager (administrator, Kaas &amp; Co)"))
        let answer = try await test.form(
            "/oauth/authorize", [("client_id", "client"), ("user_id", "7702-1"), ("decision", "allow")])
        let location = Request(method: "GET", target: answer.header("Location") ?? "")
        let tokens = try await test.exchange(location.value("code") ?? "")
        #expect(tokens.json["refresh_token"].text?.hasPrefix("7702:1:") == true)
        let other = tokens.json["access_token"].text ?? ""
        let own = try await test.signIn()
        #expect(try await test.call("GET", "/api/v1/users/me", token: other).data["company_id"] == 7702)
        #expect(try await test.call("GET", "/api/v1/users/me", token: own).data["company_id"] == 7701)
        let names = [
            try await test.call("GET", "/api/v2/persons/1", token: other).data["name"],
            try await test.call("GET", "/api/v2/persons/1", token: own).data["name"],
        ]
        #expect(names[0] != names[1])
        let fresh = try await test.refresh(tokens.json["refresh_token"].text ?? "")
        #expect(fresh.status == 200)
        #expect(fresh.json["refresh_token"].text?.hasPrefix("7702:1:") == true)
    }

    @Test func `pages and control calls choose a company, each with its own data and budget`() async throws {
        let test = try two()
        let made = try await test.call("POST", "/sandbox/deals?company=7702", ["title": "Kaas"])
        #expect(made.status == 201)
        let id = try #require(made.data["id"].whole)
        let page = try await test.send("GET", "/deal/\(id)", headers: ["cookie": "company=7702"])
        #expect(page.text.contains("<h1>Kaas</h1>"))
        #expect(!(try await test.send("GET", "/deal/\(id)").text.contains("<h1>Kaas</h1>")))
        _ = try await test.call("POST", "/sandbox/limits?company=7702", ["plan": "lite", "seats": 1])
        let report = try await test.call("GET", "/sandbox/token-report?company=7702").data
        #expect(report["daily_limit"] == 30_000)
        #expect(report["burst_limit"] == 80)
        #expect(try await test.call("GET", "/sandbox/token-report").data["daily_limit"] != 30_000)
        let chosen = try await test.form("/company", [("company_id", "7702")])
        #expect(chosen.header("Set-Cookie")?.hasPrefix("company=7702;") == true)
    }
}
