import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct RecordTests {
    private func client(_ replies: [StubTransport.Reply] = Canned.replies) throws -> (PipedriveClient, StubTransport) {
        let transport = StubTransport(replies)
        return (PipedriveClient(configuration: try .fixture(), transport: transport), transport)
    }

    private func person(_ json: String) async throws -> Person? {
        let (client, _) = try client([.get("/api/v2/persons/5", #"{"data":\#(json)}"#)])
        guard case .persons(let persons) = try await client.record(.person, id: 5, access: .fixture) else { return nil }
        return persons.first
    }

    private func organization(_ json: String) async throws -> Organization? {
        let (client, _) = try client([.get("/api/v2/organizations/6", #"{"data":\#(json)}"#)])
        guard case .organizations(let found) = try await client.record(.organization, id: 6, access: .fixture) else {
            return nil
        }
        return found.first
    }

    private func product(_ json: String) async throws -> CatalogItem? {
        let (client, _) = try client([.get("/api/v2/products/11", #"{"data":\#(json)}"#)])
        guard case .products(let found) = try await client.record(.product, id: 11, access: .fixture) else {
            return nil
        }
        return found.first
    }

    @Test func `a page is five hundred records by id, at ten tokens`() async throws {
        let (client, transport) = try client()
        let page = try await client.page(.person, cursor: nil, access: .fixture)
        #expect(transport.lines == ["GET /api/v2/persons?limit=500&sort_by=id"])
        #expect(page.nextCursor == "cDI=" && page.tokenCost == 10 && page.page.kind == .person)
        guard case .persons(let persons) = page.page else { return }
        #expect(persons.map(\.id.rawValue) == [5])
    }

    @Test func `the cursor is handed back escaped, and the last page has none`() async throws {
        let (client, transport) = try client()
        let page = try await client.page(.product, cursor: "a+b/c=", access: .fixture)
        #expect(transport.lines == ["GET /api/v2/products?limit=500&sort_by=id&cursor=a%2Bb%2Fc%3D"])
        #expect(page.nextCursor == nil)
    }

    @Test func `a page that leads to itself is an error, not an endless run`() async throws {
        let (client, _) = try client()
        await #expect(throws: CRMFailure.self) { try await client.page(.person, cursor: "cDI=", access: .fixture) }
    }

    @Test func `a page with a record that has no id is not taken in part`() async throws {
        let (client, _) = try client([.get("/api/v2/persons", #"{"data":[{"id":1,"name":"A"},{"name":"B"}]}"#)])
        let failure = await #expect(throws: CRMFailure.self) {
            try await client.page(.person, cursor: nil, access: .fixture)
        }
        #expect(failure?.kind == .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil))
    }

    @Test func `an empty list without any envelope but data is an empty last page`() async throws {
        let (client, _) = try client([.get("/api/v2/organizations", #"{"data":[]}"#)])
        let page = try await client.page(.organization, cursor: nil, access: .fixture)
        guard case .organizations(let found) = page.page else { return }
        #expect(found.isEmpty && page.nextCursor == nil)
    }

    @Test(arguments: RecordKind.allCases, [404, 410, 403])
    func `a record that is not there or not visible is an empty page of its kind`(
        kind: RecordKind, status: Int
    ) async throws {
        let paths = ["/api/v2/persons/1", "/api/v2/organizations/1", "/api/v2/products/1"]
        let (client, _) = try client(paths.map { .init(method: .get, path: $0, status: status, body: "{}") })
        let page = try await client.record(kind, id: 1, access: .fixture)
        switch page {
        case .organizations(let found): #expect(found.isEmpty && kind == .organization)
        case .persons(let found): #expect(found.isEmpty && kind == .person)
        case .products(let found): #expect(found.isEmpty && kind == .product)
        }
    }

    @Test func `a deleted record comes with its mark`() async throws {
        let (client, _) = try client()
        guard case .products(let found) = try await client.record(.product, id: 11, access: .fixture) else { return }
        let item = try #require(found.first)
        #expect(item.isDeleted && item.isLinkable && item.code == "T-1" && item.unit == "klik")
        #expect(item.tax == Percentage(basisPoints: 2100))
        #expect(
            item.prices == [
                Money(minorUnits: 10, currency: .eur),
                Money(minorUnits: 12, currency: try #require(Currency("JPY"))),
            ])
    }

    @Test func `the primary address comes first and blanks are left out`() async throws {
        let found = try await person(
            """
            {"id":"5","name":null,"org_id":{"value":6},"visible_to":"3","emails":[{"value":" b@x.nl "},{"value":"  "},
            {"value":null,"primary":true},{"value":"a@x.nl","primary":1}],"phones":[]}
            """)
        #expect(
            found
                == Person(
                    id: Person.ID(5), name: "", organizationID: Organization.ID(6), emails: ["a@x.nl", "b@x.nl"]))
    }

    @Test func `records with next to nothing are read`() async throws {
        #expect(try await person(#"{"id":5}"#) == Person(id: Person.ID(5), name: ""))
        #expect(
            try await organization(#"{"id":6,"name":"X","address":null}"#)
                == Organization(id: Organization.ID(6), name: "X"))
        #expect(
            try await product(#"{"id":11,"name":"X","code":"","category":4,"visible_to":"7","prices":null}"#)
                == CatalogItem(id: CatalogItem.ID(11), name: "X"))
    }

    @Test func `an address is taken in parts, or whole where it has none`() async throws {
        let parts = try await organization(
            """
            {"id":6,"name":"X","address":{"value":"all","route":"Kade","street_number":"1","subpremise":"B",
            "postal_code":"1015 AA","locality":"Amsterdam","country":"Nederland"}}
            """)
        #expect(
            parts?.address
                == PostalAddress(street: "Kade 1 B", postalCode: "1015 AA", city: "Amsterdam", country: "Nederland"))
        let whole = try await organization(#"{"id":6,"name":"X","address":{"value":"Kade 1, Amsterdam"}}"#)
        #expect(whole?.address == PostalAddress(street: "Kade 1, Amsterdam"))
    }

    @Test(arguments: [
        ("Postbus 123, 1000 AB Amsterdam", "Postbus 123"), ("Postbus 123, 1000AB Amsterdam, Nederland", "Postbus 123"),
        ("Postbus 123 1000 ab AMSTERDAM", "Postbus 123"), ("Postbus 123, Amsterdam", "Postbus 123"),
        ("Postbus 123\n1000 AB Amsterdam", "Postbus 123"), ("Postbus 123, NL-1000 AB Amsterdam", "Postbus 123"),
        ("Kantoor 2, Postbus 1, 1000 AB Amsterdam", "Kantoor 2, Postbus 1"), ("Postbus 123, Mokum", "Postbus 123"),
        ("De Amsterdamse Poort, Amsterdam, Noord-Holland", "De Amsterdamse Poort"),
        ("Postbus Amsterdam 5, 1000 AB Amsterdam", "Postbus Amsterdam 5"), ("Postbus 123", "Postbus 123"),
        ("Postbus 123, Nederland", "Postbus 123"), ("Postbus 123, Noord-Holland, Amsterdam", "Postbus 123"),
        ("1000 AB Amsterdam", nil), ("Amsterdam", nil), ("amsterdam, Nederland", nil), ("Nederland", nil),
        ("1000 AB Amsterdam, Nederland", nil), ("Amsterdam, 1000 AB", nil), ("Nederland, 1000 AB Amsterdam", nil),
        ("Noord-Holland, Nederland", nil), ("Mokum, Nederland", nil), ("NL-1000AB Amsterdam", nil), (" , ", nil),
        ("Amsterdam, Amsterdam, Nederland", nil),
    ])
    func `where only the place was taken apart, the whole says the street`(
        _ value: String, street: String?
    ) async throws {
        let words = value.replacing("\n", with: "\\n")
        let found = try await organization(
            """
            {"id":6,"name":"X","address":{"value":"\(words)","route":null,"street_number":null,"subpremise":null,
            "postal_code":"1000 AB","locality":"Amsterdam","admin_area_level_1":"Noord-Holland","country":"Nederland"}}
            """)
        #expect(
            found?.address
                == PostalAddress(street: street, postalCode: "1000 AB", city: "Amsterdam", country: "Nederland"))
    }

    @Test func `a postal code that is a box's number too, and a town before its code`() {
        func street(_ value: String, _ code: String, _ city: String) -> String? {
            StreetLine(value, of: PostalAddress(postalCode: code, city: city), areas: []).text
        }
        #expect(street("Postbus 1000, 1000 Brussel", "1000", "Brussel") == "Postbus 1000")
        #expect(street("Postbus 1000, Brussel", "1000", "Brussel") == "Postbus 1000")
        #expect(street("Postfach 12, D-10115 Berlin", "10115", "Berlin") == "Postfach 12")
        #expect(street("PO Box 7, London EC1A 1BB, UK", "EC1A 1BB", "London") == "PO Box 7")
        #expect(street("PO Box 12, Boise ID 83701, USA", "83701", "Boise") == "PO Box 12")
    }

    @Test func `one price per currency, and none in a currency that is no code`() async throws {
        let found = try await product(
            """
            {"id":11,"name":"X","prices":[{"price":1,"currency":"eur"},{"price":2,"currency":"EUR"},
            {"price":3,"currency":"POINTS"},{"price":null,"currency":"USD"},{"price":0.335,"currency":"USD"}]}
            """)
        #expect(
            found?.prices == [Money(minorUnits: 100, currency: .eur), Money(minorUnits: 34, currency: .usd)])
    }
}
