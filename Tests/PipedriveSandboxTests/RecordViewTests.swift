import Testing

@testable import PipedriveSandbox

@Suite struct RecordViewTests {
    @Test func `further fields, chosen custom fields and option labels come when asked for`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let code = SampleFields.code(4)
        let lines = test.sandbox.store.snapshot().lines(of: 1).count
        _ = try await test.call("PATCH", "/api/v2/deals/1", ["custom_fields": .object([code: 42])], token: token)
        let query = "include_fields=products_count,smart_bcc_email&custom_fields=\(code)&include_option_labels=true"
        let one = try await test.call("GET", "/api/v2/deals/1?\(query)", token: token).data
        #expect(one["products_count"] == .int(lines))
        #expect(one["smart_bcc_email"].text?.contains("deal1@") == true)
        #expect(one["custom_fields"] == .object([code: ["id": 42, "label": "Bezorgen"]]))
        let list = try await test.call("GET", "/api/v2/deals?ids=1&\(query)", token: token).data.list
        #expect(list == [one])
        let plain = try await test.call("GET", "/api/v2/deals/1", token: token).data
        #expect(plain["products_count"] == .null)
        #expect(plain["custom_fields"][code] == 42)
        let labels = try await test.call("GET", "/api/v2/persons/1?include_labels=true", token: token).data["labels"]
        #expect(labels == [])
    }

    @Test func `what is not known is refused`() async throws {
        let test = try TestSandbox()
        let token = try await test.signIn()
        let keys = (1...16).map { "k\($0)" }.joined(separator: ",")
        for query in [
            "include_fields=shoe_size", "custom_fields=\(keys)", "include_option_labels=1", "filter_id=5",
            "filter_id=x",
        ] {
            let answer = try await test.call("GET", "/api/v2/persons?\(query)", token: token)
            #expect(answer.status == 400, "\(query)")
        }
    }
}
