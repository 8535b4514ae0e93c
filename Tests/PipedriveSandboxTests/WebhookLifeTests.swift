import Testing

@testable import PipedriveSandbox

/// How subscriptions fail, rest and come back.
@Suite struct WebhookLifeTests {
    private func subscribe(_ test: TestSandbox, to url: String, userID: Int = 1) async throws -> Int {
        let made = try await test.call(
            "POST", "/api/v1/webhooks",
            ["subscription_url": .string(url), "event_action": "*", "event_object": "product", "name": "n"],
            token: try await test.signIn(userID: userID))
        return made.data["id"].whole ?? 0
    }

    private func add(_ test: TestSandbox, _ name: String) async throws {
        _ = try await test.call("POST", "/sandbox/products", ["name": .string(name)])
    }

    private func name(_ request: Request) throws -> String? {
        try JSONParser.parse(request.body)["data"]["name"].text
    }

    /// Waits until so many deliveries are known and none waits for its first attempt.
    private func idle(_ test: TestSandbox, _ count: Int) async {
        let queue = test.sandbox.queue
        while true {
            let (known, isIdle) = (await queue.all.count, await queue.isIdle)
            if known == count, isIdle { return }
            await Task.yield()
        }
    }

    @Test func `without being told otherwise it keeps to the documented times`() {
        let policy = WebhookQueue.Policy()
        #expect(policy.retryDelays == [.seconds(3), .seconds(30), .seconds(150)])
        #expect(policy.timeLimit == .seconds(10))
        #expect(policy.failureLimit == 10)
        #expect(policy.banSeconds == 1800)
        #expect(policy.removalSeconds == 259_200)
    }

