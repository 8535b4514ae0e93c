import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// What is in doubt after a restore, store by store; `EndToEndRestoreTests` tells the whole story.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct RestorationTests {
    private static let backup = Date(timeIntervalSince1970: 1_900_000_000)

    private static func connected(_ stores: Stores, _ direction: SyncDirection = .both) throws {
        try stores.connect()
        try stores.web { transaction throws in
            var settings = IntegrationSettings.initial
            for kind in RecordKind.allCases { settings.directions[kind] = direction }
            try transaction.settings.save(settings)
        }
        try stores.sync(.organizations([]), .persons([]), .products([]))
    }

    private static func person(_ id: Int64, _ name: String, addedAt seconds: Double) -> Person {
        Person(id: Person.ID(id), name: name, addedAt: backup.addingTimeInterval(seconds), updatedAt: backup)
    }

    @Test func `a note that waits, runs or was given up is looked for, and no other message`() throws {
        try withStores { stores throws in
            for subject in ["waits", "runs", "given up", "done"] {
                try stores.cron { _ = try $0.queue.add(NewMessage(kind: .note, subject: subject)) }
            }
            try stores.cron { _ = try $0.queue.add(NewMessage(kind: .webhook, subject: "1")) }
            let held = try stores.messages()
            func message(_ subject: String) throws -> OutboxMessage {
                try #require(held.first { $0.subject == subject })
            }
            #expect(try stores.finish(try message("waits"), .snoozed(seconds: 60, reason: "r")))
            #expect(try stores.finish(try message("given up"), .discarded(reason: "r")))
            #expect(try stores.finish(try message("done"), .completed(note: nil)))
            #expect(try stores.everywhere { try $0.restoration.doubtNotes() } == 3)
            #expect(try stores.everywhere { try $0.restoration.doubtNotes() } == 0)
            #expect(
                try stores.raw("select subject from queue.message where has_unclear_attempt order by 1")
                    .map { try $0.string("subject") } == ["given up", "runs", "waits"])
        }
    }

    @Test func `a record without a link counts as sent at the backup, and finds what says just that`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            let id = try stores.api { try $0.addContact("Ada") }.rawValue
            func doubt() throws -> Int {
                try stores.cron { try $0.restoration.doubtCreations(.person, since: Self.backup) }
            }
            #expect(try doubt() == 1)
            #expect(try doubt() == 0)
            #expect(try stores.cron { try $0.pairs.standing(id) } == .unclear(.person, since: Self.backup))
            let (older, other) = (Self.person(1, "Ada", addedAt: -200), Self.person(2, "Grace", addedAt: 50))
            #expect(try stores.cron { try $0.takeOver(.persons([older, other])) }.linked == 0)
            let ours = Self.person(3, "Ada", addedAt: 50)
            #expect(try stores.cron { try $0.takeOver(.persons([ours])) } == SyncRun.Counts(read: 1, linked: 1))
            #expect(try stores.linked(.person, 3)?.id.rawValue == id)
        }
    }

    @Test func `what stays in PayDock, is linked, or waits for a person is in no doubt`() throws {
        try withStores { stores throws in
            try Self.connected(stores, .pull)
            _ = try stores.api { try $0.addContact("Ada") }
            #expect(try stores.cron { try $0.restoration.doubtCreations(.person, since: Self.backup) } == 0)
        }
        try withStores { stores throws in
            try Self.connected(stores)
            try stores.cron { _ = try $0.takeOver(.persons([.number(1, "Ada", emails: ["ada@example.com"])])) }
            for name in ["One", "Two"] { _ = try stores.api { try $0.addContact(name, emails: ["same@example.com"]) } }
            let shared = try stores.raw("select id from books.contact where name = 'One'").first?.uuid("id")
            _ = try stores.cron { try $0.pairs.standing(try #require(shared)) }
            #expect(try stores.attentionOfOurs() == ["One"])
            #expect(try stores.cron { try $0.restoration.doubtCreations(.person, since: Self.backup) } == 1)
        }
    }

    @Test func `nothing is made in Pipedrive before its lists were read again`() throws {
        try withStores { stores throws in
            try Self.connected(stores)
            try stores.cron { try $0.sync.forgetLists() }
            let id = try stores.api { try $0.addContact("Ada") }.rawValue
            #expect(try stores.cron { try $0.pairs.standing(id) } == .unread(.person))
        }
    }

    @Test func `it is gone through once, until a drainer works again`() throws {
        try withStores { stores throws in
            #expect(try stores.everywhere { try $0.restoration.lastWork() } == nil)
            try stores.everywhere { try $0.drainers.checkIn(worker: "w", held: 0, hears: false) }
            let worked = try #require(try stores.everywhere { try $0.restoration.lastWork() })
            #expect(try stores.everywhere { try $0.restoration.goneThroughAt() } == nil)
            try stores.everywhere { try $0.restoration.noteGoneThrough() }
            #expect(try #require(try stores.everywhere { try $0.restoration.goneThroughAt() }) >= worked)
            try stores.everywhere { try $0.drainers.checkIn(worker: "w", held: 0, hears: false) }
            #expect(
                try #require(try stores.everywhere { try $0.restoration.lastWork() })
                    > #require(try stores.everywhere { try $0.restoration.goneThroughAt() }))
        }
    }
}

extension Stores {
    fileprivate func attentionOfOurs() throws -> [String] {
        try raw("select name from pipedrive.local_attention order by 1").map { try $0.string("name") }
    }
}
