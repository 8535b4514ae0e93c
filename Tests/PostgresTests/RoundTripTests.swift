import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct RoundTripTests {
    private let prelude: [SQL] = ["set local role none", "select set_config('test.company', \("7"), true)"]

    @Test func `a transaction's opening travels with its first statement, prepared or not`() throws {
        try withProxy { connection, proxy in
            for _ in 1...2 {
                let before = proxy.turnCount
                try connection.transaction(prelude: prelude) { inside in
                    let company = try inside.query("select current_setting('test.company') as company").first
                    #expect(try company?.string("company") == "7")
                    #expect(proxy.turnCount - before == 1)
                    #expect(try inside.query("select \(1)::int as x").first?.int("x") == 1)
                    #expect(proxy.turnCount - before == 2)
                }
                #expect(proxy.turnCount - before == 3)
            }
        }
    }

    @Test func `a batch is one round trip from begin to commit`() throws {
        try withProxy { connection, proxy in
            let before = proxy.turnCount
            let rows = try connection.batch(
                prelude: prelude, ["select current_setting('test.company') as a", "select \(2)::int as b"])
            #expect(proxy.turnCount - before == 1)
            #expect(rows.count == 2)
            #expect(try rows[0].first?.string("a") == "7")
            #expect(try rows[1].first?.int("b") == 2)
        }
    }

    @Test func `a body without statements sends nothing, nested or not`() throws {
        try withProxy { connection, proxy in
            let before = proxy.turnCount
            let value = try connection.transaction(prelude: prelude) { try $0.transaction { _ in 42 } }
            #expect(value == 42)
            #expect(try connection.batch(prelude: prelude, []).isEmpty)
            #expect(proxy.turnCount == before)
        }
    }

    private func withProxy(_ body: (PostgresConnection, CountingProxy) throws -> Void) throws {
        try withTestDatabase { database in
            let server = try database.connect()
            let directory = try #require(
                try server.query("select split_part(current_setting('unix_socket_directories'), ',', 1) as d").first)
            let port = try #require(try server.query("select current_setting('port') as p").first)
            let role = try #require(try server.query("select current_user as r").first)
            let proxy = try CountingProxy(
                upstreamPath: "\(directory.string("d"))/.s.PGSQL.\(port.string("p"))")
            let url = "postgresql:///\(database.name)?host=\(proxy.directory)&port=5432&user=\(try role.string("r"))"
            let connection = try PostgresConnection(PostgresConfiguration(url: url, applicationName: "turns"))
            defer { connection.close() }
            try body(connection, proxy)
        }
    }
}
