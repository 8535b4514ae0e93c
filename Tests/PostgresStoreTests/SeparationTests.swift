import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SeparationTests {
    /// A statement as the login role under one of the runtime roles, for a company or none.
    static func attempt(
        _ sql: SQL, as role: String, company: Company.ID?, on connection: PostgresConnection
    ) throws -> PostgresRows {
        var prelude = [SQL(unsafe: "set local role \(role)")]
        if let company { prelude.append("select set_config('paydock.company', \(company.text), true)") }
        return try connection.transaction(prelude: prelude) { try $0.query(sql) }
    }

    /// The SQLSTATE with which such a statement was refused; nil when it was not.
    static func refusal(
        of sql: SQL, as role: String, company: Company.ID?, on connection: PostgresConnection
    ) throws -> String? {
        do {
            _ = try attempt(sql, as: role, company: company, on: connection)
            return nil
        } catch let error as PostgresError where error.sqlState != nil {
            return error.sqlState
        }
    }

    private static func tables(of schemas: [String], _ stores: Stores) throws -> [String] {
        try stores.raw(
            """
            select format('%I.%I', schemaname, tablename) as name from pg_tables
            where schemaname = any (\(schemas)) order by 1
            """
        ).map { try $0.string("name") }
    }

    @Test(arguments: ["vault", "pipedrive", "queue"])
    func `the API's role has no right of any kind on a schema that is not its own`(schema: String) throws {
        try withStores { stores throws in
            try stores.connect()
            let connection = try PostgresConnection(try MigratedTemplate.login(to: stores.database))
            let tables = try Self.tables(of: [schema], stores)
            #expect(tables.count >= 2)
            for table in tables {
                let column = try #require(
                    try stores.text(
                        """
                        select attname as value from pg_attribute
                        where attrelid = \(table)::regclass and attnum > 0 order by attnum limit 1
                        """))
                for statement in [
                    "select * from \(table)", "select count(*) from \(table)", "insert into \(table) default values",
                    "update \(table) set \(column) = \(column)", "delete from \(table)", "truncate \(table)",
                    "lock table \(table) in access share mode",
                ] {
                    let state = try Self.refusal(
                        of: SQL(unsafe: statement), as: "paydock_api", company: stores.company, on: connection)
                    #expect(state == "42501", "\(statement)")
                }
            }
            let functions = try stores.number(
                """
                select count(*) as value from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = \(schema) and has_schema_privilege('paydock_api', n.oid, 'usage')
                """)
            #expect(functions == 0)
        }
    }

    @Test func `the API's role reads no member, key, session, login or install`() throws {
        try withStores { stores throws in
            let connection = try PostgresConnection(try MigratedTemplate.login(to: stores.database))
            for table in [
                "books.member", "books.api_key", "web.session", "web.session_directory", "web.login_directory",
                "web.login_failure", "web.oauth_state", "web.pending_install", "web.webhook_directory",
                "web.pipedrive_company_directory",
            ] {
                let state = try Self.refusal(
                    of: SQL(unsafe: "select * from \(table)"), as: "paydock_api", company: stores.company,
                    on: connection)
                #expect(state == "42501", "\(table)")
            }
        }
    }

    @Test func `an event written by the API's role queues its message all the same`() throws {
        try withStores { stores throws in
            let id = try stores.api { try $0.events.append(.invoicePaid, subject: UUID()) }
            let row = try #require(
                try stores.raw("select company_id, kind, subject from queue.message").first)
            #expect(try Company.ID(row.uuid("company_id")) == stores.company)
            #expect(try row.string("kind") == "event" && row.string("subject") == id.text)
        }
    }

    @Test func `the login role sees nothing before it has picked a role, and no runtime role is more than that`() throws
    {
        try withStores { stores throws in
            let connection = try PostgresConnection(try MigratedTemplate.login(to: stores.database))
            for table in try Self.tables(of: ["books", "pipedrive", "queue", "vault", "web"], stores) {
                let error = #expect(throws: PostgresError.self) {
                    try connection.query(SQL(unsafe: "select * from \(table)"))
                }
                #expect(error?.sqlState == "42501", "\(table)")
            }
            let mighty = try stores.number(
                """
                select count(*) as value from pg_roles
                where rolname ~ '^paydock_(owner|web|cron|api)$'
                    and (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb or rolinherit)
                """)
            #expect(mighty == 0)
        }
    }
}
