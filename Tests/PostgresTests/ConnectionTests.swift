import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct ConnectionTests {
    @Test func `a terminated session is noticed, and a new one starts without old statements`() throws {
        try withTestDatabase { database in
            let (victim, other) = (try database.connect(), try database.connect())
            let statement: SQL = "select \(5)::int as n"
            _ = try victim.query(statement)
            #expect(victim.isUsable)
            try terminate(victim, by: other)
            #expect(!victim.isUsable)
            let error = try #require(throws: PostgresError.self) { try victim.query(statement) }
            #expect(error.isConnectionLost)
            try victim.reconnect()
            #expect(victim.isUsable)
            #expect(try victim.query("select from pg_prepared_statements where not from_sql").count == 1)
            #expect(try victim.query(statement).first?.int("n") == 5)
        }
    }

    @Test func `a session that ends under a statement is a lost connection, and stays one`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let error = try #require(throws: PostgresError.self) {
                try connection.query("select pg_terminate_backend(pg_backend_pid())")
            }
            #expect(error.isConnectionLost)
            #expect(error.sqlState == "57P01")
            #expect(!connection.isUsable)
            let again = try #require(throws: PostgresError.self) { try connection.query("select 1") }
            #expect(again.isConnectionLost)
            let inside = try #require(throws: PostgresError.self) { try connection.transaction { _ in } }
            #expect(inside.isConnectionLost)
        }
    }

    @Test func `a session that ends inside a transaction ends the transaction`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let error = try #require(throws: PostgresError.self) {
                try connection.transaction { inside in
                    try inside.execute("select 1")
                    try inside.execute("select pg_terminate_backend(pg_backend_pid())")
                }
            }
            #expect(error.isConnectionLost)
            try connection.reconnect()
            #expect(try connection.transaction { try $0.query("select 1 as x").count } == 1)
        }
    }

    @Test func `a closed connection says so until it is opened again`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            connection.close()
            connection.close()
            #expect(!connection.isUsable)
            let error = try #require(throws: PostgresError.self) { try connection.query("select 1") }
            #expect(error.code == .closed)
            try connection.reconnect()
            #expect(connection.isUsable)
        }
    }

    @Test func `a server that is not there is a connection error without the address`() throws {
        let configuration = PostgresConfiguration(
            url: "postgresql://u:hush@/d?host=/nonexistent-folder", applicationName: "a")
        let error = try #require(throws: PostgresError.self) { try PostgresConnection(configuration) }
        #expect(error.isConnectionLost)
        #expect(error.place == "connect")
        #expect(!"\(error)".contains("nonexistent") && !error.debugDescription.contains("hush"))
    }

    @Test func `the application's name is shown, and the session speaks UTF-8 with ISO dates`() throws {
        try withTestDatabase { database in
            let admin = try database.connect()
            try admin.execute("alter database \(unsafe: database.name) set datestyle to 'German'")
            let connection = try database.connect()
            let row = try #require(
                try connection.query(
                    """
                    select current_setting('application_name') as name, current_setting('client_encoding') as encoding,
                        '2026-11-23 12:00:00Z'::timestamptz as noon
                    """
                ).first)
            #expect(try row.string("name") == "paydock-tests")
            #expect(try row.string("encoding") == "UTF8")
            #expect(try row.date("noon").timeIntervalSince1970 == 1_795_435_200)
        }
    }

    @Test func `notices stay quiet and do not disturb the answers`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("drop table if exists nothing_here")
            #expect(try connection.execute("do $$ begin raise warning 'x'; end $$") == 0)
            #expect(try connection.query("select 1 as x").count == 1)
        }
    }

    @Test func `COPY through the wrong door closes the connection instead of hanging`() throws {
        try withTestDatabase { database in
            for text in ["copy (select 1) to stdout", "copy item from stdin"] {
                let connection = try database.connect()
                try connection.script("create table if not exists item (id int)")
                let error = try #require(throws: PostgresError.self) { try connection.query(SQL(unsafe: text)) }
                #expect(error.code == .misuse)
                #expect(!connection.isUsable)
                try connection.reconnect()
                #expect(throws: PostgresError.self) { try connection.script(text) }
            }
        }
    }

    @Test func `a command that refuses to share a pipeline runs alone`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table item (id int)")
            try connection.execute("vacuum item")
            try connection.execute("create index concurrently item_id on item (id)")
            #expect(try connection.query("select from pg_indexes where indexname = 'item_id'").count == 1)
        }
    }

    private func terminate(_ victim: PostgresConnection, by other: PostgresConnection) throws {
        let pid = try #require(try victim.query("select pg_backend_pid() as pid").first).int("pid")
        let ended = try other.query("select pg_terminate_backend(\(pid)::int, 5000) as ended").first
        #expect(try ended?.bool("ended") == true)
    }
}
