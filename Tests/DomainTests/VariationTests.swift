import Domain
import DomainTestSupport
import FoundationEssentials
import Testing

/// A variation of a product is an item of its own, of which only the prices are its own.
struct VariationTests {
    private static let noon = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func `an identifier holds both numbers, and stands behind all products`() throws {
        for (product, number) in [(Int64(1), Int64(1)), (12, 3), (2_147_483_647, 2_147_483_647)] {
            let id = try #require(CatalogItem.ID.variation(number, of: product))
            #expect(id.product == product && id.variation == number)
            #expect(id.rawValue > Int64(Int32.max) && CatalogItem.ID(product).variations.contains(id.rawValue))
        }
        #expect(CatalogItem.ID(7).variation == nil && CatalogItem.ID(7).product == 7)
        #expect(CatalogItem.ID.variation(0, of: 1) == nil && CatalogItem.ID.variation(1, of: 1 << 31) == nil)
        #expect(!CatalogItem.ID(7).variations.contains(try #require(CatalogItem.ID.variation(1, of: 8)).rawValue))
    }

    private static let values = FieldValues([
        .name: "Shirt – Red", .description: "", .unit: "piece", .tax: "2100", .prices: "EUR 1000", .isActive: "yes",
    ])

    private func decision(
        _ direction: SyncDirection, here: [SyncField: String] = [:], there: [SyncField: String] = [:]
    ) -> PairDecision {
        var (ours, theirs) = (Self.values, Self.values)
        ours[.code] = ""
        for (field, text) in here { ours[field] = text }
        for (field, text) in there { theirs[field] = text }
        let edits = here.mapValues { _ in LocalEdit(at: Self.noon.addingTimeInterval(60), wasEmpty: false) }
        return PairDecision(
            .product, remote: RemoteSide(values: theirs, organization: nil, addedAt: nil, changedAt: nil),
            local: LocalSide(values: ours, addedAt: Self.noon, changedAt: Self.noon, edits: edits), base: Self.values,
            rule: SyncRule(direction, since: Self.noon))
    }

    @Test func `prices travel both ways`() {
        #expect(Array(decision(.both, here: [.prices: "EUR 1100"]).pushed.keys) == [.prices])
        #expect(decision(.both, there: [.prices: "EUR 900"]).pulled[.prices]?.after == "EUR 900")
        #expect(decision(.pull, here: [.prices: "EUR 1100"]).pushed.isEmpty)
    }

    @Test func `what is its product's comes in and never goes out`() {
        let renamed = decision(.both, here: [.name: "Red shirt", .tax: "900", .isActive: "no"])
        #expect(renamed.pushed.isEmpty)
        #expect(renamed.pulled[.name]?.after == "Shirt – Red" && renamed.pulled[.tax]?.after == "2100")
        #expect(decision(.both, there: [.unit: "box"]).pulled[.unit]?.after == "box")
        let pushing = decision(.push, here: [.name: "Red shirt"])
        #expect(pushing.pushed.isEmpty && pushing.pulled.isEmpty && pushing.settled == [.name])
    }

    @Test func `a code of its row is ours alone`() {
        let coded = decision(.both, here: [.code: "R-1"])
        #expect(coded.pushed.isEmpty && coded.pulled.isEmpty && coded.settled == [.code])
    }

    @Test func `a deal's line is its variation's row, by that name, else its product's`() throws {
        let red = try #require(CatalogItem.ID.variation(2, of: 11))
        let rows = [
            CatalogItem.ID(11): Product.fixture(id: .numbered(11)),
            red: Product.fixture(id: .numbered(12), details: .fixture(name: "Design – Red")),
        ]
        func line(_ linked: [CatalogItem.ID: Product]) -> DocumentLine? {
            let product = DealProduct(
                itemID: CatalogItem.ID(11), name: "Design", quantity: .one,
                itemPrice: Money(minorUnits: 8900, currency: .eur), tax: .standard, taxMethod: .exclusive,
                variationID: red)
            let task = DraftingTask.fixture(context: .fixture(products: [product]), linked: linked)
            let proposed = DraftProposal.Line(source: .dealProduct(0), wording: nil, quantity: .one)
            return QuotePricing.lines(.fixture(lines: [proposed]), task: task).first
        }
        #expect(line(rows)?.productID == .numbered(12) && line(rows)?.description == "Design – Red")
        let whole = line(rows.filter { $0.key != red })
        #expect(whole?.productID == .numbered(11) && whole?.description == "Design" && whole?.unitPrice == 8900)
    }
}
