import Testing

@testable import PipedriveSandbox

/// Webhooks and bodies that arrive as a failing network has them.
@Suite struct DisturbanceTests {
    private func subscribe(_ test: TestSandbox, to url: String) async throws -> Int {
        let made = try await test.call(
            "POST", "/api/v1/webhooks",
            ["subscription_url": .string(url), "event_action": "*", "event_object": "product", "name": "n"],
            token: try await test.signIn())
        return made.data["id"].whole ?? 0
    }

    private func add(_ test: TestSandbox, _ name: String) async throws {
        _ = try await test.call("POST", "/sandbox/products", ["name": .string(name)])
    }

    private func names(_ receiver: Receiver) throws -> [String] {
        try receiver.requests.compactMap { try JSONParser.parse($0.body)["data"]["name"].text }
    }

    @Test func `copies have the same event id`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await subscribe(test, to: origin)
            _ = try await test.call("POST", "/sandbox/webhooks/disturb", ["copies": 3])
            try await add(test, "Drie")
            await receiver.wait(for: 3)
        }
        let ids = try receiver.requests.map { try JSONParser.parse($0.body)["meta"]["id"] }
        #expect(ids.count == 3 && ids.allSatisfy { $0 == ids[0] })
    }

    @Test func `reordering sends a full batch newest first, and the rest when let go`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await subscribe(test, to: origin)
            _ = try await test.call("POST", "/sandbox/webhooks/disturb", ["reorder": 3, "delay_ms": 1])
            for name in ["a", "b", "c", "d"] { try await add(test, name) }
            await receiver.wait(for: 3)
            while await test.sandbox.queue.all.count < 4 { await Task.yield() }
            _ = try await test.call("POST", "/sandbox/webhooks/flush")
            await receiver.wait(for: 4)
        }
        #expect(try names(receiver) == ["c", "b", "a", "d"])
    }

    @Test func `a ban loses events, lifting it ends that, and a removed subscription is gone`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            let id = try await subscribe(test, to: origin)
            _ = try await test.call("POST", "/sandbox/webhooks/ban", ["webhook_id": .int(id)])
            try await add(test, "verloren")
            while await test.sandbox.queue.all.isEmpty { await Task.yield() }
            #expect(await test.sandbox.queue.all.first?.isLost == true)
            _ = try await test.call("POST", "/sandbox/webhooks/unban", ["webhook_id": .int(id)])
            try await add(test, "gekomen")
            await receiver.wait(for: 1)
            _ = try await test.call("POST", "/sandbox/webhooks/remove", ["webhook_id": .int(id)])
            let token = try await test.signIn()
            #expect(try await test.call("GET", "/api/v1/webhooks", token: token).data == [])
            let gone = try await test.call("POST", "/sandbox/webhooks/ban", ["webhook_id": .int(id)])
            #expect(gone.status == 404)
        }
        #expect(try names(receiver) == ["gekomen"])
    }

    @Test func `three days without success remove a subscription`() async throws {
        let receiver = Receiver { _, _ in Reply(status: 500) }
        try await receiver.serve { origin in
            let test = try TestSandbox(policy: WebhookQueue.Policy(retryDelays: []))
            _ = try await subscribe(test, to: origin)
            try await add(test, "een")
            await receiver.wait(for: 1)
            while await !test.sandbox.queue.isIdle { await Task.yield() }
            test.advance(seconds: 3 * 86400)
            try await add(test, "twee")
            while test.sandbox.store.snapshot()[.webhook].count > 0 { await Task.yield() }
        }
        #expect(receiver.requests.count == 2)
    }

    @Test func `half a body breaks off, a dripping body comes whole`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/sandbox/faults", ["route": "/api/v2/deals", "half": true, "count": 1])
        _ = try await test.call("POST", "/sandbox/faults", ["route": "/api/v1/users", "drip_ms": 1, "count": 1])
        try await serving({ await test.sandbox.answer($0) }) { origin in
            let headers = [("Authorization", "Bearer \(token)")]
            let client = OutgoingHTTP()
            let half = await client.send(
                "GET", origin + "/api/v2/deals/1", headers: headers, timeLimit: .seconds(600))
            #expect(half.problem != nil)
            #expect(half.body.isEmpty == false)
            #expect(throws: JSONParser.Failure.self) { _ = try JSONParser.parse(half.body) }
            let drip = await client.send(
                "GET", origin + "/api/v1/users/me", headers: headers, timeLimit: .seconds(600))
            #expect(drip.status == 200)
            let body = try JSONParser.parse(drip.body)
            #expect(body["data"]["id"] == 1)
        }
    }
}
