import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SignalTests {
    @Test func `an added message wakes a drainer that listens`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps = signal.wakeUps().makeAsyncIterator()
            try stores.wait(
                for: "a listener",
                """
                select count(*) > 0 as value from pg_stat_activity
                where datname = current_database() and query ilike 'listen%' and state = 'idle'
                """)
            try stores.everywhere { try $0.queue.announceListener(seconds: 60) }
            try stores.add("m")
            let woken: Void? = await wakeUps.next()
            #expect(woken != nil)
        }
    }

    @Test func `writers notify only while a listener is announced`() throws {
        try withStores { stores in
            let listener = try stores.database.connect()
            try listener.listen("paydock_queue")
            func heard() throws -> [String] {
                try stores.raw("select pg_notify('paydock_queue', 'end')")
                var payloads: [String] = []
                while let next = try listener.waitForNotification(timeout: .seconds(60)), next.payload != "end" {
                    payloads.append(next.payload)
                }
                return payloads
            }
            try stores.add("unheard")
            #expect(try heard() == [])
            try stores.everywhere { try $0.queue.announceListener(seconds: 60) }
            try stores.add("heard")
            _ = try stores.api { try $0.events.append(.quoteSent, subject: UUID()) }
            #expect(try heard() == ["", ""])
            try stores.raw("update queue.listener set until = clock_timestamp() - interval '1 second'")
            try stores.add("unheard again")
            #expect(try heard() == [])
        }
    }

    @Test func `announcing again writes only when half of the time is over`() throws {
        try withStores { stores in
            func announce() throws -> String {
                try stores.everywhere { try $0.queue.announceListener(seconds: 1_000) }
                return try stores.versions(of: "queue.listener")
            }
            let first = try announce()
            #expect(try announce() == first)
            try stores.raw("update queue.listener set until = clock_timestamp() + interval '400 seconds'")
            let later = try announce()
            #expect(try announce() == later)
            let isRenewed = try stores.raw(
                "select until > clock_timestamp() + interval '900 seconds' as value from queue.listener")
            #expect(try isRenewed.first?.bool("value") == true)
        }
    }

    @Test func `the stream ends when the session is lost`() async throws {
        try await withStores { stores in
            let signal = PostgresSignal(try MigratedTemplate.login(to: stores.database))
            var wakeUps = signal.wakeUps().makeAsyncIterator()
            try stores.wait(
                for: "a killed listener",
                """
                select count(pg_terminate_backend(pid)) > 0 as value from pg_stat_activity
                where datname = current_database() and query ilike 'listen%' and state = 'idle'
                """)
            let woken: Void? = await wakeUps.next()
            #expect(woken == nil)
        }
    }
}
