import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

/// Variations of products, each an item of its own.
struct VariationTests {
    private static let red = CatalogItem.ID.variation(2, of: 11)

    private static let product = Canned.product.replacing(#""is_deleted":true"#, with: #""is_deleted":false"#)

    private func client(_ replies: [StubTransport.Reply] = []) throws -> (PipedriveClient, StubTransport) {
        let whole = [
            StubTransport.Reply.get("/api/v2/products/11", Self.product),
            .get("/api/v2/products", Canned.list(Self.product)),
        ]
        let transport = StubTransport(replies + whole + Canned.replies)
        return (PipedriveClient(configuration: try .fixture(), transport: transport), transport)
    }

    private func items(_ page: RecordPage) -> [CatalogItem] {
        guard case .products(let items) = page else { return [] }
        return items
    }

    @Test func `a variation has its own name and prices, and the rest from its product`() async throws {
        let (client, transport) = try client()
        let whole = try await client.records(.product, ids: [11], policy: .fixture, access: .fixture)
        let found = try await client.variations(of: items(whole.page), access: .fixture)
        #expect(found.tokenCost == 10)
        #expect(transport.lines.last == "GET /api/v2/products/11/variations?limit=500")
        let item = try #require(items(found.page).first)
        #expect(item.id == Self.red && item.id.product == 11 && item.id.variation == 2)
        #expect(item.name == "Teller – Rood" && item.code == nil && item.unit == "klik")
        #expect(item.tax == Percentage(basisPoints: 2100))
        #expect(item.prices == [Money(minorUnits: 525, currency: .eur)])
        #expect(FieldValues(item)[.code] == nil && FieldValues(item)[.prices] == "EUR 525")
    }

    @Test func `variations that are asked for by their numbers come from their products, each asked once`()
        async throws
    {
        let (client, transport) = try client()
        let ids = try [#require(Self.red).rawValue, #require(CatalogItem.ID.variation(9, of: 11)).rawValue]
        let found = try await client.records(.product, ids: ids, policy: .fixture, access: .fixture)
        #expect(found.page.ids == [ids[0]] && found.tokenCost == 11)
        #expect(transport.lines == ["GET /api/v2/products/11", "GET /api/v2/products/11/variations?limit=500"])
        let both = try await client.records(.product, ids: [11, ids[0]], policy: .fixture, access: .fixture)
        #expect(both.page.ids == [11, ids[0]])
    }

    @Test func `a change sends every price back, to the variation, and nothing of its product`() async throws {
        let (client, transport) = try client()
        let id = try #require(Self.red).rawValue
        let current = try await client.records(.product, ids: [id], policy: .fixture, access: .fixture).page
        let write = RecordWrite(.product, FieldValues([.name: "Anders", .tax: "900", .prices: "EUR 600"]))
        let after = try await client.update(write, current: current, policy: .fixture, access: .fixture)
        #expect(transport.lines.last == "PATCH /api/v2/products/11/variations/2")
        #expect(
            String(decoding: transport.requests.last?.body ?? [], as: UTF8.self)
                == #"{"prices":[{"cost":2,"currency":"EUR","direct_cost":3,"notes":"inkoop","price":6},"#
                + #"{"cost":0,"currency":"POINTS","price":7}]}"#)
        #expect(after.tokenCost == 5 && items(after.page).first?.name == "Teller – Rood")
        let sent = transport.requests.count
        let nothing = try await client.update(
            RecordWrite(.product, FieldValues([.name: "Anders"])), current: current, policy: .fixture, access: .fixture)
        #expect(nothing.tokenCost == 0 && transport.requests.count == sent)
    }

    @Test(arguments: [404, 403])
    func `a product that is gone by now has none`(status: Int) async throws {
        let (client, _) = try client([
            StubTransport.Reply(
                method: .get, path: "/api/v2/products/11/variations", status: status, body: #"{"success":false}"#)
        ])
        let found = try await client.variations(
            of: [CatalogItem(id: CatalogItem.ID(11), name: "Teller")], access: .fixture)
        #expect(found.page.count == 0)
    }

    @Test func `a deal's line says which variation was chosen`() throws {
        let line = Canned.dealProductsFirst.replacing(
            #""product_id":11,"#, with: #""product_id":11,"product_variation_id":2,"#)
        let node = try #require(JSONDocument(Array(line.utf8))?.root["data"]?.elements.first)
        let product = try DealReading.product(node, number: 1, currency: .eur)
        #expect(product.itemIDs == [try #require(Self.red), CatalogItem.ID(11)])
    }
}
