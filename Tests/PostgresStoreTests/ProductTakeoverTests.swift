import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct ProductTakeoverTests {
    private typealias Counts = SyncRun.Counts

    private static func euros(_ units: Int64) -> Money { Money(minorUnits: units, currency: .eur) }
    private static func dollars(_ units: Int64) -> Money { Money(minorUnits: units, currency: .usd) }

    private static func linked(_ record: Int64, in stores: Stores) throws -> Product? {
        try stores.cron { try $0.catalog.linked(to: [CatalogItem.ID(record)]) }[CatalogItem.ID(record)]
    }

    @Test func `a product that nothing fits is made with all it has`() throws {
        try withStores { stores throws in
            try stores.connect()
            let item = CatalogItem(
                id: CatalogItem.ID(8), name: "Widget", code: "W", description: "Round", unit: "piece",
                tax: Percentage(basisPoints: 900), prices: [Self.euros(100), Self.dollars(120)], isLinkable: false)
            #expect(try stores.sync(.products([item]))[.product] == Counts(read: 1, created: 1))
            #expect(
                try Self.linked(8, in: stores)?.details
                    == ProductDetails(
                        code: "W", name: "Widget", description: "Round", unit: "piece",
                        tax: Percentage(basisPoints: 900), prices: [Self.euros(100), Self.dollars(120)],
                        isActive: false))
        }
    }

    @Test func `a code matches before a name, and a name only where codes do not speak against it`() throws {
        try withStores { stores throws in
            try stores.connect()
            let (byCode, byName) = try stores.web { transaction throws in
                (
                    try transaction.catalog.insert(ProductDetails(code: "W", name: "Something")).id,
                    try transaction.catalog.insert(ProductDetails(name: "GADGET ")).id
                )
            }
            let counts = try stores.sync(
                .products([.number(1, "Gizmo", code: "W"), .number(2, "gadget"), .number(3, "Something", code: "V")]))
            #expect(counts[.product] == Counts(read: 3, created: 1, linked: 2))
            #expect(try Self.linked(1, in: stores)?.id == byCode)
            #expect(try Self.linked(2, in: stores)?.id == byName)
        }
    }

    @Test func `products that share a code, or fit one of ours together, wait for a person`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.catalog.insert(ProductDetails(name: "Gadget")) }
            let counts = try stores.sync(
                .products([
                    .number(1, "A", code: "X"), .number(2, "B", code: "X"), .number(3, "Gadget"), .number(4, "gadget"),
                ]))
            #expect(counts[.product] == Counts(read: 4, needsAttention: 4))
            #expect(try stores.number("select count(*) as value from books.product") == 1)
        }
    }

    @Test func `of two that a person said are products of their own the first has the code they share`() throws {
        try withStores { stores throws in
            try stores.connect()
            let page = RecordPage.products([.number(1, "A", code: "X"), .number(2, "B", code: "X")])
            try stores.sync(page)
            try stores.raw("update pipedrive.attention set choice = 'create'")
            #expect(try stores.cron { try $0.takeOver(page) }.created == 2)
            #expect(try Self.linked(1, in: stores)?.details.code == "X")
            #expect(try Self.linked(2, in: stores)?.details.code == nil)
            // It is told so, and gets the code once the first one gives it up.
            try stores.sync(page)
            #expect(try stores.attention() == ["product 2 B"])
            try stores.sync(.products([.number(1, "A"), .number(2, "B", code: "X")]))
            #expect(try Self.linked(2, in: stores)?.details.code == "X" && stores.attention() == [])
        }
    }

    @Test func `a product that had no price when it was last synced, and has none again, was not emptied`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.web { transaction throws in
                var settings = IntegrationSettings.initial
                settings.directions[.product] = .both
                try transaction.settings.save(settings)
            }
            try stores.sync(.products([.number(1)]))
            let id = try #require(try Self.linked(1, in: stores)).id
            for prices in [[Self.euros(100)], []] {
                try stores.api { transaction throws in
                    var details = try #require(try transaction.catalog.product(id)).details
                    details.prices = prices
                    _ = try transaction.catalog.update(id, details)
                }
            }
            let page = RecordPage.products([.number(1, prices: [Self.euros(700)])])
            let taken = try stores.cron {
                try $0.pairs.takeOver(FreshRecords(page: page, readAt: try $0.syncPolicy.clock()))
            }
            #expect(taken.writes.isEmpty)
            #expect(try Self.linked(1, in: stores)?.details.prices == [Self.euros(700)])
        }
    }

    @Test func `the product that is linked already is not given to another`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(1, "A", code: "X")]))
            let counts = try stores.sync(.products([.number(2, "B", code: "X")]))
            #expect(counts[.product] == Counts(read: 1, needsAttention: 1))
            #expect(try stores.attention() == ["product 2 B"])
        }
    }

    @Test func `prices are replaced whole, and so is what was taken off the list`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(1, prices: [Self.euros(100), Self.dollars(120)])]))
            let counts = try stores.sync(.products([.number(1, prices: [Self.euros(90)])]))
            #expect(counts[.product] == Counts(read: 1, updated: 1))
            #expect(try Self.linked(1, in: stores)?.details.prices == [Self.euros(90)])
            try stores.sync(.products([.number(1, "Renamed")]))
            let renamed = try #require(try Self.linked(1, in: stores)).details
            #expect(renamed.name == "Renamed" && renamed.prices == [])
        }
    }

    @Test func `a changed code that another product of ours has is not taken, and the rest is`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.catalog.insert(ProductDetails(code: "TAKEN", name: "Ours")) }
            try stores.sync(.products([.number(1, "A", code: "FREE")]))
            let counts = try stores.sync(.products([.number(1, "A2", code: "TAKEN"), .number(2, "B")]))
            #expect(counts[.product] == Counts(read: 2, created: 1, updated: 1, needsAttention: 1))
            let details = try #require(try Self.linked(1, in: stores)).details
            #expect(details.name == "A2" && details.code == "FREE")
            #expect(try stores.attention() == ["product 1 A2"])
        }
    }

    @Test func `two linked products that swap or share codes do not stop the run`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(1, "A", code: "X"), .number(2, "B", code: "Y")]))
            try stores.sync(.products([.number(1, "A2", code: "Y"), .number(2, "B2", code: "X")]))
            #expect(try Self.linked(1, in: stores)?.details.name == "A2")
            #expect(try Self.linked(2, in: stores)?.details.name == "B2")
            try stores.sync(.products([.number(1, "A3", code: "Z"), .number(2, "B3", code: "Z")]))
            let codes = [try Self.linked(1, in: stores)?.details.code, try Self.linked(2, in: stores)?.details.code]
            #expect(Set(codes).count == 2)
        }
    }

    @Test func `a new product with the code that a linked one gets in the same run waits for a person`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(1, "A", code: "X")]))
            let counts = try stores.sync(.products([.number(1, "A", code: "Z"), .number(2, "B", code: "Z")]))
            #expect(counts[.product]?.created == 0)
            #expect(try stores.attention().contains("product 2 B"))
        }
    }

    @Test func `a product deleted in Pipedrive stays, and its link lives again when it is back`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(1)]))
            let id = try #require(try Self.linked(1, in: stores)).id
            try stores.sync(.products([.number(1, isDeleted: true)]))
            #expect(try Self.linked(1, in: stores) == nil)
            #expect(try stores.web { try $0.catalog.product(id) } != nil)
            try stores.sync(.products([.number(1)]))
            #expect(try Self.linked(1, in: stores)?.id == id)
        }
    }

    @Test func `a product deleted here is not made again, and a match for it is`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.sync(.products([.number(1, code: "X")]))
            let id = try #require(try Self.linked(1, in: stores)).id
            #expect(try stores.api { try $0.catalog.delete(id) })
            #expect(try stores.sync(.products([.number(1, "New", code: "X")]))[.product] == Counts(read: 1))
            #expect(try stores.text("select state as value from pipedrive.link") == "ended")
        }
    }
}
