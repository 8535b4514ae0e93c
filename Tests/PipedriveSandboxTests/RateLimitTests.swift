import Testing

@testable import PipedriveSandbox

@Suite struct RateLimitTests {
    @Test func `calls cost their published tokens and the report adds them up`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let first = try await test.call("GET", "/api/v2/deals/1", token: token)
        #expect(first.header("x-daily-ratelimit-token-remaining") == "2099999")
        #expect(first.header("x-ratelimit-remaining") == "1999")
        _ = try await test.call("GET", "/api/v2/deals/2", token: token)
        _ = try await test.call("GET", "/api/v2/persons?limit=500", token: token)
        _ = try await test.call("GET", "/api/v1/users", token: token)
        let report = try await test.call("GET", "/sandbox/token-report")
        #expect(report.data["tokens"] == 32)
        #expect(report.data["spent_today"] == 32)
        let routes = report.data["routes"].list ?? []
        #expect(routes.contains(["route": "GET /api/v2/deals/{id}", "count": 2, "tokens": 2]))
        #expect(routes.contains(["route": "GET /api/v2/persons", "count": 1, "tokens": 10]))
    }

    @Test func `too many calls in two seconds are refused until the window has passed`() async throws {
        let test = try TestSandbox(limits: RateLimiter.Limits(burst: 3))
        let token = try await test.signIn()
        for _ in 1...3 { #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200) }
        let refused = try await test.call("GET", "/api/v2/deals/1", token: token)
        #expect(refused.status == 429)
        #expect(refused.header("x-ratelimit-remaining") == "0")
        #expect(refused.header("x-ratelimit-reset") == "2")
        let colleague = try await test.signIn(userID: 2)
        #expect(try await test.call("GET", "/api/v2/deals/1", token: colleague).status == 200)
        test.advance(seconds: 2)
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200)
    }

    @Test func `the daily budget is the company's and returns the next day`() async throws {
        let test = try TestSandbox(limits: RateLimiter.Limits(dailyTokens: 25))
        let token = try await test.signIn()
        let colleague = try await test.signIn(userID: 2)
        #expect(try await test.call("GET", "/api/v2/deals", token: token).status == 200)
        #expect(try await test.call("GET", "/api/v2/deals", token: colleague).status == 200)
        let refused = try await test.call("GET", "/api/v2/deals", token: token)
        #expect(refused.status == 429)
        #expect(refused.header("x-daily-ratelimit-token-remaining") == "5")
        test.advance(seconds: 86400)
        let next = try await test.exchange(try await test.allow()).json["access_token"].text
        #expect(try await test.call("GET", "/api/v2/deals", token: next).status == 200)
    }

    @Test func `searches have a limit of their own`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        for _ in 1...10 {
            #expect(try await test.call("GET", "/api/v2/persons/search?term=info", token: token).status == 200)
        }
        #expect(try await test.call("GET", "/api/v2/persons/search?term=info", token: token).status == 429)
        #expect(try await test.call("GET", "/api/v2/persons", token: token).status == 200)
    }
}