    @Test func `an answer that does not come in time is a failure, and the event comes again`() async throws {
        let receiver = Receiver()
        let slow = Task { do { try await Task.sleep(for: .seconds(3600)) } catch { return } }
        try await serving({ request in
            if receiver.note(request) == 1 { await slow.value }
            return Reply()
        }) { origin in
            var policy = WebhookQueue.Policy()
            policy.timeLimit = .milliseconds(200)
            // More than one, because a busy machine may keep an attempt from arriving in its time.
            policy.retryDelays = Array(repeating: .zero, count: 100)
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, to: origin)
            try await add(test, "traag")
            while await test.sandbox.queue.all.first?.attempts.last?.isSuccess != true { await Task.yield() }
            let first = try #require(await test.sandbox.queue.all.first?.attempts.first)
            #expect(first.status == nil && first.problem != nil && first.milliseconds >= 200)
            slow.cancel()
        }
        let metas = try receiver.requests.map { try JSONParser.parse($0.body)["meta"] }
        #expect(metas.count > 1 && Set(metas.map { $0["id"].text }).count == 1)
    }

    @Test func `retries do not count towards a ban`() async throws {
        let receiver = Receiver { _, _ in Reply(status: 500) }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = [.zero, .zero, .zero]
            policy.failureLimit = 3
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, to: origin)
            for name in ["een", "twee"] { try await add(test, name) }
            await receiver.wait(for: 8)
            try await add(test, "drie")
            await receiver.wait(for: 12)
            await idle(test, 3)
            try await add(test, "vier")
            await idle(test, 4)
            #expect(await test.sandbox.queue.all.map(\.isLost) == [false, false, false, true])
        }
    }

    @Test func `a ban ends after half an hour, its events stay lost, and the count begins anew`() async throws {
        let receiver = Receiver { request, _ in
            Reply(status: String(decoding: request.body, as: UTF8.self).contains("fout") ? 500 : 200)
        }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = []
            policy.failureLimit = 2
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, to: origin)
            for name in ["fout 1", "fout 2"] { try await add(test, name) }
            await idle(test, 2)
            test.advance(seconds: 1799)
            try await add(test, "verloren")
            await idle(test, 3)
            test.advance(seconds: 1)
            for name in ["fout 3", "goed"] {
                try await add(test, name)
                await idle(test, name == "goed" ? 5 : 4)
            }
            #expect(await test.sandbox.queue.all.map(\.isLost) == [false, false, true, false, false])
        }
        #expect(try receiver.requests.compactMap(name).filter { $0 == "verloren" } == [])
        #expect(try receiver.requests.compactMap(name).last == "goed")
    }

    @Test func `one success within three days keeps a subscription`() async throws {
        let receiver = Receiver { _, number in Reply(status: number == 2 ? 200 : 500) }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = []
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, to: origin)
            for count in 1...4 {
                try await add(test, "keer \(count)")
                await idle(test, count)
                test.advance(seconds: 2 * 86400 - 1)
            }
            #expect(test.sandbox.store.snapshot()[.webhook].count == 1)
            try await add(test, "keer 5")
            await idle(test, 5)
            #expect(test.sandbox.store.snapshot()[.webhook].count == 0)
        }
    }

    @Test func `a delayed delivery is overtaken by a later one`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await subscribe(test, to: origin)
            _ = try await test.call("POST", "/sandbox/webhooks/disturb", ["delay_ms": 3_600_000])
            try await add(test, "later")
            while await test.sandbox.queue.all.isEmpty { await Task.yield() }
            _ = try await test.call("POST", "/sandbox/webhooks/disturb", [:])
            try await add(test, "eerder")
            await receiver.wait(for: 1)
            #expect(await test.sandbox.queue.isIdle == false)
        }
        #expect(try receiver.requests.compactMap(name) == ["eerder"])
    }

    @Test func `dropped deliveries never come, and only those meant are disturbed`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            let first = try await subscribe(test, to: origin + "/a")
            _ = try await subscribe(test, to: origin + "/b")
            _ = try await test.call("POST", "/sandbox/webhooks/disturb", ["drop": 1, "webhook_id": .int(first)])
            for name in ["een", "twee"] {
                try await add(test, name)
                await idle(test, name == "een" ? 2 : 4)
            }
        }
        let came = try receiver.requests.map { "\($0.path) \(try name($0) ?? "")" }.sorted()
        #expect(came == ["/a twee", "/b een", "/b twee"])
    }

    @Test func `a deactivated user's subscription falls silent until the user is back`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await subscribe(test, to: origin, userID: 2)
            _ = try await test.call("PATCH", "/sandbox/users/2", ["active_flag": false])
            try await add(test, "stil")
            _ = try await test.call("PATCH", "/sandbox/users/2", ["active_flag": true])
            try await add(test, "terug")
            await receiver.wait(for: 1)
        }
        #expect(try receiver.requests.compactMap(name) == ["terug"])
    }

    @Test func `a bulk edit says so on every event`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await test.call(
                "POST", "/api/v1/webhooks",
                ["subscription_url": .string(origin), "event_action": "*", "event_object": "deal", "name": "n"],
                token: try await test.signIn())
            var ids: [JSON] = []
            for title in ["a", "b"] {
                let made = try await test.call(
                    "POST", "/sandbox/deals", ["title": .string(title), "pipeline_id": 1, "stage_id": 1])
                ids.append(made.data["id"])
            }
            let moved = try await test.call("POST", "/sandbox/deals/move", ["ids": .array(ids), "stage_id": 2])
            #expect(moved.data["ids"] == .array(ids))
            await receiver.wait(for: 4)
        }
        let bodies = try receiver.requests.map { try JSONParser.parse($0.body) }
        let changes = bodies.filter { $0["meta"]["action"] == "change" }
        #expect(changes.count == 2)
        #expect(changes.allSatisfy { $0["meta"]["is_bulk_edit"] == true && $0["data"]["stage_id"] == 2 })
        #expect(bodies.filter { $0["meta"]["action"] == "create" }.allSatisfy { $0["meta"]["is_bulk_edit"] == false })
    }
}
