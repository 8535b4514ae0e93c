import Testing

@testable import PipedriveSandbox

/// The searches within one entity.
@Suite struct SearchTests {
    private func found(_ test: TestSandbox, _ token: String, _ path: String) async throws -> [JSON] {
        (try await test.call("GET", path, token: token).data["items"].list ?? []).map { $0["item"] }
    }

    private func person(_ test: TestSandbox, _ body: JSON) async throws -> JSON {
        try await test.call("POST", "/sandbox/persons", body).data["id"]
    }

    @Test func `a term is found in the fields asked for, exactly when asked, whatever its case`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let organization = try await test.call("POST", "/sandbox/organizations", ["name": "Zoekhuis B.V."]).data["id"]
        let first = try await person(
            test,
            [
                "name": "Quirina Zoekmans", "org_id": organization,
                "emails": [["value": "Quirina@zoek.example"], ["value": "q@thuis.example"]],
                "phones": [["value": "+31 20 5550100"]],
            ])
        let second = try await person(test, ["name": "quirina zoekmans-janse"])
        let path = "/api/v2/persons/search?term="
        #expect(try await found(test, token, path + "zoekmans").map { $0["id"] } == [first, second])
        #expect(try await found(test, token, path + "QUIRINA%20ZOEKMANS&exact_match=true").map { $0["id"] } == [first])
        #expect(try await found(test, token, path + "quirina@zoek.example&fields=email").map { $0["id"] } == [first])
        #expect(try await found(test, token, path + "quirina@zoek.example&fields=name") == [])
        #expect(
            try await found(test, token, path + "zoekmans&organization_id=\(organization.whole ?? 0)").map { $0["id"] }
                == [first])
        let item = try #require(try await found(test, token, path + "5550100").first)
        #expect(item["emails"] == ["Quirina@zoek.example", "q@thuis.example"])
        #expect(item["phones"] == ["+31 20 5550100"])
        #expect(item["organization"]["name"] == "Zoekhuis B.V.")
    }

    @Test(arguments: [
        "term=a", "term=", "term=&exact_match=true", "term=ab&fields=nonsense", "term=ab&limit=0",
        "term=ab&cursor=nonsense", "term=ab&exact_match=1",
    ])
    func `what cannot be searched for is refused`(query: String) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        #expect(try await test.call("GET", "/api/v2/persons/search?\(query)", token: token).status == 400)
    }

    @Test func `pages end, and hold neither what is deleted nor what is hidden`() async throws {
        let test = try TestSandbox()
        let colleague = try await test.signIn(userID: 2)
        for place in 1...5 {
            let visible: JSON = place == 3 ? 1 : 3
            let id = try await person(test, ["name": .string("Bladzij \(place)"), "visible_to": visible])
            if place == 4 { _ = try await test.call("DELETE", "/sandbox/persons/\(id.whole ?? 0)") }
        }
        var names: [String] = []
        var cursor = ""
        repeat {
            let page = try await test.call(
                "GET", "/api/v2/persons/search?term=bladzij&limit=2\(cursor)", token: colleague)
            names += (page.data["items"].list ?? []).compactMap { $0["item"]["name"].text }
            cursor = page.nextCursor.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        #expect(names == ["Bladzij 1", "Bladzij 2", "Bladzij 5"])
    }

    @Test func `notes and custom fields are searched too, and products by their code`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        _ = try await test.call("POST", "/sandbox/notes", ["deal_id": 1, "content": "over de vuurtoren"])
        let deals = try await found(test, token, "/api/v2/deals/search?term=vuurtoren")
        #expect(deals.map { $0["id"] } == [1])
        #expect(deals.first?["notes"].list?.count == 1)
        #expect(try await found(test, token, "/api/v2/deals/search?term=vuurtoren&fields=title") == [])
        let made = try await test.call("POST", "/sandbox/products", ["name": "Los ding", "code": "ZK-77"])
        let products = try await found(test, token, "/api/v2/products/search?term=zk-77&fields=code")
        #expect(products.map { $0["id"] } == [made.data["id"]])
    }
}
