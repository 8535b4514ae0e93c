import Testing

@testable import PipedriveSandbox

@Suite struct WebhookTests {
    private func subscribe(
        _ test: TestSandbox, _ token: String, to url: String, action: String = "*", object: String = "*"
    ) async throws -> TestSandbox.Answer {
        try await test.call(
            "POST", "/api/v1/webhooks",
            [
                "subscription_url": .string(url), "event_action": .string(action), "event_object": .string(object),
                "name": "PayDock", "http_auth_user": "hook", "http_auth_password": "pass:word", "version": "2.0",
            ], token: token)
    }

    @Test func `a stage move arrives with its meta, its data and only what changed`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            let made = try await subscribe(test, try await test.signIn(), to: origin + "/hook/7", object: "deal")
            #expect(made.status == 201)
            test.advance(seconds: 60)
            let stage = test.sandbox.store.snapshot()[.deal][1]?["stage_id"] == 4 ? 5 : 4
            _ = try await test.call("POST", "/sandbox/deals/1/move", ["stage_id": .int(stage)])
            await receiver.wait(for: 1)
        }
        let request = try #require(receiver.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/hook/7")
        #expect(request.contentType == "application/json")
        #expect(request.basicCredentials?.user == "hook")
        #expect(request.basicCredentials?.password == "pass:word")
        let body = try JSONParser.parse(request.body)
        let meta = body["meta"]
        #expect(meta["action"] == "change")
        #expect(meta["entity"] == "deal")
        #expect(meta["entity_id"] == "1")
        #expect(meta["company_id"] == "7701")
        #expect(meta["user_id"] == "1")
        #expect(meta["change_source"] == "app")
        #expect(meta["attempt"] == 1)
        #expect(meta["version"] == "2.0")
        #expect(meta["type"] == "application")
        #expect(meta["permitted_user_ids"] == ["1", "2", "3"])
        #expect(meta["host"] == "tulp-en-zonen.pipedrive.com")
        #expect(meta["timestamp"].text?.count == 24)
        #expect(body["data"]["id"] == 1)
        #expect(body["data"]["visible_to"] == "3")
        #expect(body["previous"].members?.keys.sorted() == ["stage_change_time", "stage_id", "update_time"])
        #expect(body["data"]["stage_id"] != body["previous"]["stage_id"])
    }

    @Test func `a creation has no previous and a deletion has no data`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            let token = try await test.signIn()
            _ = try await subscribe(test, token, to: origin, object: "product")
            let made = try await test.call(
                "POST", "/api/v2/products",
                ["name": "Nieuw", "tax": 21, "prices": [["price": 5, "currency": "EUR"]]], token: token)
            await receiver.wait(for: 1)
            _ = try await test.call("DELETE", "/api/v2/products/\(made.data["id"].whole ?? 0)", token: token)
            await receiver.wait(for: 2)
        }
        let created = try JSONParser.parse(receiver.requests[0].body)
        #expect(created["previous"] == .null)
        #expect(created["meta"]["action"] == "create")
        #expect(created["meta"]["change_source"] == "api")
        #expect(created["data"]["selectable"] == true)
        #expect(created["data"]["is_linkable"] == .null)
        #expect(created["data"]["prices"].list?.first?["price"] == 5)
        let deleted = try JSONParser.parse(receiver.requests[1].body)
        #expect(deleted["meta"]["action"] == "delete")
        #expect(deleted["data"] == .null)
        #expect(deleted["previous"]["name"] == "Nieuw")
    }

    @Test func `custom fields have their webhook form and only changed ones are previous`() throws {
        let fields: JSONObject = [
            "id": 1, "visible_to": 3,
            "custom_fields": .object([
                SampleFields.code(1): "2026-05-01", SampleFields.code(2): ["value": 5, "currency": "EUR"],
                SampleFields.code(4): 41, SampleFields.code(5): [51, 52], SampleFields.code(3): nil,
            ]),
        ]
        let definitions = SampleFields.all[.deal] ?? []
        let shape = WebhookShape.data(.deal, fields, definitions)
        let custom = try #require(shape["custom_fields"])
        #expect(custom[SampleFields.code(1)] == ["type": "date", "value": "2026-05-01"])
        #expect(custom[SampleFields.code(2)] == ["type": "monetary", "value": 5, "currency": "EUR"])
        #expect(custom[SampleFields.code(4)] == ["type": "enum", "id": 41])
        #expect(custom[SampleFields.code(5)] == ["type": "set", "values": [["id": 51], ["id": 52]]])
        #expect(custom[SampleFields.code(3)] == .null)
        var changed = fields
        try CustomFields.merge(.object([SampleFields.code(4): 42]), into: &changed, definitions)
        let previous = WebhookShape.previous(before: shape, after: WebhookShape.data(.deal, changed, definitions))
        #expect(previous == ["custom_fields": .object([SampleFields.code(4): ["type": "enum", "id": 41]])])
    }

    @Test func `a change that changes nothing is not told`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            let token = try await test.signIn()
            _ = try await subscribe(test, token, to: origin, object: "person")
            let name = test.sandbox.store.snapshot()[.person][1]?["name"] ?? .null
            test.advance(seconds: 9)
            let same = try await test.call("PATCH", "/api/v2/persons/1", ["name": name], token: token)
            #expect(same.data["update_time"] == test.sandbox.store.snapshot()[.person][1]?["update_time"])
            _ = try await test.call("PATCH", "/api/v2/persons/1", ["name": "Echt Anders"], token: token)
            await receiver.wait(for: 1)
        }
        #expect(receiver.requests.count == 1)
        let body = try JSONParser.parse(try #require(receiver.requests.first).body)
        #expect(body["data"]["name"] == "Echt Anders")
        #expect(body["data"]["label"] == .null)
        #expect(body["data"]["visible_to"] == "3")
    }

    @Test func `a failed delivery comes again under the same id with a higher attempt`() async throws {
        let receiver = Receiver { _, number in Reply(status: number < 3 ? 500 : 204) }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = [.zero, .zero, .zero]
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, try await test.signIn(), to: origin, object: "deal")
            _ = try await test.call("PATCH", "/sandbox/deals/1", ["value": 4321])
            await receiver.wait(for: 3)
        }
        let metas = try receiver.requests.map { try JSONParser.parse($0.body)["meta"] }
        #expect(metas.map { $0["attempt"] } == [1, 2, 3])
        #expect(Set(metas.map { $0["id"].text }).count == 1)
    }

    @Test func `a redirect is a failure and is not followed`() async throws {
        let receiver = Receiver { request, _ in
            request.path == "/hook" ? Reply.redirect("/elsewhere", status: 302) : Reply()
        }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = [.zero]
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, try await test.signIn(), to: origin + "/hook", object: "deal")
            _ = try await test.call("PATCH", "/sandbox/deals/1", ["value": 4321])
            await receiver.wait(for: 2)
        }
        #expect(receiver.requests.map(\.path) == ["/hook", "/hook"])
    }

    @Test func `ten failed first attempts ban the subscription and events in the ban are lost`() async throws {
        let receiver = Receiver { _, _ in Reply(status: 500) }
        try await receiver.serve { origin in
            var policy = WebhookQueue.Policy.patient
            policy.retryDelays = []
            let test = try TestSandbox(policy: policy)
            _ = try await subscribe(test, try await test.signIn(), to: origin, object: "deal")
            for value in 1...10 { _ = try await test.call("PATCH", "/sandbox/deals/1", ["value": .int(value)]) }
            await receiver.wait(for: 10)
            try await idle(test, deliveries: 10)
            _ = try await test.call("PATCH", "/sandbox/deals/1", ["value": 11])
            try await idle(test, deliveries: 11)
            let list = try await test.call("GET", "/sandbox/webhooks")
            #expect(list.data.list?.last?["is_lost"] == true)
            #expect(list.data.list?.dropLast().allSatisfy { $0["status"] == 500 } == true)
        }
        #expect(receiver.requests.count == 10)
    }

    @Test func `a delivery can be repeated under its id`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await subscribe(test, try await test.signIn(), to: origin, object: "deal")
            _ = try await test.call("PATCH", "/sandbox/deals/1", ["value": 4321])
            await receiver.wait(for: 1)
            try await idle(test, deliveries: 1)
            #expect(try await test.call("POST", "/sandbox/webhooks/redeliver/1").status == 202)
            await receiver.wait(for: 2)
            #expect(try await test.call("POST", "/sandbox/webhooks/redeliver/99").status == 404)
        }
        let metas = try receiver.requests.map { try JSONParser.parse($0.body)["meta"] }
        #expect(metas[0]["id"] == metas[1]["id"])
        #expect(metas.map { $0["attempt"] } == [1, 2])
    }

    @Test func `subscriptions are listed and deleted by their owner only, and have a limit`() async throws {
        let test = try TestSandbox()
        let owner = try await test.signIn()
        let colleague = try await test.signIn(userID: 2)
        let made = try await subscribe(test, owner, to: "https://paydock.example/hook")
        let id = try #require(made.json["data"]["id"].whole)
        #expect(made.json["data"]["http_auth_password"] == "pass:word")
        #expect(try await test.call("GET", "/api/v1/webhooks", token: colleague).data == [])
        #expect(try await test.call("DELETE", "/api/v1/webhooks/\(id)", token: colleague).status == 404)
        for _ in 2...40 { #expect(try await subscribe(test, owner, to: "https://paydock.example/h").status == 201) }
        let full = try await subscribe(test, owner, to: "https://paydock.example/h")
        #expect(full.status == 400)
        #expect(full.json["errors"]["name"].list?.isEmpty == false)
        #expect(try await test.call("DELETE", "/api/v1/webhooks/\(id)", token: owner).status == 200)
        #expect(try await test.call("GET", "/api/v1/webhooks", token: owner).data.list?.count == 39)
    }

    @Test func `what a subscription's user may not see is not told`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            _ = try await subscribe(test, try await test.signIn(userID: 2), to: origin, object: "deal")
            _ = try await test.call("POST", "/sandbox/deals", ["title": "Privé", "visible_to": 1])
            _ = try await test.call("POST", "/sandbox/deals", ["title": "Open"])
            await receiver.wait(for: 1)
        }
        let titles = try receiver.requests.map { try JSONParser.parse($0.body)["data"]["title"].text }
        #expect(titles == ["Open"])
    }

    /// Waits until so many deliveries are known and none is on its way.
    private func idle(_ test: TestSandbox, deliveries: Int) async throws {
        while true {
            let answer = try await test.call("GET", "/sandbox/webhooks")
            if answer.data.list?.count == deliveries, answer.json["idle"] == true { return }
            await Task.yield()
        }
    }
}
