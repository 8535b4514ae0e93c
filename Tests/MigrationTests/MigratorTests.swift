import Dispatch
import Foundation
import Postgres
import PostgresStore
import PostgresTestSupport
import Synchronization
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct MigratorTests {
    private static func migrator(_ database: TestDatabase, user: String? = nil) -> Migrator {
        let separator = database.url.contains("?") ? "&" : "?"
        let url = user.map { "\(database.url)\(separator)user=\($0)&password=paydock" } ?? database.url
        return Migrator(PostgresConfiguration(url: url, applicationName: "paydock-migrate"))
    }

    private static func query(_ sql: SQL, in database: TestDatabase) throws -> PostgresRows {
        let connection = try database.connect()
        defer { connection.close() }
        return try connection.query(sql)
    }

    private static let catalog: SQL = """
        select coalesce(string_agg(c.oid::text || c.relname || c.xmin::text, ',' order by c.oid), '') as value
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('books', 'migration', 'pipedrive', 'queue', 'vault', 'web')
        """

    @Test func `an empty database becomes the newest, and a second run changes nothing`() throws {
        try withTestDatabase { database in
            #expect(try Self.migrator(database).run() == Migrator.migrations)
            let applied = try Self.query("select number, name from migration.applied order by number", in: database)
            #expect(try applied.map { try $0.int("number") } == Migrator.migrations.map(\.number))
            #expect(try applied.map { try $0.string("name") } == Migrator.migrations.map(\.name))
            let before = try Self.query(Self.catalog, in: database).first?.string("value")
            #expect(try Self.migrator(database).run() == [])
            #expect(try Self.query(Self.catalog, in: database).first?.string("value") == before)
            #expect(before?.contains("staged_record") == true)
        }
    }

    @Test func `everything belongs to the owner's role`() throws {
        try withTestDatabase { database in
            _ = try Self.migrator(database).run()
            let strays = try Self.query(
                """
                select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where n.nspname in ('books', 'migration', 'pipedrive', 'queue', 'vault', 'web')
                    and pg_get_userbyid(c.relowner) <> 'paydock_owner'
                """, in: database)
            #expect(strays.isEmpty)
        }
    }

    @Test func `a database that stopped half-way is brought to the newest`() throws {
        try withTestDatabase { database in
            _ = try Self.migrator(database).run()
            let connection = try database.connect()
            defer { connection.close() }
            try connection.script(
                "drop schema pipedrive cascade; delete from migration.applied where number = 6;"
                    + "create schema pipedrive authorization paydock_owner")
            try connection.script("grant usage on schema pipedrive to paydock_web, paydock_cron")
            try connection.script("drop function books.companies_with_lapsed_documents")
            #expect(try Self.migrator(database).run().map(\.number) == [6])
        }
    }

    @Test(arguments: 1...3)
    func `runners at the same time all succeed, and each step is applied once`(round: Int) throws {
        try withTestDatabase { database in
            let (gate, done) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let results = Results()
            for _ in 1...4 {
                Thread.detachNewThread {
                    gate.wait()
                    results.add(Result { try Self.migrator(database).run() })
                    done.signal()
                }
            }
            for _ in 1...4 { gate.signal() }
            for _ in 1...4 { done.wait() }
            #expect(results.failures == [])
            #expect(results.applied.sorted { $0.number < $1.number } == Migrator.migrations)
        }
    }

    @Test func `a login role that may create roles needs no superuser`() throws {
        try withLogin("createrole") { database, login in
            let connection = try database.connect()
            defer { connection.close() }
            try connection.script("alter database \(database.name) owner to \(login)")
            // The roles may be there already, made by another: membership is what an administrator gives.
            try connection.script(Migrator.roles)
            try connection.script(
                "grant paydock_owner, paydock_web, paydock_cron, paydock_api to \(login) with admin option")
            #expect(try Self.migrator(database, user: login).run() == Migrator.migrations)
        }
    }

    @Test func `a login role that may not create roles says which statements somebody has to run`() throws {
        try withLogin("nocreaterole") { database, login in
            let failure = try #require(throws: Migrator.Failure.self) {
                try Self.migrator(database, user: login).run()
            }
            guard case .rolesMissing(let statements) = failure else {
                Issue.record("not rolesMissing: \(failure)")
                return
            }
            #expect(statements == Migrator.roles)
            for role in ["paydock_owner", "paydock_web", "paydock_cron", "paydock_api"] {
                #expect(statements.contains(role))
            }
            let schemas = try Self.query(
                "select from pg_namespace where nspname in ('migration', 'books')", in: database)
            #expect(schemas.isEmpty)
        }
    }

    @Test func `a database of a newer version is left alone`() throws {
        try withTestDatabase { database in
            _ = try Self.migrator(database).run()
            let next = (Migrator.migrations.map(\.number).max() ?? 0) + 1
            _ = try Self.query("insert into migration.applied (number, name) values (\(next), 'later')", in: database)
            let failure = try #require(throws: Migrator.Failure.self) { try Self.migrator(database).run() }
            guard case .newerDatabase(let number) = failure else {
                Issue.record("not newerDatabase: \(failure)")
                return
            }
            #expect(number == next)
        }
    }

    @Test func `a check says what is missing, or that nothing is, and changes nothing`() throws {
        try withTestDatabase { database in
            func missing() throws -> [Int] {
                do {
                    try Self.migrator(database).check()
                    return []
                } catch Migrator.Failure.olderDatabase(let missing) {
                    return missing
                }
            }
            #expect(try missing() == Migrator.migrations.map(\.number))
            #expect(try Self.query("select from pg_namespace where nspname = 'migration'", in: database).isEmpty)
            _ = try Self.migrator(database).run()
            #expect(try missing() == [])
            _ = try Self.query("delete from migration.applied where number in (2, 5)", in: database)
            #expect(try missing() == [2, 5])
            _ = try Self.query("insert into migration.applied (number, name) values (99, 'later')", in: database)
            #expect(throws: Migrator.Failure.self) { try missing() }
        }
    }

    private func withLogin(_ attribute: String, _ body: (TestDatabase, String) throws -> Void) throws {
        try withTestDatabase { database in
            let login = "paydock_test_\(UInt64.random(in: 0 ... .max))"
            let connection = try database.connect()
            defer { connection.close() }
            try connection.script("create role \(login) login noinherit \(attribute) password 'paydock'")
            let result = Result { try body(database, login) }
            try connection.script(
                "reassign owned by \(login) to current_user; drop owned by \(login); drop role \(login)")
            try result.get()
        }
    }
}

private final class Results: Sendable {
    private let all = Mutex<[Result<[Migrator.Migration], any Error>]>([])

    func add(_ result: Result<[Migrator.Migration], any Error>) { all.withLock { $0.append(result) } }

    var failures: [String] {
        all.withLock { results in
            results.compactMap { result -> String? in
                if case .failure(let error) = result { "\(error)" } else { nil }
            }
        }
    }

    var applied: [Migrator.Migration] {
        all.withLock { results in
            results.flatMap { result -> [Migrator.Migration] in
                if case .success(let applied) = result { applied } else { [] }
            }
        }
    }
}
