import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SyncRunTests {
    private struct Killed: Error {}
    private static let begin = SyncCheckpoint.start

    @Test func `a run queues its first step and goes on from its checkpoint`() throws {
        try withStores { stores throws in
            try stores.connect()
            let run = try #require(try stores.web { try $0.sync.start(.manual, mode: .full) })
            let message = try #require(try stores.messages().first)
            #expect(message.kind == .sync && message.subject == run.text)
            #expect(try stores.number("select priority as value from queue.message") == 5)
            #expect(try stores.cron { try $0.sync.position(run)?.checkpoint } == Self.begin)
            let next = SyncCheckpoint(kind: .person, cursor: "opaque==")
            try stores.cron { try $0.stage(.organizations([.number(1)]), run: run, next: next, tokenCost: 20) }
            #expect(try stores.cron { try $0.sync.position(run)?.checkpoint } == next)
            try stores.cron { try $0.sync.wait(run, for: "The day is over") }
            #expect(try stores.web { try $0.sync.recentRuns() }.first?.outcome == "The day is over")
            let plan = SyncCheckpoint(phase: .decide, kind: .organization, cursor: nil)
            try stores.cron { try $0.stage(.persons([.number(2)]), run: run, next: plan, tokenCost: 22) }
            #expect(try stores.cron { try $0.sync.position(run)?.checkpoint } == plan)
            #expect(try stores.web { try $0.sync.recentRuns() }.first?.outcome == nil)
            let other = try stores.makeCompany()
            #expect(try stores.cron(other) { try $0.sync.position(run)?.checkpoint } == nil)
            #expect(try stores.cron { try $0.pairs.decide(.organization, run: run, after: nil, limit: 9) } == 1)
            #expect(try stores.cron { try $0.pairs.decide(.organization, run: run, after: 1, limit: 9) } == nil)
            try stores.cron { try $0.sync.finish(run, .completed, outcome: "All done") }
            #expect(try stores.cron { try $0.sync.position(run)?.checkpoint } == nil)
            let recent = try #require(try stores.web { try $0.sync.recentRuns() }.first)
            #expect(recent.id == run && recent.state == .completed && recent.startedBy == .manual)
            #expect(recent.tokenCost == 42 && recent.outcome == "All done" && recent.finishedAt != nil)
            #expect(recent.counts == [.organization: SyncRun.Counts(read: 1, created: 1)])
            #expect(recent.mode == .full && recent.progress.done == 2)
            #expect(try stores.number("select count(*) as value from pipedrive.staged_record") == 0)
        }
    }

    @Test func `page and checkpoint are kept together or not at all`() throws {
        try withStores { stores throws in
            try stores.connect()
            let run = try #require(try stores.cron { try $0.sync.start(.schedule, mode: .full) })
            #expect(throws: Killed.self) {
                try stores.cron { transaction throws in
                    try transaction.stage(
                        .organizations([.number(1)]), run: run, next: SyncCheckpoint(kind: .person, cursor: "x"),
                        tokenCost: 20)
                    throw Killed()
                }
            }
            #expect(try stores.cron { try $0.sync.position(run)?.checkpoint } == Self.begin)
            #expect(try stores.number("select count(*) as value from pipedrive.staged_record") == 0)
            #expect(try stores.cron { try $0.sync.recentRuns() }.first?.tokenCost == 0)
        }
    }

    @Test func `a page that comes after the end of its run is not kept`() throws {
        try withStores { stores throws in
            try stores.connect()
            let run = try #require(try stores.cron { try $0.sync.start(.schedule, mode: .full) })
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.cron { try $0.stage(.persons([.number(1)]), run: run, next: Self.begin, tokenCost: 20) }
            #expect(try stores.number("select count(*) as value from pipedrive.staged_record") == 0)
            #expect(try stores.cron { try $0.sync.recentRuns() }.first?.tokenCost == 0)
        }
    }

    @Test func `two runs of one connection are refused, also at once; of two connections not`() throws {
        try withStores { stores throws in
            try stores.connect()
            let started = race(8) { _ in try stores.web { try $0.sync.start(.manual, mode: .full) } }
            #expect(started.allSatisfy { $0.failure == nil })
            let runs = started.compactMap { $0.value ?? nil }
            #expect(runs.count == 1)
            #expect(try stores.number("select count(*) as value from queue.message where kind = 'sync'") == 1)
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.sync.start(.manual, mode: .full) } != nil)
            try stores.cron { try $0.sync.finish(try #require(runs.first), .failed, outcome: "Pipedrive is down") }
            #expect(try stores.web { try $0.sync.start(.manual, mode: .full) } != nil)
        }
    }

    @Test func `a run ends once`() throws {
        try withStores { stores throws in
            try stores.connect()
            let run = try #require(try stores.cron { try $0.sync.start(.schedule, mode: .full) })
            try stores.cron { try $0.sync.finish(run, .completed, outcome: nil) }
            try stores.cron { try $0.sync.finish(run, .failed, outcome: "late") }
            let recent = try stores.cron { try $0.sync.recentRuns() }
            #expect(recent.map(\.state) == [.completed])
            #expect(recent.first?.outcome == nil)
        }
    }

    @Test func `the last fifty runs are shown, newest first`() throws {
        try withStores { stores throws in
            try stores.raw(
                """
                insert into pipedrive.sync_run (company_id, state, started_by, started_at, finished_at, token_cost)
                select \(stores.company)::uuid, 'completed', 'schedule', '2026-01-01'::timestamptz + n * interval '1 day',
                    '2027-01-01', n
                from generate_series(1, 60) n
                """)
            #expect(try stores.web { try $0.sync.recentRuns() }.map(\.tokenCost) == Array((11...60).reversed()))
        }
    }

    @Test func `a record that moved between pages counts once, as it was last`() throws {
        try withStores { stores throws in
            try stores.connect()
            let other = try stores.makeCompany()
            try stores.connect(.number(2, company: 88), company: other)
            let theirs = try #require(try stores.cron(other) { try $0.sync.start(.manual, mode: .full) })
            let crowd = RecordPage.persons((1...500).map { Person.number($0, "Person \($0)") })
            try stores.cron(other) { try $0.stage(crowd, run: theirs, next: Self.begin, tokenCost: 0) }
            let run = try #require(try stores.cron { try $0.sync.start(.manual, mode: .full) })
            func stage(_ name: String) throws {
                let page = RecordPage.persons([.number(900, name)])
                try stores.secondStorage().transaction(.cron(stores.company)) {
                    try $0.stage(page, run: run, next: Self.begin, tokenCost: 0)
                }
            }
            try stage("First")
            // The space that this frees lies before the first row, and is filled before more is added at the end.
            try stores.cron(other) { try $0.sync.finish(theirs, .failed, outcome: nil) }
            try stores.raw("vacuum pipedrive.staged_record")
            try stage("Last")
            _ = try stores.cron { try $0.pairs.decide(.person, run: run, after: nil, limit: 9) }
            #expect(
                try stores.cron { try $0.sync.recentRuns() }.first?.counts[.person]
                    == SyncRun.Counts(read: 1, created: 1))
            #expect(
                try stores.text("select name as value from books.contact where company_id = \(stores.company)")
                    == "Last")
        }
    }
}
