import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

/// Products are asked for their variations: in a run after all lists, live with the product.
struct VariationTests {
    private let office = Office.connected()

    private static func product(_ id: Int64) -> CatalogItem { CatalogItem(id: CatalogItem.ID(id), name: "P\(id)") }

    private static func variation(_ number: Int64, of product: Int64) throws -> CatalogItem {
        try #require(
            Self.product(product).variation(number, name: "V\(number)", prices: [], priceDetails: []))
    }

    @Test func `a run asks the products that are due, and stages what they have before anything is decided`()
        async throws
    {
        let variation = try Self.variation(3, of: 2)
        office.pipedrive.edit { script in
            script.pages[.product] = [.products((1...30).map(Self.product))]
            script.variations = [2: [variation]]
        }
        #expect(try office.integration.syncNow(office.company) == .started)
        let run = try #require(office.storage.tenant.runs.first?.id)
        while office.storage.tenant.checkpoints[run]?.phase != .decide {
            #expect(try await office.sync.advance(run, company: office.company, logger: office.logger) == .again)
        }
        let asked = office.pipedrive.calls.filter { $0.hasPrefix("variations") }
        #expect(asked.count == 2 && asked[1] == "variations 26,27,28,29,30")
        #expect(office.storage.tenant.staged.last?.ids == [] && office.storage.tenant.asked.count == 30)
        #expect(office.storage.tenant.staged.contains { $0.ids == [variation.id.rawValue] })
    }

    @Test func `a product that was touched brings its variations, and those that are gone go`() async throws {
        let (kept, gone) = (try Self.variation(3, of: 2), try Self.variation(4, of: 2))
        try office.storage.transaction(.cron(office.company)) { try $0.touched.touch(.product, 2, occurredAt: nil) }
        office.storage.tenant.linkedVariations = [kept.id.rawValue, gone.id.rawValue]
        office.pipedrive.edit { script in
            script.records["product:2"] = .products([Self.product(2)])
            script.variations = [2: [kept]]
        }
        let result = try await office.records.takeOver("product", company: office.company)
        #expect(result.isCompleted)
        #expect(office.pipedrive.calls == ["records product 2", "variations 2"])
        #expect(office.storage.tenant.missing == [gone.id.rawValue])
        #expect(office.storage.tenant.takenOver == [2, kept.id.rawValue])
    }

    @Test func `a product that is gone takes its variations with it, and is not asked`() async throws {
        let variation = try Self.variation(3, of: 2)
        try office.storage.transaction(.cron(office.company)) { try $0.touched.touch(.product, 2, occurredAt: nil) }
        office.storage.tenant.linkedVariations = [variation.id.rawValue]
        _ = try await office.records.takeOver("product", company: office.company)
        #expect(office.pipedrive.calls == ["records product 2"])
        #expect(office.storage.tenant.missing == [2, variation.id.rawValue])
    }
}
