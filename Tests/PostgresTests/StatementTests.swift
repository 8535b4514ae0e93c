import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct StatementTests {
    private let kept: SQL = "select name from pg_prepared_statements where not from_sql"

    @Test func `a statement is prepared once under its text and then reused`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            for number in 1...3 {
                #expect(try connection.query("select \(number)::int as n").first?.int("n") == number)
            }
            let row = try #require(
                try connection.query(
                    """
                    select generic_plans + custom_plans as plans from pg_prepared_statements
                    where statement = \("select $1::int as n")
                    """
                ).first)
            #expect(try row.int("plans") == 3)
        }
    }

    @Test func `a template's statement is prepared once, also beside the same text written out`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let template: SQLTemplate<Int> = "select \(\.self)::int as n"
            for number in 1...2 { #expect(try connection.query(template.with(number)).first?.int("n") == number) }
            let rows = try connection.batch([template.with(3), "select \(4)::int as n", template.with(5)])
            #expect(try rows.map { try $0.first?.int("n") } == [3, 4, 5])
            #expect(try connection.query(kept).count == 2)
        }
    }

    @Test func `the same text twice in one round trip is prepared once`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let rows = try connection.batch(["select \(1)::int as n", "select \(2)::int as n"])
            #expect(try rows.map { try $0.first?.int("n") } == [1, 2])
            #expect(try connection.query(kept).count == 2)
        }
    }

    @Test func `a batch whose binds and answers fill every buffer does not block`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let long = String(repeating: "x", count: 500_000)
            let rows = try connection.batch((1...40).map { "select \(long)::text || \($0)::text as long" })
            #expect(rows.count == 40)
            #expect(try rows[39].first?.string("long") == long + "40")
        }
    }

    @Test func `behind a pooler no statement has a name`() throws {
        try withTestDatabase { database in
            let connection = try database.connect(isPooled: true)
            try connection.script("create table item (id int)")
            try connection.transaction(prelude: ["select set_config('test.a', \("b"), true)"]) {
                try $0.execute("insert into item values (\(1))")
            }
            #expect(try connection.query("select id from item where id = \(1)").count == 1)
            #expect(try connection.query("select from pg_prepared_statements").isEmpty)
            let error = try #require(throws: PostgresError.self) { try connection.listen("x") }
            #expect(error.code == .misuse)
        }
    }

    @Test func `the least recently used statement makes room, on the server too`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let first: SQL = "select 'first' as word"
            _ = try connection.query(first)
            for number in 1...700 {
                _ = try connection.query("select \(unsafe: String(number)) as n")
                if number.isMultiple(of: 100) { #expect(try connection.query(first).first?.string("word") == "first") }
            }
            _ = try connection.query("select 1 as n")
            let count = try connection.query(kept).count
            #expect((490...502).contains(count))
            let firstNames = try connection.query(
                "select name from pg_prepared_statements where statement = \(first.text)")
            #expect(try firstNames.map { try $0.string("name") } == ["p1"])
        }
    }

    @Test func `a statement that failed to prepare is not kept, one that failed to run is`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            let missing: SQL = "select id from item where id = \(1)"
            #expect(throws: PostgresError.self) { try connection.query(missing) }
            #expect(throws: PostgresError.self) {
                try connection.batch(["select 1 / 0", missing, "select 'never' as x"])
            }
            try connection.script("create table item (id int); insert into item values (1)")
            #expect(try connection.query(missing).count == 1)
            #expect(try connection.query("select 'never' as x").count == 1)
        }
    }

    @Test func `a changed result shape is met by a repeat, alone, in a batch and at a transaction's start`() throws {
        try withTestDatabase { database in
            let (connection, other) = (try database.connect(), try database.connect())
            try other.script("create table item (a int); insert into item values (1)")
            let all: SQL = "select * from item"
            _ = try connection.query(all)
            try other.script("alter table item add b int default 2")
            #expect(try connection.query(all).first?.int("b") == 2)
            try other.script("alter table item add c int default 3")
            #expect(try connection.batch([all])[0].first?.int("c") == 3)
            try other.script("alter table item add d int default 4")
            #expect(try connection.transaction { try $0.query(all).first?.int("d") } == 4)
        }
    }

    @Test func `later in a transaction a changed result shape is an error once, and not the next time`() throws {
        try withTestDatabase { database in
            let (connection, other) = (try database.connect(), try database.connect())
            try other.script("create table item (a int); insert into item values (1)")
            let all: SQL = "select * from item"
            _ = try connection.query(all)
            try other.script("alter table item add b int default 2")
            let attempt = {
                try connection.transaction { inside in
                    try inside.execute("select 1")
                    return try inside.query(all).first?.int("b")
                }
            }
            let error = try #require(throws: PostgresError.self) { try attempt() }
            #expect(error.isStalePreparedStatement)
            #expect(error.sqlState == "0A000")
            #expect(try attempt() == 2)
        }
    }

    @Test func `statements somebody discarded are prepared again`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            _ = try connection.query("select \(1)::int as n")
            try connection.script("discard all")
            #expect(try connection.query("select \(2)::int as n").first?.int("n") == 2)
        }
    }

    @Test func `a script runs several statements, and not one of them when one fails`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table a (x int); insert into a values (1); insert into a values (2)")
            let error = try #require(throws: PostgresError.self) {
                try connection.script("insert into a values (3); select 1 / 0")
            }
            #expect(error.sqlState == "22012")
            #expect(try connection.query("select count(*) as n from a").first?.int("n") == 2)
            #expect(throws: Refusal.self) {
                try connection.transaction { inside in
                    try inside.script("insert into a values (4); create table b (x int)")
                    throw Refusal()
                }
            }
            #expect(try connection.query("select count(*) as n from a").first?.int("n") == 2)
        }
    }

    @Test func `touched rows are counted`() throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table a (x int)")
            #expect(try connection.execute("insert into a select generate_series(1, 5)") == 5)
            #expect(try connection.execute("update a set x = 0 where x > \(3)") == 2)
            #expect(try connection.execute("delete from a where false") == 0)
            #expect(try connection.query("select x from a").count == 5)
            #expect(try connection.execute("") == 0)
        }
    }
}

private struct Refusal: Error {}
