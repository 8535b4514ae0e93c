import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SignalTests {
    private func announce(_ stores: Stores, hears: Bool = true) throws {
        try stores.everywhere { _ = try $0.drainers.idle(worker: "w", held: 0, seconds: 60, hears: hears) }
    }

    @Test func `a signal that hears itself passes on what writers add`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps = signal.wakeUps().makeAsyncIterator()
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
            try stores.everywhere { try $0.drainers.checkIn(worker: "w", held: 5) }
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

    @Test func `a session that is lost is said, and ends the stream`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps = signal.wakeUps().makeAsyncIterator()
            #expect(await wakeUps.next() == .hears)
            try stores.wait(
                for: "a killed listener",
                """
                select count(pg_terminate_backend(pid)) > 0 as value from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and query ilike '%pg_notify%'
                """)
            guard case .isDeaf = await wakeUps.next() else {
                Issue.record("It did not say so")
                return
            }
            #expect(await wakeUps.next() == nil)
        }
    }
}
