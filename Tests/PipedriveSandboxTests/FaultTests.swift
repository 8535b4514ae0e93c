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

    @Test func `a misspelt fault is refused`() async throws {
        let test = try TestSandbox()
        #expect(try await test.call("POST", "/sandbox/faults", ["route": "/", "statuss": 500]).status == 400)
        #expect(try await test.call("POST", "/sandbox/faults", ["status": 500]).status == 400)
    }
}
