import Foundation
import Testing

@testable import PipedriveSandbox

@Suite struct StateFileTests {
    @Test func `a second run keeps grants, webhooks, notes and ids`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
        let file = StateFile(path: folder.appendingPathComponent("state.json").path)
        let sample = try SampleState.make(personCount: 20, seed: 3)
        #expect(try file.load(over: sample) == nil)

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
        try file.save(before)
        let after = try #require(try file.load(over: sample))
        for entity in Entity.allCases {
            #expect(after[entity].records.map(\.encoded) == before[entity].records.map(\.encoded))
            #expect(after[entity].nextID == before[entity].nextID)
        }
        #expect(after.grants.map(\.refreshToken) == before.grants.map(\.refreshToken))
        #expect(after.grants.first?.accessTokens.first?.text == token)
        let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
