import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

extension SyncPolicy {
    /// VAT number in a text field, languages in a field of choices.
    static let fixture = SyncPolicy(
        rules: [:],
        mapping: FieldMapping(
            vatNumber: "vvvv", kvkNumber: "kkkk", organizationLanguage: "llll", personLanguage: "aaaa"),
        customFields: [
            CustomField(
                kind: .person, code: "aaaa", name: "Taal", type: "enum",
                options: [
                    CustomField.Option(id: 41, label: "Nederlands"), CustomField.Option(id: 42, label: "English"),
                ])
        ], isApplied: true)
}

extension RecordWrite {
    /// Every field of a kind, filled.
    static func everything(_ kind: RecordKind) -> RecordWrite {
        RecordWrite(
            kind,
            FieldValues([
                .name: "Žofie 🌷 שלום", .organization: "6", .emails: "anna@example.nl\nnieuw@example.nl",
                .phones: "06 1", .address: "Keizersgracht 1\n1015 AA\nAmsterdam\nNederland",
                .vatNumber: "NL001234567B01", .kvkNumber: "12345678", .language: "nl", .code: "T-1",
                .description: "Telt", .unit: "klik", .tax: "2150", .prices: "EUR 1005\nJPY 12", .isActive: "no",
            ]))
    }
}

struct RecordWritingTests {
    private let transport = StubTransport(Canned.replies)

    private func body(_ write: RecordWrite, current: RecordPage) async throws -> String {
        let client = PipedriveClient(configuration: try .fixture(), transport: transport)
        _ = try await client.update(write, current: current, policy: .fixture, access: .fixture)
        return String(decoding: transport.requests.last?.body ?? [], as: UTF8.self)
    }

    @Test func `lists go out whole, the first is primary, and each keeps its label`() async throws {
        let current = RecordPage.persons([
            Person(id: Person.ID(5), name: "Anna", labels: ["anna@example.nl": "home"])
        ])
        let write = RecordWrite(.person, FieldValues([.emails: "nieuw@example.nl\nanna@example.nl"]))
        #expect(
            try await body(write, current: current)
                == #"{"emails":[{"label":"work","primary":true,"value":"nieuw@example.nl"},"#
                + #"{"label":"home","primary":false,"value":"anna@example.nl"}]}"#)
    }

    @Test func `every currency goes back, to the cent, with what stood beside it`() async throws {
        let current = RecordPage.products([
            CatalogItem(
                id: CatalogItem.ID(11), name: "Teller",
                priceDetails: [
                    PriceDetail(
                        currency: "EUR", price: ScaledDecimal(mantissa: 1), cost: ScaledDecimal(mantissa: 75, scale: 1),
                        notes: "inkoop"),
                    PriceDetail(currency: "POINTS", price: ScaledDecimal(mantissa: 5)),
                ])
        ])
        let write = RecordWrite(.product, FieldValues([.prices: "EUR 1005\nJPY 12"]))
        #expect(
            try await body(write, current: current)
                == #"{"prices":[{"cost":7.5,"currency":"EUR","notes":"inkoop","price":10.05},"#
                + #"{"currency":"JPY","price":12},{"currency":"POINTS","price":5}]}"#)
    }

    @Test func `an address goes out as people see it and in its parts`() async throws {
        let current = RecordPage.organizations([Organization(id: Organization.ID(6), name: "Jansen BV")])
        let write = RecordWrite(.organization, FieldValues([.address: "Keizersgracht 1\n\nAmsterdam\n"]))
        #expect(
            try await body(write, current: current)
                == #"{"address":{"locality":"Amsterdam","route":"Keizersgracht 1","#
                + #""value":"Keizersgracht 1, Amsterdam"}}"#)
        let cleared = RecordWrite(.organization, FieldValues([.address: ""]))
        #expect(try await body(cleared, current: current) == #"{"address":{"value":""}}"#)
    }

