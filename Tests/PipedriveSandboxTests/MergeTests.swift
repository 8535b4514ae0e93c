import Testing

@testable import PipedriveSandbox

@Suite struct MergeTests {
    @Test func `merging persons tells of one deletion and one change that name each other`() async throws {
        let receiver = Receiver()
        try await receiver.serve { origin in
            let test = try TestSandbox()
            let token = try await test.signIn()
            func person(_ name: String, _ mail: String) async throws -> Int {
                let body: JSON = ["name": .string(name), "emails": [["value": .string(mail)]]]
                return try await test.call("POST", "/api/v2/persons", body, token: token).data["id"].whole ?? 0
            }
            let loser = try await person("Jan Dubbel", "jan@een.example")
            let survivor = try await person("Jan Enkel", "jan@twee.example")
            let deal =
                try await test.call(
                    "POST", "/api/v2/deals", ["title": "D", "person_id": .int(loser)], token: token
                ).data["id"].whole ?? 0
            _ = try await test.call(
                "POST", "/api/v1/webhooks",
                ["subscription_url": .string(origin), "event_action": "*", "event_object": "person", "name": "n"],
                token: token)
            let merged = try await test.call(
                "PUT", "/api/v1/persons/\(loser)/merge", ["merge_with_id": .int(survivor)], token: token)
            #expect(merged.data["id"] == .int(survivor))
            #expect(merged.data["merge_what_id"] == .int(loser))
            await receiver.wait(for: 2)
            let left = try await test.call("GET", "/api/v2/persons/\(survivor)", token: token).data
            #expect(left["name"] == "Jan Enkel")
            #expect(left["emails"].list?.compactMap { $0["value"].text } == ["jan@twee.example", "jan@een.example"])
            #expect(left["emails"].list?.compactMap { $0["primary"].truth } == [true, false])
            #expect(try await test.call("GET", "/api/v2/persons/\(loser)", token: token).data["is_deleted"] == true)
            #expect(
                try await test.call("GET", "/api/v2/deals/\(deal)", token: token).data["person_id"] == .int(survivor))
            let metas = try receiver.requests.map { try JSONParser.parse($0.body)["meta"] }
            let deletion = try #require(metas.first { $0["action"] == "delete" })
            let change = try #require(metas.first { $0["action"] == "change" })
            #expect(deletion["entity_id"].text == String(loser))
            #expect(deletion["merged_to_id"].text == String(survivor))
            #expect(deletion["merged_from_id"] == .null)
            #expect(change["entity_id"].text == String(survivor))
            #expect(change["merged_from_id"].text == String(loser))
        }
    }

    @Test func `merging organizations moves persons, and wrong merges are refused`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let person = try await test.call("POST", "/api/v2/persons", ["name": "A B", "org_id": 1], token: token)
        let answer = try await test.call("PUT", "/api/v1/organizations/1/merge", ["merge_with_id": 2], token: token)
        #expect(answer.data["id"] == 2)
        let moved = try await test.call("GET", "/api/v2/persons/\(person.data["id"].whole ?? 0)", token: token)
        #expect(moved.data["org_id"] == 2)
        let path = "/api/v1/organizations/2/merge"
        #expect(try await test.call("PUT", path, ["merge_with_id": 2], token: token).status == 400)
        #expect(try await test.call("PUT", path, ["merge_with_id": 1], token: token).status == 404)
        #expect(try await test.call("PUT", path, ["merge_with_id": "3"], token: token).status == 400)
    }
}
