import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct DealContextTests {
    private func client(_ replies: [StubTransport.Reply] = Canned.replies) throws -> (PipedriveClient, StubTransport) {
        let transport = StubTransport(replies)
        return (PipedriveClient(configuration: try .fixture(), transport: transport), transport)
    }

    /// The usual answers with some replaced.
    private func replies(_ changed: StubTransport.Reply...) -> [StubTransport.Reply] { changed + Canned.replies }

    private func context(_ changed: StubTransport.Reply...) async throws -> DealContext? {
        try await client(changed + Canned.replies).0.dealContext(Deal.ID(8), access: .fixture)
    }

    /// A one-line deal whose line has this JSON in the place of its usual figure.
    private func line(_ figure: String, _ value: String) async throws -> DealProduct? {
        let usual = [
            "item_price": #""item_price":0.1"#, "quantity": #""quantity":3"#, "tax": #""tax":21"#,
            "discount": #""discount":0"#, "currency": #""currency":"EUR""#, "tax_method": #""tax_method":"exclusive""#,
        ]
        let body = Canned.dealProductsFirst.replacing(#""next_cursor":"bmV4dA==""#, with: #""next_cursor":null"#)
            .replacing(try #require(usual[figure]), with: #""\#(figure)":\#(value)"#)
        return try await context(.get("/api/v2/deals/8/products", body))?.products.first
    }

    @Test func `a deal comes with everything a quote is drafted from`() async throws {
        let (client, transport) = try client()
        let context = try #require(try await client.dealContext(Deal.ID(8), access: .fixture))
        let deal = context.deal
        #expect(deal.title == "Website Jansen" && deal.status == .open && !deal.isDeleted && !deal.isArchived)
        #expect(deal.pipelineID.rawValue == 1 && deal.stageID.rawValue == 3)
        #expect(deal.value == Money(minorUnits: 123_456_789, currency: .eur))
        #expect(deal.stageChangedAt == Date(timeIntervalSince1970: 1_795_428_000.25))
        #expect(context.person?.emails == ["anna@example.nl", "thuis@example.nl"])
        #expect(context.organization?.name == "Jansen BV")
        #expect(
            context.discounts == [
                DealDiscount(description: "Kennismaking", discount: .amount(10_010)),
                DealDiscount(description: "Trouw", discount: .percentage(Percentage(basisPoints: 250))),
            ])
        #expect(transport.lines.first == "GET /api/v2/deals/8")
        #expect(transport.requests.allSatisfy { $0.request.authority == "acme.pipedrive.com" })
    }

    @Test func `products are read page after page, in their order, to the last cent`() async throws {
        let products = try #require(try await context()).products
        #expect(
            products == [
                DealProduct(
                    itemID: CatalogItem.ID(11), name: "Teller", comments: "per klik",
                    quantity: Quantity(tenThousandths: 30_000), itemPrice: Money(minorUnits: 10, currency: .eur),
                    tax: Percentage(basisPoints: 2100), taxMethod: .exclusive),
                DealProduct(
                    itemID: CatalogItem.ID(12), name: "Bouw", quantity: Quantity(tenThousandths: 2500),
                    itemPrice: Money(minorUnits: 123_456_789, currency: .eur), tax: Percentage(basisPoints: 550),
                    taxMethod: .inclusive, discount: .amount(1250), billingFrequency: .monthly, isEnabled: false),
            ])
    }

    @Test(
        arguments: [
            ("0.1", 10), ("1234567.89", 123_456_789), ("9007199254740.993", 900_719_925_474_099), ("1.005", 101),
            ("0.285", 29), ("1e2", 10_000), ("1.5E+1", 1500), ("-0.07", -7), ("0", 0),
            ("4503599627370.49", 450_359_962_737_049),
            (#""19.99""#, 1999), ("0.30000000000000004", 30),
        ] as [(String, Int64)])
    func `a price never passes through floating point`(number: String, cents: Int64) async throws {
        #expect(try await line("item_price", number)?.itemPrice == Money(minorUnits: cents, currency: .eur))
    }

    @Test(arguments: [
        ("item_price", "1e30"), ("item_price", "null"), ("item_price", "true"), ("item_price", #""a""#),
        ("quantity", "-1"), ("quantity", "null"), ("quantity", "1e17"), ("tax", "101"), ("tax", "-1"), ("tax", #""x""#),
        ("discount", "-5"), ("discount", "120"), ("currency", #""USD""#),
    ])
    func `a figure that fits no document leaves the line without a price, with the reason, never guessed`(
        figure: String, value: String
    ) async throws {
        let product = try #require(try await line(figure, value))
        #expect(product.problem?.contains("roduct line 1") == true)
    }

    @Test(
        arguments: [
            ("item_price", "0.125", 38, "3 × 0.125"), ("quantity", "3.00005", nil, ""),
            ("item_price", "1.005", 302, "3 × 1.005"),
            ("discount", "33.335", nil, ""), ("item_price", "0.333333", nil, ""), ("item_price", "10", nil, ""),
        ] as [(String, String, Int64?, String)])
    func `where rounding a figure would change the outcome, the exact outcome is kept`(
        figure: String, value: String, amount: Int64?, words: String
    ) async throws {
        let product = try #require(try await line(figure, value))
        #expect(product.problem == nil)
        if let amount {
            #expect(product.exact == DealProduct.ExactFigures(amount: amount, calculation: words))
        } else if value == "10" {
            #expect(product.exact == nil)
        }
    }

    @Test func `a discount of the deal that cannot be used says so`() async throws {
        let body = #"{"success":true,"data":[{"description":"X","type":"percentage","amount":120}]}"#
        let discounts = try await context(.get("/api/v2/deals/8/discounts", body))?.discounts
        #expect(discounts?.first?.problem == "A discount of the deal has a discount above 100 %")
        #expect(discounts?.first?.discount == Discount.none)
    }

    @Test func `notes come as plain text, ours and empty ones left out, and are no condition`() async throws {
        let notes =
            #"{"success":true,"data":[{"id":1,"content":"<p>Graag <b>3&nbsp;logo&amp;s</b></p><p>&lt;x&gt;</p>","active_flag":true},{"id":2,"content":"<p>📧 Quote sent Ref 7K3F-92QX</p>"},{"id":3,"content":"<p> </p>"},{"id":4,"content":"weg","active_flag":false}]}"#
        #expect(try await context(.get("/api/v1/notes", notes))?.notes == ["Graag 3 logo&s\n<x>"])
        let refused = try await context(.init(method: .get, path: "/api/v1/notes", status: 403, body: "{}"))
        #expect(refused?.notes == [])
    }

    @Test func `custom fields get their names and labels, and identifiers of people are left out`() async throws {
        let fields = try await context()?.deal.customFields
        #expect(fields == ["Pakket": "Plus", "Wensen": "Logo, Hosting; Graag vóór kerst", "Budget": "99.95 EUR"])
    }

    @Test func `the names of fields are asked for once, and again when an option is new`() async throws {
        let (client, transport) = try client()
        for _ in 0..<3 { _ = try await client.dealContext(Deal.ID(8), access: .fixture) }
        let asked = { transport.lines.filter { $0.hasPrefix("GET /api/v2/dealFields") }.count }
        // The hidden field `ffff` is known by name, so nothing is missing.
        #expect(asked() == 1)
        let other = PipedriveAccess(apiOrigin: PipedriveAccess.fixture.apiOrigin, accessToken: Secret("another"))
        _ = try await client.dealContext(Deal.ID(8), access: other)
        #expect(asked() == 2)

        let newOption = Canned.deal.replacing(#""aaaa":42"#, with: #""aaaa":43"#)
        let (second, secondTransport) = try self.client(replies(.get("/api/v2/deals/8", newOption)))
        for _ in 0..<2 { _ = try await second.dealContext(Deal.ID(8), access: .fixture) }
        #expect(secondTransport.lines.filter { $0.hasPrefix("GET /api/v2/dealFields") }.count == 2)
    }

    @Test func `names are forgotten after ten minutes`() throws {
        let start = ContinuousClock.now
        let clock = StepClock(start)
        let cache = DealFieldCache(now: { clock.now })
        cache.keep(DealFieldNames([]), for: .fixture)
        clock.now = start + .seconds(599)
        #expect(cache.names(for: .fixture) != nil)
        clock.now = start + .seconds(600)
        #expect(cache.names(for: .fixture) == nil)
    }

    @Test func `a deal without filled custom fields asks for no names`() async throws {
        let plain = Canned.deal.replacing(#""custom_fields":{"#, with: #""custom_fields":{},"other":{"#)
        let (client, transport) = try client(replies(.get("/api/v2/deals/8", plain)))
        #expect(try await client.dealContext(Deal.ID(8), access: .fixture)?.deal.customFields == [:])
        #expect(!transport.lines.contains { $0.contains("dealFields") })
    }

    @Test func `a deal without person and organization asks for neither`() async throws {
        let lonely = Canned.deal.replacing(#""person_id":5,"org_id":6"#, with: #""person_id":null"#)
        let (client, transport) = try client(replies(.get("/api/v2/deals/8", lonely)))
        let context = try #require(try await client.dealContext(Deal.ID(8), access: .fixture))
        #expect(context.person == nil && context.organization == nil)
        #expect(!transport.lines.contains { $0.contains("/persons") || $0.contains("/organizations") })
    }

    @Test(arguments: [404, 410, 403])
    func `a deal that is not there or not visible is nil`(status: Int) async throws {
        let context = try await context(.init(method: .get, path: "/api/v2/deals/8", status: status, body: "{}"))
        #expect(context == nil)
    }

    @Test(arguments: [404, 403])
    func `a person that may not be seen is left out`(status: Int) async throws {
        let context = try await context(.init(method: .get, path: "/api/v2/persons/5", status: status, body: "{}"))
        #expect(context?.person == nil && context?.organization != nil)
    }

    @Test func `a part that fails makes the whole fail, with that part's reason`() async throws {
        let failure = await #expect(throws: CRMFailure.self) {
            try await context(.init(method: .get, path: "/api/v2/deals/8/discounts", status: 429, body: ""))
        }
        #expect(failure?.kind == .wait(seconds: nil))
    }

    @Test func `deleted, lost and archived deals are told apart`() async throws {
        let lost = try await context(.get("/api/v2/deals/8", Canned.deal.replacing(#""open""#, with: #""lost""#)))
        #expect(lost?.deal.status == .lost)
        let archived = try await context(
            .get("/api/v2/deals/8", Canned.deal.replacing(#""is_archived":false"#, with: #""is_archived":true"#)))
        #expect(archived?.deal.isArchived == true)
        let deleted = try await context(
            .get("/api/v2/deals/8", Canned.deal.replacing(#""is_deleted":false"#, with: #""is_deleted":true"#)))
        #expect(deleted?.deal.isDeleted == true)
    }

    @Test func `pages that lead to themselves end with an error`() async throws {
        let loop = Canned.dealProductsLast.replacing(#""next_cursor":null"#, with: #""next_cursor":"bmV4dA==""#)
        let failure = await #expect(throws: CRMFailure.self) {
            try await context(.get("/api/v2/deals/8/products", query: "cursor=bmV4dA%3D%3D", loop))
        }
        #expect(failure?.kind == .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil))
    }

    @Test func `pipelines come in order with their stages, without the deleted ones`() async throws {
        let pipelines = try await client().0.pipelines(access: .fixture)
        #expect(
            pipelines == [
                Pipeline(
                    id: Pipeline.ID(1), name: "Verkoop",
                    stages: [Stage(id: Stage.ID(2), name: "Gesprek"), Stage(id: Stage.ID(3), name: "Offerte")]),
                Pipeline(id: Pipeline.ID(2), name: "Service", stages: [Stage(id: Stage.ID(4), name: "Nieuw")]),
            ])
    }
}
