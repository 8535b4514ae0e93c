import Testing

@testable import PipedriveSandbox

@Suite struct DealLineTests {
    private func deal(_ test: TestSandbox, _ token: String) async throws -> String {
        let made = try await test.call("POST", "/api/v2/deals", ["title": "Regels"], token: token)
        return "/api/v2/deals/\(made.data["id"].whole ?? 0)"
    }

    @Test func `lines are added in bulk, changed and deleted, and the deal's value follows`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let deal = try await deal(test, token)
        func value() async throws -> JSON { try await test.call("GET", deal, token: token).data["value"] }
        let lines: JSON = [
            "data": [
                ["product_id": 1, "item_price": 10, "quantity": 2], ["product_id": 2, "item_price": 5, "quantity": 1],
            ]
        ]
        let made = try await test.call("POST", deal + "/products/bulk", lines, token: token)
        #expect(made.status == 201)
        #expect(try await value() == 25)
        let first = try #require(made.data.list?.first?["id"].whole)
        let changed = try await test.call(
            "PATCH", "\(deal)/products/\(first)", ["quantity": 3, "discount": 50, "tax_method": "inclusive"],
            token: token)
        #expect(changed.data["sum"] == 15)
        #expect(try await value() == 20)
        let all = try await test.call("GET", deal + "/products", token: token).data.list ?? []
        #expect(all.allSatisfy { $0["tax_method"] == "inclusive" })
        let gone = try await test.call("DELETE", "\(deal)/products/\(first)", token: token)
        #expect(gone.data["id"] == .int(first))
        #expect(try await value() == 5)
        #expect(try await test.call("DELETE", "\(deal)/products/\(first)", token: token).status == 404)
        let rest = try await test.call("DELETE", deal + "/products", token: token)
        #expect(rest.data["ids"].list?.count == 1)
        #expect(try await test.call("GET", deal + "/products", token: token).data == [])
    }

    @Test func `one wrong line refuses the whole bulk`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let deal = try await deal(test, token)
        let lines: JSON = [
            "data": [
                ["product_id": 1, "item_price": 10, "quantity": 2],
                ["product_id": 99999, "item_price": 5, "quantity": 1],
            ]
        ]
        #expect(try await test.call("POST", deal + "/products/bulk", lines, token: token).status == 400)
        #expect(try await test.call("GET", deal + "/products", token: token).data == [])
        let text: JSON = ["data": [["product_id": "1", "item_price": 10, "quantity": 2]]]
        #expect(try await test.call("POST", deal + "/products/bulk", text, token: token).status == 400)
    }

    @Test(
        arguments: [
            (["billing_frequency": "one-time", "billing_frequency_cycles": 3], 400),
            (["billing_frequency": "weekly"], 400),
            (["billing_frequency": "monthly", "billing_frequency_cycles": 209], 400),
            (["billing_frequency": "monthly", "billing_frequency_cycles": 0], 400),
            (["billing_frequency": "daily"], 400),
            (["billing_frequency": "monthly"], 201),
            (["billing_frequency": "weekly", "billing_frequency_cycles": 52], 201),
            (["tax_method": "vat"], 400), (["discount_type": "half"], 400),
        ] as [(JSON, Int)])
    func `a line is billed as often as its frequency allows`(terms: JSON, status: Int) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let deal = try await deal(test, token)
        var line: JSONObject = ["product_id": 1, "item_price": 10, "quantity": 2]
        line.merge(terms.members ?? [:])
        let answer = try await test.call("POST", deal + "/products", .object(line), token: token)
        #expect(answer.status == status, "\(answer.text)")
        let product = try await test.call("PATCH", "/api/v2/products/1", ["billing_frequency": "weekly"], token: token)
        #expect(product.status == 400)
    }

    @Test func `a deal takes twenty recurring lines, and no more`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let deal = try await deal(test, token)
        let monthly: JSON = ["product_id": 1, "item_price": 1, "quantity": 1, "billing_frequency": "monthly"]
        let once: JSON = ["product_id": 1, "item_price": 1, "quantity": 1]
        let twenty: JSON = ["data": .array(Array(repeating: monthly, count: 20) + [once])]
        let made = try await test.call("POST", deal + "/products/bulk", twenty, token: token)
        #expect(made.status == 201)
        #expect(try await test.call("POST", deal + "/products", monthly, token: token).status == 400)
        let lines = made.data.list ?? []
        let last = try #require(lines.last?["id"].whole), first = try #require(lines.first?["id"].whole)
        let terms: JSON = ["billing_frequency": "quarterly"]
        #expect(try await test.call("PATCH", "\(deal)/products/\(last)", terms, token: token).status == 400)
        #expect(try await test.call("PATCH", "\(deal)/products/\(first)", terms, token: token).status == 200)
    }

    @Test func `discounts change and go with the deal's value`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let deal = try await deal(test, token)
        _ = try await test.call(
            "POST", deal + "/products", ["product_id": 1, "item_price": 100, "quantity": 1], token: token)
        let body: JSON = ["description": "Klant", "amount": 10, "type": "percentage"]
        let made = try await test.call("POST", deal + "/discounts", body, token: token)
        let path = "\(deal)/discounts/\(made.data["id"].text ?? "")"
        let changed = try await test.call("PATCH", path, ["amount": 25, "type": "amount"], token: token)
        #expect(changed.data["description"] == "Klant")
        #expect(try await test.call("GET", deal, token: token).data["value"] == 75)
        #expect(try await test.call("DELETE", path, token: token).status == 200)
        #expect(try await test.call("GET", deal, token: token).data["value"] == 100)
        #expect(try await test.call("PATCH", path, ["amount": 1], token: token).status == 404)
    }

    @Test func `variations are made, changed and deleted, their prices as a whole`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let path = "/api/v2/products/1/variations"
        let body: JSON = [
            "name": "blauw", "prices": [["currency": "EUR", "price": 3], ["currency": "USD", "price": 4]],
        ]
        let made = try await test.call("POST", path, body, token: token)
        #expect(made.status == 201)
        let id = try #require(made.data["id"].whole)
        #expect(made.data["prices"].list?.first?["product_variation_id"] == .int(id))
        let changed = try await test.call(
            "PATCH", "\(path)/\(id)", ["prices": [["currency": "EUR", "price": 9]]], token: token)
        #expect(changed.data["name"] == "blauw")
        #expect(changed.data["prices"].list?.compactMap { $0["price"] } == [9])
        #expect(try await test.call("PATCH", "/api/v2/products/2/variations/\(id)", [:], token: token).status == 404)
        #expect(try await test.call("DELETE", "\(path)/\(id)", token: token).status == 200)
        #expect(try await test.call("GET", path, token: token).data == [])
    }

    @Test func `leads are made, changed and deleted`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let bare = try await test.call("POST", "/api/v1/leads", ["title": "Los"], token: token)
        #expect(bare.status == 400)
        let body: JSON = ["title": "Nieuw", "person_id": 1, "value": ["amount": 5, "currency": "EUR"]]
        let made = try await test.call("POST", "/api/v1/leads", body, token: token)
        #expect(made.status == 201)
        let path = "/api/v1/leads/\(made.data["id"].text ?? "")"
        let changed = try await test.call("PATCH", path, ["is_archived": true, "value": nil], token: token)
        #expect(changed.data["is_archived"] == true)
        #expect(changed.data["title"] == "Nieuw")
        #expect(changed.data["value"] == .null)
        #expect(try await test.call("DELETE", path, token: token).data["id"] == made.data["id"])
        #expect(try await test.call("GET", path, token: token).status == 404)
        #expect(try await test.call("PATCH", path, ["title": "x"], token: token).status == 404)
    }
}
