import Testing

@testable import PipedriveSandbox

/// Answers whose routes need something made first, held against the official files.
@Suite(.enabled(if: SpecFile.folder != nil, "PIPEDRIVE_OPENAPI names the folder of the OpenAPI files"))
struct ConformanceFlowTests {
    typealias Example = ConformanceTests.Example

    /// The routes that these flows call, each checked.
    private static let covered: Set<String> = Set(
        [
            "PATCH /api/v1/leads/{id}", "DELETE /api/v1/leads/{id}", "GET /api/v1/leads/{id}",
            "POST /api/v2/leads/{id}/convert/deal", "GET /api/v2/leads/{id}/convert/status/{conversion_id}",
            "GET /api/v2/deals/{id}/convert/status/{conversion_id}", "POST /api/v2/deals/{id}/discounts",
            "PATCH /api/v2/deals/{id}/discounts/{discount_id}", "DELETE /api/v2/deals/{id}/discounts/{discount_id}",
        ]
            + FieldRoutes.entities.flatMap { word, _ in
                ["", "/{field_code}", "/{field_code}/options"].flatMap { end in
                    ["POST", "PATCH", "DELETE"].map { "\($0) /api/v2/\(word)Fields\(end)" }
                }
            })

    /// Calls, expects the status and an answer that fits; gives its data.
    private func ask(_ test: TestSandbox, _ token: String, _ example: Example) async throws -> JSON {
        let answer = try await test.call(example.method, example.target, example.body, token: token)
        #expect(answer.status == example.status, "\(example.testDescription): \(answer.text)")
        let faults = try ConformanceTests.faults(in: answer.json, of: example)
        #expect(faults.isEmpty, "\(example.testDescription): \(faults)")
        return answer.data
    }

    @Test func `a lead is changed, becomes a deal with its notes, and the deal a lead again`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let code = SampleFields.code(4)
        let made = try await ask(
            test, token,
            Example(
                "POST", "/api/v1/leads",
                body: ["title": "Kans", "person_id": 1, "value": ["amount": 12.5, "currency": "EUR"]], status: 201))
        let id = made["id"].text ?? ""
        let changed = try await test.call("PATCH", "/api/v1/leads/\(id)", .object([code: 41]), token: token)
        #expect(changed.data[code] == 41)
        let note: JSON = ["lead_id": .string(id), "content": "Gebeld"]
        _ = try await ask(test, token, Example("POST", "/api/v1/notes", body: note))
        let job = try await ask(
            test, token,
            Example(
                "POST", "/api/v2/leads/{id}/convert/deal", "/api/v2/leads/\(id)/convert/deal", body: ["stage_id": 3]))
        let conversion = job["conversion_id"].text ?? ""
        let done = try await ask(
            test, token,
            Example(
                "GET", "/api/v2/leads/{id}/convert/status/{conversion_id}",
                "/api/v2/leads/\(id)/convert/status/\(conversion)"))
        #expect(done["status"] == "completed")
        let dealID = try #require(done["deal_id"].whole)
        let deal = try await ask(test, token, Example("GET", "/api/v2/deals/{id}", "/api/v2/deals/\(dealID)"))
        #expect([deal["title"], deal["value"], deal["stage_id"], deal["person_id"]] == ["Kans", 12.5, 3, 1])
        #expect(deal["custom_fields"][code] == 41)
        let notes = try await test.call("GET", "/api/v1/notes?deal_id=\(dealID)", token: token).data.list ?? []
        #expect(notes.map { $0["content"] } == ["Gebeld"])
        #expect(try await test.call("GET", "/api/v1/leads/\(id)", token: token).status == 404)

        let back = try await ask(
            test, token,
            Example("POST", "/api/v2/deals/{id}/convert/lead", "/api/v2/deals/\(dealID)/convert/lead"))
        let status = try await ask(
            test, token,
            Example(
                "GET", "/api/v2/deals/{id}/convert/status/{conversion_id}",
                "/api/v2/deals/\(dealID)/convert/status/\(back["conversion_id"].text ?? "")"))
        let lead = try await test.call("GET", "/api/v1/leads/\(status["lead_id"].text ?? "")", token: token)
        #expect(lead.data["source_deal_id"] == .int(dealID))
        #expect(lead.data[code] == 41)
        let gone = try await test.call("GET", "/api/v2/deals/\(dealID)", token: token)
        #expect(gone.data["is_deleted"] == true)
        _ = try await ask(
            test, token,
            Example("DELETE", "/api/v1/leads/{id}", "/api/v1/leads/\(status["lead_id"].text ?? "")"))
    }

    @Test func `discounts are made, changed and taken away`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let made = try await ask(
            test, token,
            Example(
                "POST", "/api/v2/deals/{id}/discounts", "/api/v2/deals/1/discounts",
                body: ["description": "Actie", "amount": 5, "type": "percentage"], status: 201))
        let path = "/api/v2/deals/1/discounts/\(made["id"].text ?? "")"
        let route = "/api/v2/deals/{id}/discounts/{discount_id}"
        #expect(try await ask(test, token, Example("PATCH", route, path, body: ["amount": 7]))["amount"] == 7)
        #expect(try await ask(test, token, Example("DELETE", route, path))["id"] == made["id"])
    }

    @Test(arguments: FieldRoutes.entities.map(\.word))
    func `a field and its options are made and changed where the scope allows`(word: String) async throws {
        let test = try TestSandbox()
        let path = "/api/v2/\(word)Fields"
        let body: JSON = ["field_name": "Bron", "field_type": "enum", "options": [["label": "Beurs"]]]
        let plain = try await test.signIn()
        if word != "product" {
            #expect(try await test.call("POST", path, body, token: plain).status == 403)
        }
        _ = try await test.call("POST", "/sandbox/oauth", ["scope": .string(OAuthDesk.scope + ",admin")])
        let token = try await test.signIn()
        let field = try await ask(test, token, Example("POST", path, body: body))
        let code = try #require(field["field_code"].text)
        #expect(code.count == 40)
        let one = path + "/{field_code}"
        let renamed = try await ask(
            test, token, Example("PATCH", one, "\(path)/\(code)", body: ["field_name": "Herkomst"]))
        #expect(renamed["field_name"] == "Herkomst")
        let options = (route: one + "/options", target: "\(path)/\(code)/options")
        let added = try await ask(
            test, token, Example("POST", options.route, options.target, body: [["label": "Tip"]]))
        let option = added.list?.first?["id"] ?? .null
        _ = try await ask(
            test, token,
            Example("PATCH", options.route, options.target, body: [["id": option, "label": "Aanrader"]]))
        let entity = "\(word)s"
        let value = try await test.call(
            "PATCH", "/api/v2/\(entity)/1", ["custom_fields": .object([code: option])], token: token)
        #expect(value.data["custom_fields"][code] == option)
        _ = try await ask(
            test, token, Example("DELETE", options.route, options.target, body: [["id": option]]))
        _ = try await ask(test, token, Example("DELETE", one, "\(path)/\(code)"))
        #expect(try await test.call("GET", "\(path)/\(code)", token: token).status == 404)
    }

    @Test func `every route's answer is held against the files`() {
        let examples = ConformanceTests.reads + ConformanceTests.writes
        let checked = Set(examples.map { "\($0.method) \($0.route)" }).union(Self.covered)
        let closed = Set(ScopeRoutes.all.map { "\($0.method) \($0.path)" })
        let all = Set(APIRoute.all.map { "\($0.method) \($0.path)" })
        #expect(all.subtracting(checked).subtracting(closed).sorted() == [])
    }
}
