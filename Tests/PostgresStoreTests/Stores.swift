import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Sodium

/// The stores on a migrated database of their own, reached by a login role that is no superuser, with one company.
struct Stores: Sendable {
    let database: TestDatabase
    let keyring: Keyring
    let storage: PostgresStorage
    let company: Company.ID

    init(_ database: TestDatabase) throws {
        self.database = database
        keyring = try Keyring.generate(id: "k1")
        storage = PostgresStorage(try MigratedTemplate.login(to: database), keyring: keyring)
        company = Company.ID(UUID())
        try addCompany(company)
    }

    /// Another process on the same database.
    func secondStorage() throws -> PostgresStorage {
        PostgresStorage(try MigratedTemplate.login(to: database), keyring: keyring)
    }

    func makeCompany(timeZone: String = "Europe/Amsterdam") throws -> Company.ID {
        let id = Company.ID(UUID())
        try addCompany(id, timeZone: timeZone)
        return id
    }

    private func addCompany(_ id: Company.ID, timeZone: String = "Europe/Amsterdam") throws {
        let value = Company(id: id, name: "Company \(id.text)", currency: .eur, country: "NL", timeZone: timeZone)
        let owner = Member(
            id: Member.ID(UUID()), companyID: id, email: "owner@\(id.text).example", role: .owner)
        try storage.transaction(.cron(id)) {
            try $0.accounts.create(
                company: value, owner: owner, passwordHash: Secret("hash"), apiKeyHash: RandomBytes.make(32))
        }
    }

    /// As the pages, for the first company or another.
    func web<R>(_ other: Company.ID? = nil, _ body: (any StorageTransaction) throws -> R) throws -> R {
        try storage.transaction(.web(other ?? company), body)
    }

    /// As the cron side, for the first company or another.
    func cron<R>(_ other: Company.ID? = nil, _ body: (any StorageTransaction) throws -> R) throws -> R {
        try storage.transaction(.cron(other ?? company), body)
    }

    /// As the cron side, for no company.
    func everywhere<R>(_ body: (any StorageTransaction) throws -> R) throws -> R {
        try storage.transaction(.cron(nil), body)
    }

    /// As the pages, before the company is known.
    func pages<R>(_ body: (any StorageTransaction) throws -> R) throws -> R {
        try storage.transaction(.web(nil), body)
    }

    /// As the regular API, before the company is known.
    func publicAPI<R>(_ body: (any StorageTransaction) throws -> R) throws -> R {
        try storage.transaction(.api(nil), body)
    }

    /// As the regular API, for the first company or another.
    func api<R>(_ other: Company.ID? = nil, _ body: (any StorageTransaction) throws -> R) throws -> R {
        try storage.transaction(.api(other ?? company), body)
    }

    /// One statement as superuser, whom row-level security does not bind.
    @discardableResult
    func raw(_ sql: SQL) throws -> PostgresRows {
        let connection = try database.connect()
        defer { connection.close() }
        return try connection.query(sql)
    }

    /// The first column, called `value`, of a statement as superuser.
    func text(_ sql: SQL) throws -> String? {
        try raw(sql).first?.optionalString("value")
    }

    /// The first column, called `value`, of a statement as superuser.
    func number(_ sql: SQL) throws -> Int {
        try raw(sql).first?.int("value") ?? 0
    }

    /// All rows of a table with the transaction that wrote them: the same text only when nothing was written.
    func versions(of tables: String...) throws -> String {
        try tables.map { table in
            try text(
                """
                select coalesce(string_agg(t.xmin::text || ' ' || t.ctid::text || ' ' || t::text, e'\\n'
                    order by t.ctid), '') as value from \(unsafe: table) t
                """) ?? ""
        }.joined(separator: "\n")
    }
}

/// A database that was migrated once, to be copied.
enum MigratedTemplate {
    private static let loginRole = "paydock_test_login"
    private static let built: Result<String, any Error> = Result {
        try TestDatabase.template(named: "stores", content: content, prepare: migrate)
    }

    static func name() throws -> String { try built.get() }

    static let content =
        Migrator.roles + Migrator.migrations.map(\.text).joined() + "login noinherit, three runtime roles"

    static func migrate(_ url: String) throws {
        let configuration = PostgresConfiguration(url: url, applicationName: "paydock-test-migrator")
        _ = try Migrator(configuration).run()
        let connection = try PostgresConnection(configuration)
        defer { connection.close() }
        try connection.script(
            """
            do $$
            begin
                create role \(loginRole) login noinherit nosuperuser nobypassrls password 'paydock';
            exception when duplicate_object or unique_violation then null;
            end
            $$;
            grant paydock_web, paydock_cron, paydock_api to \(loginRole);
            """)
    }

    /// The database as the login role reaches it: what stands in the query wins over what stands before.
    static func login(to database: TestDatabase) throws -> PostgresConfiguration {
        PostgresConfiguration(url: loginURL(to: database), applicationName: "paydock-tests")
    }

    /// The same for another program.
    static func loginURL(to database: TestDatabase) -> String {
        let separator = database.url.contains("?") ? "&" : "?"
        return "\(database.url)\(separator)user=\(loginRole)&password=paydock"
    }
}

/// Lends stores on a copy of the migrated database, and drops it whatever happens.
func withStores(_ body: (Stores) throws -> Void) throws {
    try withTestDatabase(template: try MigratedTemplate.name()) { try body(try Stores($0)) }
}

/// Lends stores on a copy of the migrated database, and drops it whatever happens.
func withStores(_ body: (Stores) async throws -> Void) async throws {
    try await withTestDatabase(template: try MigratedTemplate.name()) { try await body(try Stores($0)) }
}
