import Testing

@testable import PipedriveSandbox

@Suite struct WriteTests {
    @Test(
        arguments: [
            ("POST", "/api/v2/deals", ["title": "x", "value": "12"], "value"),
            ("POST", "/api/v2/deals", ["value": 12], "title"),
            ("PATCH", "/api/v2/deals/1", ["stage_id": "2"], "stage_id"),
            ("PATCH", "/api/v2/deals/1", ["stage_id": 999], "stage_id"),
            ("PATCH", "/api/v2/deals/1", ["stage_id": 7, "pipeline_id": 1], "stage_id"),
            ("PATCH", "/api/v2/deals/1", ["is_archived": 1], "is_archived"),
            ("PATCH", "/api/v2/deals/1", ["expected_close_date": "2026-2-1"], "expected_close_date"),
            ("PATCH", "/api/v2/deals/1", ["custom_fields": ["abc": "x"]], "abc"),
            ("POST", "/api/v2/persons", ["name": "x", "emails": ["a@b.example"]], "emails[0]"),
            ("POST", "/api/v2/persons", ["name": "x", "emails": [["label": "work"]]], "emails[0].value"),
            ("POST", "/api/v2/organizations", ["name": "x", "address": ["country": "NL"]], "address.value"),
            (
                "POST", "/api/v2/products", ["name": "x", "prices": [["price": "1", "currency": "EUR"]]],
                "prices[0].price"
            ),
            ("PATCH", "/api/v2/products/1", ["visible_to": "3"], "visible_to"),
            ("POST", "/api/v1/notes", ["content": "x"], "deal_id"),
        ] as [(String, String, JSON, String)])
    func `a wrong body is refused with the field's name and changes nothing`(
        method: String, path: String, body: JSON, field: String
    ) async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let before = test.sandbox.store.snapshot()
        let answer = try await test.call(method, path, body, token: token)
        #expect(answer.status == 400)
        #expect(answer.json["success"] == false)
        #expect(answer.json["error"].text?.contains(field) == true)
        let after = test.sandbox.store.snapshot()
        for entity in Entity.allCases {
            #expect(after[entity].records.map(\.encoded) == before[entity].records.map(\.encoded))
        }
        let seen = try await test.call("GET", "/sandbox/requests?path=/api/v")
        #expect(seen.data.list?.last?["valid"] == false)
    }

    @Test func `unknown members are passed over but noted`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let answer = try await test.call("PATCH", "/api/v2/persons/1", ["naam": "x"], token: token)
        #expect(answer.status == 200)
        #expect(answer.data["naam"] == .null)
        let seen = try await test.call("GET", "/sandbox/requests?path=/api/v2")
        #expect(seen.data.list?.last?["problems"] == ["unknown body member naam"])
    }

    @Test func `a body that is not declared as JSON is refused`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let answer = try await test.send(
            "POST", "/api/v2/deals", headers: ["authorization": "Bearer \(token)"], body: Array(#"{"title":"x"}"#.utf8))
        #expect(answer.status == 415)
    }

    @Test func `changing prices replaces every price`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let changed = try await test.call(
            "PATCH", "/api/v2/products/1", ["prices": [["price": 12.5, "currency": "EUR"]]], token: token)
        #expect(changed.data["prices"].list?.count == 1)
        #expect(
            changed.data["prices"].list?.first == [
                "product_id": 1, "price": 12.5, "currency": "EUR", "cost": 0, "direct_cost": nil, "notes": "",
            ])
        let read = try await test.call("GET", "/api/v2/products/1", token: token)
        #expect(read.data == changed.data)
    }

    @Test func `changing e-mail addresses replaces them all and makes the first primary`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let emails: JSON = [["value": "een@b.example"], ["value": "twee@b.example", "label": "home"]]
        let changed = try await test.call("PATCH", "/api/v2/persons/5", ["emails": emails], token: token)
        #expect(
            changed.data["emails"] == [
                ["value": "een@b.example", "primary": true, "label": "work"],
                ["value": "twee@b.example", "primary": false, "label": "home"],
            ])
        let none = try await test.call("PATCH", "/api/v2/persons/5", ["emails": []], token: token)
        #expect(none.data["emails"] == [])
        #expect(none.data["phones"] == changed.data["phones"])
    }

    @Test func `an address loses the parts that are left out`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let answer = try await test.call(
            "PATCH", "/api/v2/organizations/1", ["address": ["value": "Kade 1", "locality": "Gouda"]], token: token)
        #expect(answer.data["address"]["locality"] == "Gouda")
        #expect(answer.data["address"]["country"] == .null)
        #expect(answer.data["address"].members?.keys.contains("postal_code") == true)
    }

    @Test func `custom fields are merged by code`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let (date, budget) = (SampleFields.code(1), SampleFields.code(2))
        let money: JSON = ["value": 10, "currency": "EUR"]
        _ = try await test.call(
            "PATCH", "/api/v2/deals/2", ["custom_fields": .object([date: "2026-05-01"])], token: token)
        let answer = try await test.call(
            "PATCH", "/api/v2/deals/2", ["custom_fields": .object([budget: money])], token: token)
        #expect(answer.data["custom_fields"][date] == "2026-05-01")
        #expect(answer.data["custom_fields"][budget] == money)
    }

    @Test func `a new field is null in every record, and a deleted one is in none`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let field: JSON = ["field_name": "Kleur", "field_type": "varchar"]
        let code = try #require(
            try await test.call("POST", "/api/v2/productFields", field, token: token).data["field_code"].text)
        let before = try await test.call("GET", "/api/v2/products/1", token: token)
        #expect(before.data["custom_fields"].members?.keys.contains(code) == true)
        #expect(before.data["custom_fields"][code] == .null)
        let red: JSON = ["custom_fields": .object([code: "rood"])]
        _ = try await test.call("PATCH", "/api/v2/products/1", red, token: token)
        _ = try await test.call("DELETE", "/api/v2/productFields/\(code)", token: token)
        let after = try await test.call("GET", "/api/v2/products/1", token: token)
        #expect(after.data["custom_fields"].members?.keys.contains(code) == false)
        let refused = try await test.call("PATCH", "/api/v2/products/1", red, token: token)
        #expect(refused.status == 400)
    }

    @Test func `winning a deal stamps the times and reopening clears them`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let won = try await test.call("PATCH", "/api/v2/deals/1", ["status": "won"], token: token)
        #expect(won.data["won_time"] == won.data["update_time"])
        #expect(won.data["close_time"] == won.data["won_time"])
        let open = try await test.call("PATCH", "/api/v2/deals/1", ["status": "open"], token: token)
        #expect(open.data["won_time"] == .null)
        #expect(open.data["close_time"] == .null)
    }

    @Test func `a product on a deal makes the deal's value`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let deal = try await test.call("POST", "/api/v2/deals", ["title": "Waarde"], token: token)
        let id = try #require(deal.data["id"].whole)
        let line: JSON = ["product_id": 1, "item_price": 10.5, "quantity": 3, "discount": 10]
        let made = try await test.call("POST", "/api/v2/deals/\(id)/products", line, token: token)
        #expect(made.status == 201)
        #expect(made.data["sum"] == 28.35)
        let discount: JSON = ["description": "Actie", "amount": 8.35, "type": "amount"]
        #expect(try await test.call("POST", "/api/v2/deals/\(id)/discounts", discount, token: token).status == 201)
        #expect(try await test.call("GET", "/api/v2/deals/\(id)", token: token).data["value"] == 20)
    }

    @Test func `contact sync fields need the feature`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let answer = try await test.call("PATCH", "/api/v2/persons/1", ["job_title": "Chef"], token: token)
        #expect(answer.status == 403)
    }

    @Test func `a deleted person is out of lists, still readable, and no longer to be changed`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        #expect(try await test.call("DELETE", "/api/v2/persons/7", token: token).data == ["id": 7])
        #expect(try await test.call("GET", "/api/v2/persons?ids=7", token: token).data == [])
        #expect(try await test.call("GET", "/api/v2/persons/7", token: token).data["is_deleted"] == true)
        #expect(try await test.call("PATCH", "/api/v2/persons/7", ["name": "x"], token: token).status == 404)
    }

    @Test func `unknown paths, methods, tokens and closed scopes have Pipedrive's errors`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let missing = try await test.call("GET", "/api/v2/nonsense", token: token)
        #expect(missing.status == 404)
        #expect(missing.json.members?.keys == ["success", "error", "error_info", "data", "additional_data"])
        #expect(try await test.call("PUT", "/api/v2/deals/1", ["title": "x"], token: token).status == 405)
        #expect(try await test.call("GET", "/api/v2/deals", token: "wrong").status == 401)
        #expect(try await test.call("GET", "/api/v2/deals").status == 401)
        let closed = try await test.call("GET", "/api/v2/itemSearch?term=x", token: token)
        #expect(closed.status == 403)
        #expect(closed.json["error"] == "Scope and URL mismatch")
    }
}
