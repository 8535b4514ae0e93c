import Postgres
import PostgresTestSupport
import Testing

private struct Refusal: Error, Equatable {}

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TransactionTests {
    @Test func `the body's changes are kept, and gone when it throws`() throws {
        try withTable { connection in
            try connection.transaction { try $0.execute("insert into item values (1, 'a')") }
            #expect(throws: Refusal.self) {
                try connection.transaction { inside in
                    try inside.execute("insert into item values (2, 'b')")
                    throw Refusal()
                }
            }
            #expect(try ids(connection) == [1])
        }
    }

    @Test func `a refused statement names its SQLSTATE and constraint, and the connection goes on`() throws {
        try withTable { connection in
            try connection.execute("insert into item values (1, 'a')")
            let error = try #require(throws: PostgresError.self) {
                try connection.transaction { try $0.execute("insert into item values (\(1), \("hush"))") }
            }
            #expect(error.isUniqueViolation)
            #expect(error.code == .sqlState("23505"))
            #expect(error.constraint == "item_pkey")
            #expect(error.table == "item")
            #expect(!"\(error)".contains("hush") && !"\(error)".contains("(1)"))
            #expect(error.debugDescription.contains("already exists"))
            #expect(connection.isUsable)
            #expect(try ids(connection) == [1])
        }
    }

    @Test func `a body that swallows a failure does not commit and hears of it`() throws {
        try withTable { connection in
            let error = try #require(throws: PostgresError.self) {
                try connection.transaction { inside in
                    try inside.execute("insert into item values (1, 'a')")
                    _ = Result { try inside.execute("select 1 / (id - 1) from item") }
                    _ = Result { try inside.execute("select 1") }
                }
            }
            #expect(error.sqlState == "22012")
            #expect(try ids(connection) == [])
        }
    }

    @Test func `a deferred constraint speaks at the commit and rolls back`() throws {
        try withTable { connection in
            try connection.script("create table part (item int references item deferrable initially deferred)")
            let error = try #require(throws: PostgresError.self) {
                try connection.transaction { try $0.execute("insert into part values (9)") }
            }
            #expect(error.isForeignKeyViolation)
            #expect(error.place == "commit")
            let inBatch = try #require(throws: PostgresError.self) {
                try connection.batch(["insert into part values (9)"])
            }
            #expect(inBatch.isForeignKeyViolation)
            #expect(try connection.query("select from part").isEmpty)
        }
    }

    @Test func `the prelude is in force inside and gone after, on commit and on rollback`() throws {
        try withTable { connection in
            let role = "guest_\(UInt64.random(in: 0 ... .max))"
            try connection.script("create role \(role); grant select on item to \(role)")
            defer { _ = Result { try connection.script("drop owned by \(role); drop role \(role)") } }
            let prelude: [SQL] = ["set local role \(unsafe: role)"]
            let who: SQL = "select current_user::text as who"
            let before = try connection.query(who).first?.string("who")
            for _ in 1...2 {
                #expect(try connection.transaction(prelude: prelude) { try $0.query(who).first?.string("who") } == role)
                #expect(try connection.query(who).first?.string("who") == before)
                let error = try #require(throws: PostgresError.self) {
                    try connection.batch(prelude: prelude, [who, "insert into item values (1, 'a')"])
                }
                #expect(error.sqlState == "42501")
                #expect(try connection.query(who).first?.string("who") == before)
            }
        }
    }

    @Test func `a prelude that fails keeps the body's first statement from running`() throws {
        try withTable { connection in
            let error = try #require(throws: PostgresError.self) {
                try connection.transaction(prelude: ["set local role to nobody_has_this_name"]) {
                    try $0.execute("insert into item values (1, 'a')")
                }
            }
            #expect(error.sqlState == "22023")
            #expect(try ids(connection) == [])
        }
    }

    @Test func `a transaction inside another is a savepoint`() throws {
        try withTable { connection in
            try connection.transaction { outer in
                #expect(throws: Refusal.self) {
                    try outer.transaction { inner in
                        try inner.execute("insert into item values (1, 'gone')")
                        throw Refusal()
                    }
                }
                try outer.execute("insert into item values (2, 'kept')")
                #expect(throws: PostgresError.self) {
                    try outer.transaction { inner in
                        try inner.execute("insert into item values (3, 'gone')")
                        try inner.transaction { try $0.execute("insert into item values (2, 'again')") }
                    }
                }
                try outer.transaction { inner in
                    try inner.transaction { try $0.execute("insert into item values (4, 'kept')") }
                }
            }
            #expect(try ids(connection) == [2, 4])
        }
    }

    @Test func `a nested transaction takes no prelude, because it would outlive it`() throws {
        try withTable { connection in
            let error = try #require(throws: PostgresError.self) {
                try connection.transaction { try $0.transaction(prelude: ["set local role postgres"]) { _ in } }
            }
            #expect(error.code == .misuse)
        }
    }

    @Test func `a statement that leaves a transaction open is a misuse and leaves nothing behind`() throws {
        try withTable { connection in
            for attempt in [{ try connection.execute("begin") as Any }, { try connection.script("begin; select 1") }] {
                let error = try #require(throws: PostgresError.self) { _ = try attempt() }
                #expect(error.code == .misuse)
                try connection.execute("insert into item values (default, 'x')")
            }
            let ended = try #require(throws: PostgresError.self) {
                try connection.transaction { try $0.execute("commit") }
            }
            #expect(ended.code == .misuse)
            let number: SQL = "select pg_current_xact_id() as number"
            #expect(
                try connection.query(number).first?.string("number")
                    != connection.query(number).first?.string("number"))
        }
    }

    @Test func `a batch is all or nothing, and runs inside a transaction too`() throws {
        try withTable { connection in
            #expect(throws: PostgresError.self) {
                try connection.batch([
                    "insert into item values (1, 'a')", "insert into item values (1, 'b')", "select 1",
                ])
            }
            #expect(try ids(connection) == [])
            try connection.transaction { inside in
                let rows = try inside.batch([
                    "insert into item values (1, 'a'), (2, 'b')", "select name from item order by id",
                ])
                #expect(rows[0].affectedCount == 2)
                #expect(try rows[1].map { try $0.string("name") } == ["a", "b"])
            }
            #expect(try ids(connection) == [1, 2])
        }
    }

    @Test func `a lock that is not to be had in time is told by its code`() throws {
        try withTestDatabase { database in
            let (holder, waiter) = (try database.connect(), try database.connect())
            try holder.script("create table item (id int primary key); insert into item values (1)")
            try holder.transaction { inside in
                try inside.execute("select from item where id = 1 for no key update")
                let error = try #require(throws: PostgresError.self) {
                    try waiter.transaction(prelude: ["set local lock_timeout to '20ms'"]) {
                        try $0.execute("select from item where id = 1 for no key update")
                    }
                }
                #expect(error.isLockTimeout)
                #expect(!error.isConnectionLost)
            }
        }
    }

    @Test func `two writers that read each other's rows: one of them is told to try again`() throws {
        try withTestDatabase { database in
            let (first, second) = (try database.connect(), try database.connect())
            try first.script("create table item (id int); insert into item values (1)")
            let serializable: [SQL] = ["set transaction isolation level serializable"]
            let error = try #require(throws: PostgresError.self) {
                try first.transaction(prelude: serializable) { one in
                    _ = try one.query("select sum(id) from item")
                    try second.transaction(prelude: serializable) { two in
                        _ = try two.query("select sum(id) from item")
                        try two.execute("insert into item values (2)")
                    }
                    try one.execute("insert into item values (3)")
                }
            }
            #expect(error.isSerializationFailure)
        }
    }

    @Test func `the first error is thrown even when the connection is gone at the rollback`() throws {
        try withTestDatabase { database in
            let (victim, other) = (try database.connect(), try database.connect())
            #expect(throws: Refusal.self) {
                try victim.transaction { inside in
                    let pid = try #require(try inside.query("select pg_backend_pid() as pid").first).int("pid")
                    try other.execute("select pg_terminate_backend(\(pid)::int, 5000)")
                    throw Refusal()
                }
            }
            #expect(!victim.isUsable)
            try victim.reconnect()
            #expect(try victim.query("select 1 as x").first?.int("x") == 1)
        }
    }

    private func withTable(_ body: (PostgresConnection) throws -> Void) throws {
        try withTestDatabase { database in
            let connection = try database.connect()
            try connection.script("create table item (id int primary key generated by default as identity, name text)")
            try body(connection)
        }
    }

    private func ids(_ connection: PostgresConnection) throws -> [Int] {
        try connection.query("select id from item order by id").map { try $0.int("id") }
    }
}
