import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// A preview writes nothing, a run that applies it does what it said, and what changed in between is left alone.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct PreviewTests {
    private static func connected(_ stores: Stores, _ direction: SyncDirection = .both) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = direction }
            try transaction.settings.save(settings)
        }
    }

    /// A run over these pages to its end, without what goes to Pipedrive; its tasks.
    @discardableResult
    private static func run(
        _ mode: SyncRun.Mode, plan: SyncRun.ID? = nil, _ pages: [RecordPage], _ stores: Stores
    ) throws -> (run: SyncRun, tasks: [SyncTask]) {
        let id = try #require(try stores.cron { try $0.sync.start(.manual, mode: mode, plan: plan) })
        for page in pages {
            try stores.cron { try $0.stage(page, run: id, next: SyncCheckpoint(kind: page.kind, cursor: nil)) }
        }
        var tasks: [SyncTask] = []
        for kind in [RecordKind.organization, .person, .product] {
            var last: Int64?
            repeat {
                last = try stores.cron { try $0.pairs.decide(kind, run: id, after: last, limit: 2) }
            } while last != nil
            try stores.cron { try $0.syncTasks.plan(kind, run: id) }
            for creates in [false, true] {
                tasks += try stores.cron { try $0.syncTasks.tasks(kind, run: id, creates: creates, limit: 100) }
            }
        }
        try stores.cron { try $0.sync.finish(id, .completed, outcome: nil) }
        return (try #require(try stores.web { try $0.syncLog.run(id) }), tasks)
    }

    private static func pages(_ persons: [Person]) -> [RecordPage] {
        [.organizations([.number(50, "Acme")]), .persons(persons), .products([])]
    }

    private static let persons: [Person] = [
        .number(1, "Ada", organization: 50, emails: ["ada@example.com"], phones: ["+31 1"]),
        .number(2, "Bo", emails: ["bo@example.com"]), .number(3, "Cy", emails: ["cy@example.com"]),
    ]

    @Test func `a preview writes nothing and says what a run would do`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let (ada, dee) = try stores.api { transaction throws in
                (
                    try transaction.addContact("Ada", emails: ["ada@example.com"]),
                    try transaction.addContact("Dee", emails: ["dee@example.com"])
                )
            }
            let before = try stores.versions(of: "books.contact")
            let (run, tasks) = try Self.run(.preview, Self.pages(Self.persons), stores)
            #expect(try stores.versions(of: "books.contact") == before && tasks.isEmpty)
            #expect(try stores.number("select count(*) as value from pipedrive.link") == 0)
            #expect(
                run.counts[.person] == SyncRun.Counts(read: 3, created: 2, linked: 1, createdThere: 1))
            #expect(try stores.web { try $0.syncLog.isCurrent(run.id) })
            #expect(try stores.web { try $0.syncPolicy.policy() }?.isApplied == false)
            let samples = try stores.web { try $0.syncLog.samples(of: run, limit: 1) }
            #expect(samples.map(\.action) == [.created, .created, .linked, .createdThere])
            #expect(samples.last?.localID == dee.rawValue && samples[2].localID == ada.rawValue)
            #expect(samples[2].fields.map(\.name) == ["phones"])
            #expect(samples[2].fields.map(\.after) == ["+31 1"])
            #expect(try stores.web { try $0.sync.recentRuns() }.isEmpty)
        }
    }

    @Test func `applying does exactly the plan`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let (ada, dee) = try stores.api { transaction throws in
                (
                    try transaction.addContact("Ada", emails: ["ada@example.com"]).rawValue,
                    try transaction.addContact("Dee", emails: ["dee@example.com"]).rawValue
                )
            }
            let plan = try Self.run(.preview, Self.pages(Self.persons), stores).run
            let (run, tasks) = try Self.run(.full, plan: plan.id, Self.pages(Self.persons), stores)
            #expect(run.plan == plan.id && run.counts.values.allSatisfy { $0.postponed == 0 })
            #expect(run.counts[.person]?.created == 2 && run.counts[.person]?.linked == 1)
            #expect(try stores.linked(.person, 1)?.id.rawValue == ada)
            #expect(try stores.linked(.person, 1)?.details.phones == ["+31 1"])
            #expect(try stores.linked(.person, 1)?.details.organizationID == stores.linked(.organization, 50)?.id)
            #expect(try stores.linked(.person, 2) != nil && stores.linked(.person, 3) != nil)
            #expect(tasks.filter { $0.recordID == nil }.map(\.localID) == [dee])
            #expect(try stores.web { try $0.syncPolicy.policy() }?.isApplied == true)
            #expect(try stores.number("select count(*) as value from pipedrive.sync_plan") == 0)
        }
    }

    @Test func `what is not as it was said is left alone and listed`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let (ada, dee) = try stores.api { transaction throws in
                (
                    try transaction.addContact("Ada", emails: ["ada@example.com"]),
                    try transaction.addContact("Dee", emails: ["dee@example.com"])
                )
            }
            let plan = try Self.run(.preview, Self.pages(Self.persons), stores).run
            // Bo was renamed, Cy deleted, Eve is new; of ours Dee was renamed and Flo is new.
            let now: [Person] = [
                .number(1, "Ada", organization: 50, emails: ["ada@example.com"], phones: ["+31 1"]),
                .number(2, "Bob", emails: ["bo@example.com"]), .number(4, "Eve", emails: ["eve@example.com"]),
            ]
            try stores.api { transaction throws in
                var details = try #require(try transaction.contacts.contact(dee)).details
                details.name = "Dee Dee"
                _ = try transaction.contacts.update(dee, details)
                _ = try transaction.addContact("Flo", emails: ["flo@example.com"])
            }
            let (run, tasks) = try Self.run(.full, plan: plan.id, Self.pages(now), stores)
            #expect(try stores.linked(.person, 1)?.id == ada)
            #expect(try stores.linked(.person, 2) == nil && stores.linked(.person, 4) == nil)
            #expect(tasks.allSatisfy { $0.recordID != nil })
            let left = try stores.web { try $0.syncLog.changes(of: run.id, after: nil, limit: 100) }
                .filter { $0.action == .postponed }
            #expect(Set(left.map(\.name)) == ["Bob", "Cy", "Eve", "Dee Dee", "Flo"])
            #expect(run.counts[.person]?.postponed == 5)
            // The next run is free to do them.
            let next = try Self.run(.full, Self.pages(now), stores)
            #expect(try stores.linked(.person, 2)?.details.name == "Bob" && stores.linked(.person, 4) != nil)
            #expect(next.tasks.filter { $0.recordID == nil }.count == 2)
        }
    }

    @Test func `a preview is out of date once something was set or ran since`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            func isCurrent(_ run: SyncRun) throws -> Bool { try stores.web { try $0.syncLog.isCurrent(run.id) } }
            let first = try Self.run(.preview, Self.pages([]), stores).run
            #expect(try isCurrent(first))
            try stores.web { try $0.settings.save(.initial) }
            #expect(try !isCurrent(first))
            let second = try Self.run(.preview, Self.pages([]), stores).run
            #expect(try isCurrent(second))
            try stores.web { try $0.syncPolicy.save(mapping: FieldMapping(vatNumber: "abc")) }
            #expect(try !isCurrent(second))
            let third = try Self.run(.preview, Self.pages([]), stores).run
            #expect(try isCurrent(third) && !isCurrent(second))
            try Self.run(.full, Self.pages([]), stores)
            #expect(try !isCurrent(third))
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.syncLog.run(third.id) } == nil)
        }
    }
}
