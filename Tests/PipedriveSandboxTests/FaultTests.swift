import Testing

@testable import PipedriveSandbox

@Suite struct FaultTests {
    @Test func `a fault refuses so many calls of its route and method, and the call has no effect`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let fault: JSON = ["route": "/api/v1/notes", "method": "POST", "status": 503, "count": 2]
        #expect(try await test.call("POST", "/sandbox/faults", fault).status == 201)
        let note: JSON = ["deal_id": 1, "content": "Fout"]
        #expect(try await test.call("GET", "/api/v1/notes", token: token).status == 200)
        for _ in 1...2 { #expect(try await test.call("POST", "/api/v1/notes", note, token: token).status == 503) }
        #expect(try await test.call("GET", "/api/v1/notes?deal_id=1", token: token).data == [])
        #expect(try await test.call("POST", "/api/v1/notes", note, token: token).status == 200)
        let seen = try await test.call("GET", "/sandbox/requests?path=/api/v1/notes")
        #expect(seen.data.list?.compactMap { $0["fault"].whole } == [1, 1])
    }

    @Test func `a fault after the effect hides that the call worked`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call(
            "POST", "/sandbox/faults", ["route": "/api/v1/notes", "status": 504, "effect": "after", "count": 1])
        let note: JSON = ["deal_id": 1, "content": "Toch"]
        #expect(try await test.call("POST", "/api/v1/notes", note, token: token).status == 504)
        let list = try await test.call("GET", "/api/v1/notes?deal_id=1", token: token)
        #expect(list.data.list?.compactMap { $0["content"].text } == ["Toch"])
    }

    @Test func `a fault can answer with a page and be lifted`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/sandbox/faults", ["route": "/api/", "status": 403, "html": true])
        let blocked = try await test.call("GET", "/api/v2/deals", token: token)
        #expect(blocked.status == 403)
        #expect(blocked.text.hasPrefix("<!DOCTYPE html>"))
        #expect(try await test.call("DELETE", "/sandbox/faults").status == 200)
        #expect(try await test.call("GET", "/api/v2/deals", token: token).status == 200)
    }

    @Test func `chance lets some calls through, the same ones for the same seed`() async throws {
        var rounds: [[Int]] = []
        for _ in 1...2 {
            let test = try TestSandbox()
            let token = try await test.signIn()
            _ = try await test.call(
                "POST", "/sandbox/faults", ["route": "/api/", "status": 500, "probability": 0.5])
            var statuses: [Int] = []
            for _ in 1...30 { statuses.append(try await test.call("GET", "/api/v2/deals/1", token: token).status) }
            rounds.append(statuses)
        }
        #expect(rounds[0] == rounds[1])
        #expect(Set(rounds[0]) == [200, 500])
    }

    @Test(arguments: ["before", "after"])
    func `a reset breaks the connection off before or after the effect`(moment: String) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call(
            "POST", "/sandbox/faults", ["route": "/api/v1/notes", "reset": .string(moment), "count": 1])
        try await serving({ await test.sandbox.answer($0) }) { origin in
            let client = OutgoingHTTP()
            let headers = [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")]
            let body = Array(#"{"deal_id":1,"content":"Weg"}"#.utf8)
            let broken = await client.send(
                "POST", origin + "/api/v1/notes", headers: headers, body: body, timeLimit: .seconds(600))
            #expect(broken.status == nil)
            #expect(broken.problem != nil)
            let list = await client.send(
                "GET", origin + "/api/v1/notes?deal_id=1", headers: headers, timeLimit: .seconds(600))
            #expect(list.status == 200)
            let count = try JSONParser.parse(list.body)["data"].list?.count
            #expect(count == (moment == "after" ? 1 : 0))
        }
    }

    @Test(arguments: ["before", "after"])
    func `a late answer takes at least the time asked for`(moment: String) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call(
            "POST", "/sandbox/faults", ["route": "/api/v2/deals", "latency_ms": 30, "effect": .string(moment)])
        #expect(try await test.call("GET", "/api/v2/deals/1", token: token).status == 200)
        let seen = try await test.call("GET", "/sandbox/requests?path=/api/v2/deals").data.list?.last
        #expect((seen?["milliseconds"].whole ?? 0) >= 30)
    }

    @Test(arguments: ["/sandbox/faults/1", "/sandbox/faults"])
    func `a call that is held back is answered when the fault is lifted`(path: String) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call(
            "POST", "/sandbox/faults", ["route": "/api/v2/deals", "latency_ms": 3_600_000, "count": 1])
        async let held = test.call("GET", "/api/v2/deals/1", token: token)
        while try await test.call("GET", "/sandbox/faults").data.list?.first?["remaining"].whole != 0 {
            await Task.yield()
        }
        #expect(try await test.call("DELETE", path).status == 200)
        #expect(try await held.status == 200)
    }

    @Test func `a route with a parameter fits the whole path, and headers come with the answer`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let fault: JSON = [
            "route": "/api/v2/deals/{id}", "method": "get", "status": 429, "headers": ["Retry-After": "7"],
        ]
        #expect(try await test.call("POST", "/sandbox/faults", fault).status == 201)
        let refused = try await test.call("GET", "/api/v2/deals/1", token: token)
        #expect(refused.status == 429)
        #expect(refused.header("Retry-After") == "7")
        #expect(refused.json["errorCode"] == 429)
        for path in ["/api/v2/deals", "/api/v2/deals/1/products"] {
            #expect(try await test.call("GET", path, token: token).status == 200, "\(path)")
        }
        #expect(try await test.call("PATCH", "/api/v2/deals/1", ["title": "x"], token: token).status == 200)
    }

    @Test func `a fault can answer with any text`() async throws {
        let test = try TestSandbox()
        _ = try await test.call("POST", "/sandbox/faults", ["route": "/oauth/token", "body": "[1,2]"])
        let answer = try await test.send("POST", "/oauth/token")
        #expect(answer.status == 200)
        #expect(answer.text == "[1,2]")
    }

    /// Each way of the traffic page's form, and the fault that it sets.
    private static let forms: [([(String, String)], JSON)] = [
        ([("status", "500"), ("method", "POST")], ["status": 500, "method": "POST", "effect": "before"]),
        ([("status", "504"), ("effect", "after")], ["status": 504, "effect": "after"]),
        ([("latency_ms", "250"), ("count", "3")], ["latency_ms": 250, "remaining": 3]),
        ([("shape", "html"), ("status", "403")], ["html": true, "status": 403]),
        ([("shape", "half")], ["half": true]),
        ([("shape", "reset"), ("effect", "before")], ["reset": "before"]),
        ([("shape", "reset"), ("effect", "after")], ["reset": "after"]),
        ([("drip_ms", "40"), ("probability", "0.25")], ["drip_ms": 40, "probability": 0.25]),
    ]

    @Test(arguments: forms) func `every fault can be set by the page and lifted there`(
        form: (fields: [(String, String)], fault: JSON)
    ) async throws {
        let test = try TestSandbox()
        let sent = try await test.form("/faults", [("route", "/api/v1/notes")] + form.fields)
        #expect(sent.header("Location") == "/traffic")
        let set = try #require(try await test.call("GET", "/sandbox/faults").data.list?.first)
        #expect(set["route"] == "/api/v1/notes")
        for member in form.fault.members?.members ?? [] { #expect(set[member.key] == member.value, "\(member.key)") }
        let page = try await test.send("GET", "/traffic").text
        #expect(page.contains("action=\"/faults/lift\""))
        _ = try await test.form("/faults/lift", [("id", "\(set["id"].whole ?? 0)")])
        #expect(try await test.call("GET", "/sandbox/faults").data == [])
    }

    @Test func `a misspelt fault is refused`() async throws {
        let test = try TestSandbox()
        #expect(try await test.call("POST", "/sandbox/faults", ["route": "/", "statuss": 500]).status == 400)
        #expect(try await test.call("POST", "/sandbox/faults", ["status": 500]).status == 400)
    }
}
