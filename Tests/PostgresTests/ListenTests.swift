import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct ListenTests {
    @Test func `a notification reaches the other connection, with its payload and in order`() throws {
        try withTestDatabase { database in
            let (listener, sender) = (try database.connect(), try database.connect())
            try listener.listen("Odd \"name\"")
            for payload in ["one", "zwei 🐘"] {
                try sender.execute("select pg_notify(\("Odd \"name\""), \(payload))")
            }
            let first = try #require(try listener.waitForNotification(timeout: .seconds(10)))
            #expect(first.channel == "Odd \"name\"")
            #expect(first.payload == "one")
            let pid = try #require(try sender.query("select pg_backend_pid() as pid").first)
            #expect(try Int(first.serverProcessID) == pid.int("pid"))
            #expect(try listener.waitForNotification(timeout: .seconds(10))?.payload == "zwei 🐘")
            #expect(try listener.waitForNotification(timeout: .zero) == nil)
        }
    }

    @Test func `a notification that came along with an answer is not lost`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.listen("self")
            try connection.execute("notify self, 'mine'")
            #expect(try connection.waitForNotification(timeout: .zero)?.payload == "mine")
        }
    }

    @Test func `listening goes on after a reconnect`() throws {
        try withTestDatabase { database in
            let (listener, sender) = (try database.connect(), try database.connect())
            try listener.listen("jobs")
            try sender.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
            )
            let error = try #require(throws: PostgresError.self) {
                try listener.waitForNotification(timeout: .seconds(10))
            }
            #expect(error.isConnectionLost)
            try listener.reconnect()
            try sender.execute("notify jobs, 'again'")
            #expect(try listener.waitForNotification(timeout: .seconds(10))?.payload == "again")
        }
    }

    @Test func `listening inside a transaction is a misuse`() throws {
        try withTestDatabase { database in
            let error = try #require(throws: PostgresError.self) {
                try database.connect().transaction { try $0.listen("x") }
            }
            #expect(error.code == .misuse)
        }
    }
}