    /// Every address of these parts, as Pipedrive answers it after we wrote it.
    @Test func `an address that we wrote reads back as it was, whatever stands in its parts`() throws {
        let words = [nil, "Postbus 1000", "1000", "1000 AB", "Amsterdam", "Den Haag, Zuid", "Nederland, 1000"]
        let writing = RecordWriting(policy: SyncPolicy(rules: [:], isApplied: true))
        for street in words {
            for code in words {
                for city in words {
                    for country in words {
                        let address = PostalAddress(street: street, postalCode: code, city: city, country: country)
                        let write = RecordWrite(.organization, FieldValues([.address: FieldText.address(address)]))
                        var body = writing.body(write, current: nil)
                        body["id"] = .integer(6)
                        let document = try #require(JSONDocument(try JSONBody.encode(body)))
                        #expect(RecordReading.organization(document.root)?.address == address)
                    }
                }
            }
        }
    }

    @Test func `a custom field that Pipedrive does not have any more is not cleared here, nor written there`() throws {
        func language(_ custom: String, _ policy: SyncPolicy = .fixture) throws -> String? {
            let document = try #require(JSONDocument(Array(#"{"id":5,"name":"Anna"\#(custom)}"#.utf8)))
            return RecordReading.person(document.root, policy)?.language
        }
        #expect(try language(#","custom_fields":{"aaaa":41}"#) == "Nederlands")
        #expect(try language(#","custom_fields":{"aaaa":null}"#) == "", "somebody cleared it")
        #expect(try language(#","custom_fields":{"bbbb":1}"#) == nil, "it is gone")
        #expect(try language(#","custom_fields":{}"#) == nil)
        #expect(try language("") == nil)
        var gone = SyncPolicy.fixture
        gone.mapping.personLanguage = "bbbb"
        #expect(try language(#","custom_fields":{"bbbb":null}"#, gone) == nil, "it is none of the fields")
        let write = RecordWrite(.person, FieldValues([.language: ""]))
        #expect(RecordWriting(policy: gone).body(write, current: nil).isEmpty)
        #expect(!RecordWriting(policy: .fixture).body(write, current: nil).isEmpty, "clearing it travels")
        gone.customFields = []
        #expect(!RecordWriting(policy: gone).body(write, current: nil).isEmpty, "no fields were read yet")
    }

    @Test func `a language is the option that means it, and one without an option is not written`() async throws {
        let current = RecordPage.persons([Person(id: Person.ID(5), name: "Anna")])
        #expect(
            try await body(RecordWrite(.person, FieldValues([.language: "nl"])), current: current)
                == #"{"custom_fields":{"aaaa":41}}"#)
        let sent = transport.requests.count
        _ = try await body(RecordWrite(.person, FieldValues([.language: "de"])), current: current)
        #expect(transport.requests.count == sent)
    }

    @Test func `few records are read one by one, many in one list`() async throws {
        let client = PipedriveClient(configuration: try .fixture(), transport: transport)
        let one = try await client.records(.person, ids: [5], policy: .fixture, access: .fixture)
        #expect(one.tokenCost == 1 && one.page.ids == [5])
        let many = try await client.records(.person, ids: Array(1...100), policy: .fixture, access: .fixture)
        #expect(many.tokenCost == 10)
        #expect(transport.lines.last?.contains("ids=1%2C2%2C3") == true)
    }

    @Test func `what was written reads back as the same values`() throws {
        let page = try PipedriveClient.records(
            .person, [try #require(JSONDocument(Array(Canned.person.utf8)))].map { try #require($0.root["data"]) },
            of: PipedriveFacts.person, policy: .fixture)
        guard case .persons(let persons) = page, let anna = persons.first else {
            Issue.record("the page holds no person")
            return
        }
        #expect(FieldValues(anna)[.emails] == "anna@example.nl\nthuis@example.nl")
        #expect(anna.labels["thuis@example.nl"] == "home")
        #expect(FieldValues(pairs: FieldValues(anna).pairs) == FieldValues(anna))
    }

    @Test func `a refusal carries Pipedrive's words for the customer, and its description does not`() async throws {
        let words = #"{"success":false,"error":"Name jan@example.nl is too long","data":null}"#
        let refusing = StubTransport([
            StubTransport.Reply(method: .post, path: "/api/v2/persons", status: 400, body: words)
        ])
        let client = PipedriveClient(configuration: try .fixture(), transport: refusing)
        let failure = await #expect(throws: CRMFailure.self) {
            _ = try await client.create(.everything(.person), policy: .fixture, access: .fixture)
        }
        #expect(failure?.kind == .rejected && failure?.message == "Name jan@example.nl is too long")
        #expect(failure?.description.contains("jan@") == false)
    }
}
