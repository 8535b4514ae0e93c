import Testing

@testable import PipedriveSandbox

/// What the company's account allows, and what time does to it.
@Suite struct AccountTests {
    @Test func `a closed account is refused with 402 until it is open again`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        #expect(try await test.call("POST", "/sandbox/company", ["is_open": false]).data["is_open"] == false)
        let refused = try await test.call("GET", "/api/v2/deals/1", token: token)
        #expect(refused.status == 402)
        #expect(refused.json["success"] == false)
        _ = try await test.call("POST", "/sandbox/company", ["is_open": true])
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200)
    }

    @Test(
        arguments: [
            ("deals", ["title": "Een te veel"], "feature_capping_deals_limit"), ("persons", ["name": "x"], nil),
            ("organizations", ["name": "x"], nil), ("products", ["name": "x"], nil),
        ] as [(String, JSON, String?)])
    func `one more than the plan allows is refused, and nothing is made`(
        word: String, body: JSON, code: String?
    ) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let count = test.sandbox.store.snapshot()[State.cappable[word] ?? .deal].count
        _ = try await test.call("POST", "/sandbox/company", ["caps": .object([word: 1])])
        let refused = try await test.call("POST", "/api/v2/\(word)", body, token: token)
        #expect(refused.status == 403)
        #expect(refused.json["code"] == .optional(code))
        #expect(refused.json["error"].text?.contains("limit of 1") == true)
        #expect(test.sandbox.store.snapshot()[State.cappable[word] ?? .deal].count == count)
        _ = try await test.call("POST", "/sandbox/company", ["caps": .object([word: nil])])
        #expect(try await test.call("POST", "/api/v2/\(word)", body, token: token).status < 300)
    }

    @Test func `one who hammers on after refusals gets a page instead of JSON`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/sandbox/limits", ["burst": 1, "hammering": 3])
        var statuses: [Int] = []
        for _ in 1...6 { statuses.append(try await test.call("GET", "/api/v2/deals/1", token: token).status) }
        #expect(statuses == [200, 429, 429, 429, 403, 403])
        let page = try await test.call("GET", "/api/v2/deals/1", token: token)
        #expect(page.text.hasPrefix("<!DOCTYPE html>"))
        test.advance(seconds: 10)
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200)
    }

    @Test(arguments: [
        ("lite", 90_000, 80), ("growth", 180_000, 160), ("premium", 450_000, 400), ("ultimate", 630_000, 480),
    ])
    func `a plan sets both budgets for the company's seats`(plan: String, daily: Int, burst: Int) async throws {
        let test = try TestSandbox()
        let report = try await test.call("POST", "/sandbox/limits", ["plan": .string(plan)]).data
        #expect(report["daily_limit"] == .int(daily))
        #expect(report["burst_limit"] == .int(burst))
    }

    @Test func `what was deleted thirty days ago is gone for good`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        #expect(try await test.call("DELETE", "/api/v2/persons/7", token: token).status == 200)
        #expect(try await test.call("GET", "/api/v2/persons/7", token: token).data["is_deleted"] == true)
        #expect(try await test.call("POST", "/sandbox/clock", ["advance_seconds": 2_592_000]).status == 200)
        let before = try await test.signIn()
        #expect(try await test.call("GET", "/api/v2/persons/7", token: before).status == 200)
        #expect(
            try await test.call("POST", "/sandbox/clock", ["advance_seconds": 601]).data["ahead_seconds"] == 2_592_601)
        #expect(try await test.call("GET", "/api/v2/persons/7", token: before).status == 404)
        #expect(try await test.call("POST", "/sandbox/clock", ["advance_seconds": -1]).status == 400)
    }
}
