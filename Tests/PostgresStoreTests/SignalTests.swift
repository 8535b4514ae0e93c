import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SignalTests {
    private static let sessionLocks = """
        from pg_locks where locktype = 'advisory' and classid = 20529
            and database = (select oid from pg_database where datname = current_database())
        """

    private func announce(_ stores: Stores, hears: Bool = true) throws {
        try stores.everywhere { _ = try $0.drainers.idle(worker: "w", held: 0, seconds: 60, hears: hears) }
    }

    @Test func `a signal that hears itself passes on what writers add`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps = signal.wakeUps(worker: "listener").makeAsyncIterator()
            #expect(await wakeUps.next() == .hears)
            try announce(stores)
            _ = try stores.api { try $0.events.append(.quoteSent, subject: UUID()) }
            #expect(await wakeUps.next() == .rang)
        }
    }

    @Test func `writers notify only while a drainer is idle and listens`() throws {
        try withStores { stores in
            let listener = try stores.database.connect()
            try listener.listen("paydock_queue")
            func write() throws { _ = try stores.api { try $0.events.append(.quoteSent, subject: UUID()) } }
            func heard() throws -> [String] {
                try stores.raw("select pg_notify('paydock_queue', 'end')")
                var payloads: [String] = []
                while let next = try listener.waitForNotification(timeout: .seconds(60)), next.payload != "end" {
                    payloads.append(next.payload)
                }
                return payloads
            }
            try write()
            #expect(try heard() == [])
            try announce(stores, hears: false)
            try write()
            #expect(try heard() == [])
            try announce(stores)
            try write()
            try stores.receive([1])
            #expect(try heard() == ["", ""])
            try stores.everywhere { try $0.drainers.checkIn(worker: "w", held: 5, hears: true) }
            try write()
            #expect(try heard() == [])
            try announce(stores)
            try stores.everywhere { try $0.drainers.checkOut(worker: "w") }
            try write()
            #expect(try heard() == [])
        }
    }

    @Test func `notes, which drainers queue themselves, notify nobody`() throws {
        try withStores { stores in
            let listener = try stores.database.connect()
            try listener.listen("paydock_queue")
            try announce(stores)
            try stores.add("a note")
            try stores.raw("select pg_notify('paydock_queue', 'end')")
            #expect(try listener.waitForNotification(timeout: .seconds(60))?.payload == "end")
        }
    }

    @Test func `a worker's notes are its own while its session is open; then they are looked for at once`() throws {
        try withStores { stores in
            try stores.add("note")
            try stores.cron { _ = try $0.queue.add(NewMessage(kind: .record, subject: "record")) }
            let held = try stores.messages(worker: "listener")
            let session = try stores.database.connect()
            _ = try session.query("select pg_advisory_lock_shared(20529, hashtext('listener'))")
            #expect(try stores.rescue() == 0)
            // Not everybody has a session that shows it: behind a pooler nobody does.
            try stores.everywhere { try $0.drainers.checkIn(worker: "deaf", held: 1, hears: false) }
            try stores.everywhere { try $0.drainers.checkIn(worker: "listener", held: 2, hears: true) }
            #expect(try stores.rescue() == 0)
            session.close()
            try stores.wait(
                for: "the end of the session", "select count(*) = 0 as value \(unsafe: Self.sessionLocks)")
            #expect(try stores.rescue(worker: "listener") == 0, "nobody doubts itself")
            #expect(try stores.rescue(repeatSeconds: 10) == 1)
            #expect(try stores.rescue() == 0)
            let note = try #require(try stores.messages().first)
            #expect(note.subject == "note" && note.hasUnclearAttempt && note.attempt == 2 && note.repeatSeconds > 60)
            let late = try #require(held.first { $0.subject == "note" })
            #expect(try !stores.finish(late, .completed(note: nil), worker: "listener"))
            #expect(try stores.text("select string_agg(worker, ' ') as value from queue.drainer") == "deaf")
        }
    }

    @Test func `a signal that hears holds its worker's lock until its session ends`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps: AsyncStream<QueueWakeUp>.Iterator? = signal.wakeUps(worker: "w").makeAsyncIterator()
            #expect(await wakeUps?.next() == .hears)
            #expect(try stores.number("select count(*) as value \(unsafe: Self.sessionLocks)") == 1)
            wakeUps = nil
            try stores.wait(for: "a free lock", "select count(*) = 0 as value \(unsafe: Self.sessionLocks)")
        }
    }

    @Test func `a session that is lost is said, and ends the stream`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps = signal.wakeUps(worker: "listener").makeAsyncIterator()
            #expect(await wakeUps.next() == .hears)
            try stores.wait(
                for: "a killed listener",
                """
                select count(pg_terminate_backend(pid)) > 0 as value from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and query ilike '%advisory_lock_shared%'
                """)
            guard case .isDeaf = await wakeUps.next() else {
                Issue.record("It did not say so")
                return
            }
            #expect(await wakeUps.next() == nil)
        }
    }
}
