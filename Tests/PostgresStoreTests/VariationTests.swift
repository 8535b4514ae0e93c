import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// Variations of products: rows of the catalog linked to product and variation, made once, and gone with either.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct VariationTests {
    private static func euros(_ units: Int64) -> Money { Money(minorUnits: units, currency: .eur) }

    private static let shirt = CatalogItem.number(5, "Shirt", code: "S", prices: [euros(900)])

    private static func variation(
        _ number: Int64, _ name: String, _ units: Int64, of product: CatalogItem = shirt
    ) throws -> CatalogItem {
        try #require(product.variation(number, name: name, prices: [euros(units)], priceDetails: []))
    }

    private static func linked(_ id: CatalogItem.ID, in stores: Stores) throws -> Product? {
        try stores.cron { try $0.catalog.linked(to: [id]) }[id]
    }

    private static func takeOver(
        _ items: [CatalogItem], missing: [Int64] = [], in stores: Stores
    ) throws -> TakenOver {
        try stores.cron {
            try $0.pairs.takeOver(
                FreshRecords(page: .products(items), missing: missing, readAt: try $0.syncPolicy.clock()))
        }
    }

    private static func both(_ stores: Stores) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = .both }
            try transaction.settings.save(settings)
        }
        try stores.sync(.organizations([]), .persons([]), .products([]))
    }

    @Test func `a variation becomes a row of its own, beside its product's, and a second time nothing`() throws {
        try withStores { stores throws in
            try stores.connect()
            let red = try Self.variation(1, "Red", 950)
            let items = [Self.shirt, red, try Self.variation(2, "Blue", 975)]
            #expect(try stores.sync(.products(items))[.product]?.created == 3)
            let row = try #require(try Self.linked(red.id, in: stores)).details
            #expect(row.name == "Shirt – Red" && row.code == nil && row.prices == [Self.euros(950)])
            #expect(row.tax == Percentage(basisPoints: 2100))
            #expect(try Self.linked(Self.shirt.id, in: stores)?.details.code == "S")
            let before = try stores.versions(of: "books.product", "books.product_price", "pipedrive.link")
            #expect(try stores.sync(.products(items))[.product] == SyncRun.Counts(read: 3))
            #expect(try stores.versions(of: "books.product", "books.product_price", "pipedrive.link") == before)
        }
    }

    @Test func `a variation that fits a row of ours by its whole name is linked, and no second is made`() throws {
        try withStores { stores throws in
            try stores.connect()
            let ours = try stores.web { try $0.catalog.insert(ProductDetails(name: "shirt – red")) }.id
            let red = try Self.variation(1, "Red", 950)
            let counts = try stores.sync(.products([Self.shirt, red]))[.product]
            #expect(counts?.created == 1 && counts?.linked == 1)
            #expect(try Self.linked(red.id, in: stores)?.id == ours)
        }
    }

    @Test func `its price comes in, and goes out when it was changed here, and nothing else of it does`() throws {
        try withStores { stores throws in
            try Self.both(stores)
            let red = try Self.variation(1, "Red", 950)
            _ = try Self.takeOver([Self.shirt, red], in: stores)
            let raised = try Self.variation(1, "Red", 990)
            #expect(try Self.takeOver([raised], in: stores).counts.updated == 1)
            let row = try #require(try Self.linked(red.id, in: stores))
            #expect(row.details.prices == [Self.euros(990)])
            try stores.api { transaction throws in
                var details = row.details
                (details.prices, details.tax, details.code) = ([Self.euros(1200)], .zero, "R")
                _ = try transaction.catalog.update(row.id, details)
            }
            #expect(try stores.cron { try $0.pairs.standing(row.id.rawValue) } == .linked(.product, red.id.rawValue))
            let write = try #require(try Self.takeOver([raised], in: stores).writes.first)
            #expect(write.recordID == red.id.rawValue && write.write.values == FieldValues([.prices: "EUR 1200"]))
            let after = try Self.variation(1, "Red", 1200)
            try stores.cron { try $0.pairs.settle(write, .done(.products([after])), run: nil) }
            #expect(try stores.number("select count(*) as value from pipedrive.local_edit") == 0)
            let mine = try #require(try Self.linked(red.id, in: stores)).details
            #expect(mine.tax == Percentage(basisPoints: 2100), "it is its product's")
            #expect(mine.code == "R" && mine.prices == [Self.euros(1200)])
            #expect(try Self.takeOver([after], in: stores).writes.isEmpty)
        }
    }

    @Test func `a run asks new and changed products, those with variations each time, and others once a week`() throws {
        try withStores { stores throws in
            try stores.connect()
            let moment = Date(timeIntervalSince1970: 1_800_000_000)
            func item(_ id: Int64, _ seconds: Double = 0) -> CatalogItem {
                CatalogItem(id: CatalogItem.ID(id), name: "P\(id)", updatedAt: moment.addingTimeInterval(seconds))
            }
            func run(_ items: [CatalogItem], _ body: (SyncRun.ID) throws -> Void) throws {
                let run = try stores.cron { try #require(try $0.sync.start(.manual, mode: .full)) }
                try stores.cron {
                    try $0.stage(.products(items), run: run, next: SyncCheckpoint(kind: .product, cursor: nil))
                }
                try body(run)
                try stores.cron { try $0.sync.finish(run, .completed, outcome: nil) }
            }
            func due(_ run: SyncRun.ID) throws -> [Int64] {
                try stores.cron { try $0.variations.due(run, limit: 25) }.map(\.id.rawValue)
            }
            func ask(_ items: [CatalogItem], having: Set<Int64> = [], run: SyncRun.ID) throws {
                try stores.cron { try $0.variations.keep(asked: items, having: having, run: run) }
            }
            try run([item(1), item(2), item(3)]) { run throws in
                #expect(try due(run) == [1, 2, 3])
                let items = try stores.cron { try $0.variations.due(run, limit: 2) }
                #expect(items.map(\.name) == ["P1", "P2"] && items.first?.updatedAt == moment)
                try ask(items, having: [2], run: run)
                #expect(try due(run) == [3])
                try ask([item(3)], run: run)
                #expect(try due(run) == [])
            }
            try run([item(1), item(2), item(3, 5), item(4)]) { run throws in
                #expect(try due(run) == [4, 2, 3])
            }
            try stores.raw("update pipedrive.product_look set looked_at = looked_at - interval '8 days'")
            try run([item(1), item(2), item(3)]) { run throws in #expect(try due(run) == [2, 1, 3]) }
        }
    }

    @Test func `what an applied preview promised is asked first, and no sort of product starves another`() throws {
        try withStores { stores throws in
            try stores.connect()
            let items = (1...60).map { CatalogItem.number($0, "P\($0)") }
            func run(_ mode: SyncRun.Mode, plan: SyncRun.ID? = nil, _ body: (SyncRun.ID) throws -> Void) throws {
                let run = try stores.cron { try #require(try $0.sync.start(.manual, mode: mode, plan: plan)) }
                try stores.cron {
                    try $0.stage(.products(items), run: run, next: SyncCheckpoint(kind: .product, cursor: nil))
                }
                try body(run)
                try stores.cron { try $0.sync.finish(run, .completed, outcome: nil) }
            }
            func due(_ run: SyncRun.ID) throws -> Set<Int64> {
                Set(try stores.cron { try $0.variations.due(run, limit: 25) }.map(\.id.rawValue))
            }
            var preview: SyncRun.ID?
            try run(.preview) { run throws in
                preview = run
                let asked = Array(items[35..<60])
                try stores.cron { try $0.variations.keep(asked: asked, having: [41, 42], run: run) }
            }
            try run(.full, plan: preview) { run throws in #expect(try due(run).isSuperset(of: [41, 42])) }
            // Thirty-five were never asked, thirty have variations now, and one was asked long ago.
            try stores.raw("update pipedrive.product_look set has_variations = record_id <> 60, run_id = null")
            try stores.raw(
                "update pipedrive.product_look set looked_at = looked_at - interval '8 days' where record_id = 60")
            try run(.full) { run throws in
                let asked = try due(run)
                #expect(asked.contains(60) && asked.count { $0 > 35 } > 5 && asked.count { $0 <= 35 } > 5)
            }
        }
    }

    @Test func `a run asks no more than two hundred products, and live changes of many only those with variations`()
        throws
    {
        try withStores { stores throws in
            try stores.connect()
            let items = (1...230).map { CatalogItem.number($0, "P\($0)") }
            let run = try stores.cron { try #require(try $0.sync.start(.manual, mode: .full)) }
            try stores.cron {
                try $0.stage(.products(items), run: run, next: SyncCheckpoint(kind: .product, cursor: nil))
            }
            var asked = 0
            while true {
                let due = try stores.cron { try $0.variations.due(run, limit: 60) }
                guard !due.isEmpty else { break }
                asked += due.count
                try stores.cron { try $0.variations.keep(asked: due, having: [7], run: run) }
            }
            #expect(asked == 200)
            #expect(try stores.cron { try $0.variations.due(Array(items.prefix(10))) }.count == 10)
            #expect(try stores.cron { try $0.variations.due(items) }.map(\.id.rawValue) == [7])
        }
    }

    @Test(arguments: [(40, 3), (230, 10), (390, 30), (500, 1)])
    func `a preview says how many questions the run that applies it spares`(count: Int, having: Int) throws {
        try withStores { stores throws in
            try stores.connect()
            func asked(by run: SyncRun.ID) throws -> Int {
                try stores.cron {
                    try $0.stage(
                        .products((1...Int64(count)).map { CatalogItem.number($0, "P\($0)") }), run: run,
                        next: SyncCheckpoint(kind: .product, cursor: nil))
                }
                var asked = 0
                while true {
                    let due = try stores.cron { try $0.variations.due(run, limit: 25) }
                    guard !due.isEmpty else { return asked }
                    asked += due.count
                    try stores.cron {
                        try $0.variations.keep(asked: due, having: Set(1...Int64(having)), run: run)
                    }
                }
            }
            func started(_ mode: SyncRun.Mode, plan: SyncRun.ID? = nil) throws -> SyncRun.ID {
                try stores.cron { try #require(try $0.sync.start(.manual, mode: mode, plan: plan)) }
            }
            let preview = try started(.preview)
            let before = try asked(by: preview)
            try stores.cron { transaction throws in
                try transaction.variations.spare(preview)
                try transaction.sync.finish(preview, .completed, outcome: nil)
            }
            let spared = try #require(try stores.cron { try $0.syncLog.run(preview) }).sparedLooks
            let after = try asked(by: try started(.full, plan: preview))
            #expect(spared == before - after)
        }
    }

    @Test func `variations rest when they, or their product, are gone, and only then`() throws {
        try withStores { stores throws in
            try stores.connect()
            let (red, blue) = (try Self.variation(1, "Red", 950), try Self.variation(2, "Blue", 975))
            let other = CatalogItem.number(6, "Coat")
            let long = try Self.variation(1, "Long", 5000, of: other)
            _ = try Self.takeOver([Self.shirt, red, blue, other, long], in: stores)
            #expect(try stores.cron { try $0.variations.linked([5]) }.sorted() == [red, blue].map(\.id.rawValue))
            /// A run that lists these, having asked those products; what the run before linked is not on the list.
            func run(_ items: [CatalogItem], asked: [CatalogItem]) throws {
                let run = try stores.cron { try #require(try $0.sync.start(.manual, mode: .full)) }
                try stores.cron { transaction throws in
                    try transaction.variations.keep(asked: asked, having: [5, 6], run: run)
                    try transaction.stage(
                        .products(items), run: run, next: SyncCheckpoint(kind: .product, cursor: nil))
                    _ = try transaction.pairs.decide(.product, run: run, after: nil, limit: 100)
                    try transaction.sync.finish(run, .completed, outcome: nil)
                }
            }
            try run([Self.shirt, red, other], asked: [Self.shirt])
            #expect(try Self.linked(red.id, in: stores) != nil && Self.linked(blue.id, in: stores) == nil)
            #expect(try Self.linked(long.id, in: stores) != nil, "its product was not asked")
            try run([Self.shirt, red, blue], asked: [Self.shirt])
            #expect(try Self.linked(blue.id, in: stores) != nil, "it is back")
            #expect(try Self.linked(long.id, in: stores) == nil, "its product is gone")
            #expect(try stores.number("select count(*) as value from books.product") == 5)
            _ = try Self.takeOver([Self.shirt], missing: [red.id.rawValue], in: stores)
            #expect(try Self.linked(red.id, in: stores) == nil)
        }
    }
}
