import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What one record gives up and another one gets, when a run decides about them in different batches: of three here.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct BatchOrderTests {
    private static let others = (2...8).map { Person.number($0, "Person \($0)", emails: ["p\($0)@example.com"]) }

    private static func emails(_ record: Int64, _ stores: Stores) throws -> [String]? {
        try stores.linked(.person, record)?.details.emails
    }

    private static func quiet(_ stores: Stores, _ page: RecordPage) throws {
        let versions = try stores.versions(of: "books.contact") + stores.versions(of: "pipedrive.link")
        let counts = try #require(try stores.sync(page)[page.kind])
        #expect(counts == SyncRun.Counts(read: page.count))
        #expect(try stores.versions(of: "books.contact") + stores.versions(of: "pipedrive.link") == versions)
    }

    @Test(arguments: [true, false])
    func `an address that moves between two linked persons moves between their contacts`(toTheFirst: Bool) throws {
        try withStores { stores throws in
            try stores.connect()
            let (first, last) = (["a@example.com", "moves@example.com"], ["z@example.com"])
            func page(_ first: [String], _ last: [String]) -> RecordPage {
                .persons(
                    [.number(1, "First", emails: first)] + Self.others + [.number(9, "Last", emails: last)])
            }
            let (with, without) = (["z@example.com", "moves@example.com"], ["a@example.com"])
            let (one, other) = (page(first, last), page(without, with))
            let (before, after) = toTheFirst ? (other, one) : (one, other)
            try stores.sync(before)
            let count = try stores.contactCount()
            #expect(try stores.sync(after)[.person] == SyncRun.Counts(read: 9, updated: 2))
            #expect(try Self.emails(1, stores) == (toTheFirst ? first : without))
            #expect(try Self.emails(9, stores) == (toTheFirst ? last : with))
            #expect(try stores.contactCount() == count && stores.attention() == [])
            try Self.quiet(stores, after)
        }
    }

    @Test func `an address that a linked person gave up further down the list is free for who has it now`() throws {
        try withStores { stores throws in
            try stores.connect()
            let shared = Person.number(1, "First", emails: ["moves@example.com"])
            let last = Person.number(9, "Last", emails: ["z@example.com", "moves@example.com"])
            try stores.sync(.persons(Self.others + [last]))
            try stores.sync(.persons([shared] + Self.others + [last]))
            #expect(try stores.attention() == ["person 1 First"])
            let page = RecordPage.persons([shared] + Self.others + [.number(9, "Last", emails: ["z@example.com"])])
            let counts = try stores.sync(page)[.person]
            #expect(counts == SyncRun.Counts(read: 9, created: 1, updated: 1))
            #expect(try Self.emails(1, stores) == ["moves@example.com"])
            #expect(try Self.emails(9, stores) == ["z@example.com"])
            #expect(try stores.attention() == [])
            try Self.quiet(stores, page)
        }
    }

    @Test func `who still shares an address after all batches still waits`() throws {
        try withStores { stores throws in
            try stores.connect()
            let last = ["z@example.com", "moves@example.com"]
            try stores.sync(.persons(Self.others + [.number(9, "Last", emails: last)]))
            let first = Person.number(1, "First", emails: ["moves@example.com"])
            let page = RecordPage.persons([first] + Self.others + [.number(9, "Latest", emails: last)])
            let counts = try stores.sync(page)[.person]
            #expect(counts == SyncRun.Counts(read: 9, updated: 1, needsAttention: 1))
            #expect(try stores.attention() == ["person 1 First"])
        }
    }

    @Test func `a code that a product gave up further down the list comes in where it is now`() throws {
        try withStores { stores throws in
            try stores.connect()
            let others = (2...8).map { CatalogItem.number($0, "Item \($0)", code: "I\($0)") }
            try stores.sync(
                .products([.number(1, "First", code: "X")] + others + [.number(9, "Last", code: "Y")]))
            let page = RecordPage.products([.number(1, "First", code: "Y")] + others + [.number(9, "Last", code: "Z")])
            try stores.sync(page)
            #expect(try stores.attention() == [])
            for (record, code) in [(Int64(1), "Y"), (9, "Z")] {
                let id = CatalogItem.ID(record)
                #expect(try stores.cron { try $0.catalog.linked(to: [id]) }[id]?.details.code == code)
            }
            #expect(try stores.sync(page)[.product] == SyncRun.Counts(read: 9))
        }
    }

    @Test func `a long row of codes that move on comes in run by run, and no run tries for ever`() throws {
        try withStores { stores throws in
            try stores.connect()
            func page(_ offset: Int) -> RecordPage {
                .products((1...15).map { .number(Int64($0), "Item \($0)", code: "C\(Int($0) + offset)") })
            }
            try stores.sync(page(0))
            var runs = 0
            repeat {
                try stores.sync(page(1))
                runs += 1
            } while try !stores.attention().isEmpty && runs < 15
            #expect(try stores.attention() == [])
            for number in 1...15 {
                let id = CatalogItem.ID(Int64(number))
                let code = try stores.cron { try $0.catalog.linked(to: [id]) }[id]?.details.code
                #expect(code == "C\(number + 1)")
            }
        }
    }

    @Test func `a code that a product gave up further down the list makes a new product of who has it now`() throws {
        try withStores { stores throws in
            try stores.connect()
            let others = (2...8).map { CatalogItem.number($0, "Item \($0)", code: "I\($0)") }
            try stores.sync(.products(others + [.number(9, "Last", code: "Y")]))
            let page = RecordPage.products([.number(1, "First", code: "Y")] + others + [.number(9, "Last", code: "Z")])
            try stores.sync(page)
            #expect(try stores.attention() == [])
            let made = try stores.cron { try $0.catalog.linked(to: [CatalogItem.ID(1)]) }[CatalogItem.ID(1)]
            #expect(made?.details.name == "First" && made?.details.code == "Y")
            #expect(try stores.sync(page)[.product] == SyncRun.Counts(read: 9))
        }
    }
}
