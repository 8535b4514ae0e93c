import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TakeoverRaceTests {
    @Test func `one person taken over many times at once becomes one contact`() throws {
        try withStores { stores throws in
            try stores.connect()
            let taken = race(8) { _ in
                try stores.cron { try $0.takeOver(.persons([.number(1, emails: ["ada@example.com"])])) }
            }
            #expect(taken.allSatisfy { $0.failure == nil })
            #expect(taken.compactMap(\.value).map(\.created).reduce(0, +) == 1)
            #expect(try stores.contactCount() == 1)
            #expect(try stores.number("select count(*) as value from pipedrive.link") == 1)
            #expect(try stores.number("select count(*) as value from pipedrive.staged_record") == 0)
        }
    }

    @Test func `two persons who fit one contact do not both get it when they come at once`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Ada", emails: ["ada@example.com"]) }
            let taken = race(6) { index in
                try stores.cron {
                    try $0.takeOver(.persons([.number(Int64(index) + 1, emails: ["ada@example.com"])]))
                }
            }
            #expect(taken.allSatisfy { $0.failure == nil })
            let counts = taken.compactMap(\.value)
            #expect(counts.map(\.linked).reduce(0, +) == 1)
            #expect(counts.map(\.needsAttention).reduce(0, +) == 5)
            #expect(try stores.contactCount() == 1)
        }
    }

    @Test func `a run's step and a live change at the same time make one contact`() throws {
        try withStores { stores throws in
            try stores.connect()
            let run = try #require(try stores.cron { try $0.sync.start(.manual, mode: .full) })
            let page = RecordPage.persons([.number(1, emails: ["ada@example.com"]), .number(2, "Bob")])
            try stores.cron {
                try $0.stage(page, run: run, next: SyncCheckpoint(phase: .decide, kind: .person, cursor: nil))
            }
            let taken = race(2) { index in
                try stores.cron { transaction throws in
                    if index == 0 {
                        _ = try transaction.pairs.decide(.person, run: run, after: nil, limit: 10)
                    } else {
                        _ = try transaction.takeOver(page)
                    }
                }
            }
            #expect(taken.allSatisfy { $0.failure == nil })
            #expect(try stores.number("select count(*) as value from pipedrive.link") == 2)
            #expect(try stores.contactCount() == 2)
        }
    }

    @Test func `without a connection nothing is taken over`() throws {
        try withStores { stores throws in
            let counts = try stores.cron { try $0.takeOver(.persons([.number(1)])) }
            #expect(counts == SyncRun.Counts())
            #expect(try stores.contactCount() == 0)
            #expect(try stores.number("select count(*) as value from pipedrive.staged_record") == 0)
        }
    }
}
