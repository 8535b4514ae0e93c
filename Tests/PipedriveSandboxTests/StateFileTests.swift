import Foundation
import Testing

@testable import PipedriveSandbox

@Suite struct StateFileTests {
    /// What a second run finds of the first one's state, over other sample data; the file's rights beside it.
    private func secondRun(of state: State) throws -> (state: State, mode: Int?) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
        let file = StateFile(path: folder.appendingPathComponent("state.json").path)
        let sample = try SampleState.make(personCount: 20, seed: 3)
        #expect(try file.load(over: sample) == nil)
        try file.save(state)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        return (try #require(try file.load(over: sample)), mode)
    }

    @Test func `a second run keeps grants, webhooks, notes and ids`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/api/v1/notes", ["deal_id": 1, "content": "Blijft"], token: token)
        let hook: JSON = [
            "subscription_url": "https://x.example/h", "event_action": "*", "event_object": "*", "name": "n",
        ]
        let made = try await test.call("POST", "/api/v1/webhooks", hook, token: token)
        _ = try await test.call("DELETE", "/api/v1/webhooks/\(made.data["id"].whole ?? 0)", token: token)
        _ = try await test.call("POST", "/api/v1/webhooks", hook, token: token)
        let before = test.sandbox.store.snapshot()
        let (after, mode) = try secondRun(of: before)
        for entity in Entity.allCases {
            #expect(after[entity].records.map(\.encoded) == before[entity].records.map(\.encoded))
            #expect(after[entity].nextID == before[entity].nextID)
        }
        #expect(after.grants.map(\.refreshToken) == before.grants.map(\.refreshToken))
        #expect(after.grants.first?.accessTokens.first?.text == token)
        #expect(mode == 0o600)
    }

    @Test func `a second run keeps users, fields, caps, rotation, scope, the account and conversions`() async throws {
        let test = try TestSandbox()
        _ = try await test.call("POST", "/sandbox/users", ["name": "Nieuw", "email": "n@x.example", "is_admin": true])
        _ = try await test.call("PATCH", "/sandbox/users/2", ["active_flag": false, "name": "Anders"])
        _ = try await test.call("POST", "/sandbox/oauth", ["rotation": true, "scope": "base,admin,leads:full"])
        let token = try await test.signIn()
        let field: JSON = [
            "field_name": "Bron", "field_type": "enum", "options": [["label": "Beurs"], ["label": "Tip"]],
        ]
        let code = try #require(
            try await test.call("POST", "/api/v2/dealFields", field, token: token).data["field_code"].text)
        let lead = try await test.call("POST", "/api/v1/leads", ["title": "Kans", "person_id": 1], token: token)
        let job = try await test.call(
            "POST", "/api/v2/leads/\(lead.data["id"].text ?? "")/convert/deal", [:], token: token)
        _ = try await test.call("POST", "/sandbox/company", ["is_open": false, "caps": ["deals": 5]])

        let (after, _) = try secondRun(of: test.sandbox.store.snapshot())
        #expect(after.users.map(\.name) == ["Anouk Boterbloem", "Anders", "Zoë van der Sluisman", "Nieuw"])
        #expect(after.users.map(\.isActive) == [true, false, true, true])
        #expect(after.users.map(\.isAdmin) == [true, false, false, true])
        #expect(after.users.last?.email == "n@x.example")
        let kept = try #require(after.fields[.deal]?.first { $0.code == code })
        #expect(kept.name == "Bron" && kept.type == "enum" && kept.isCustom)
        #expect(kept.options.map(\.label) == ["Beurs", "Tip"])
        #expect(after.fields[.person]?.map(\.code) == SampleFields.all[.person]?.map(\.code))
        #expect(after.caps == [.deal: 5])
        #expect(after.isRotating)
        #expect(after.scope == "base,admin,leads:full")
        #expect(after.company.isOpen == false)
        let conversion = try #require(after.conversions[job.data["conversion_id"].text ?? ""])
        #expect(after[.deal][conversion.dealID]?["title"] == "Kans")
    }
}
