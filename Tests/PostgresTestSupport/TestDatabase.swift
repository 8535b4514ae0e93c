import FoundationEssentials
public import Postgres

/// An empty database, or the copy of a template, on the server that `PAYDOCK_TEST_DATABASE_URL` names.
///
/// The URL must be of a role that may create databases; suites that need one fail by name without it. They are skipped
/// only when `PAYDOCK_SKIP_DATABASE_TESTS` is 1:
/// `@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))`.
public struct TestDatabase: Sendable {
    /// The variable that names the server.
    public static let urlVariable = "PAYDOCK_TEST_DATABASE_URL"
    /// The variable that skips the suites.
    public static let skipVariable = "PAYDOCK_SKIP_DATABASE_TESTS"
    /// Said for a skipped suite.
    public static let skipReason = "\(skipVariable) is 1"

    /// False only when the suites are to be skipped.
    public static var isAvailable: Bool { ProcessInfo.processInfo.environment[skipVariable] != "1" }

    /// The database's own name.
    public let name: String
    /// Where it is, for any process.
    public let url: String

    /// Creates a database with a random name.
    ///
    /// Throws `TestDatabaseError`, or `PostgresError` from the server.
    public static func make(template: String? = nil) throws -> TestDatabase {
        let name = randomName()
        try create(name, template: template)
        return TestDatabase(name: name, url: try serverURL().replacingDatabase(with: name))
    }

    /// Removes the database and ends every session in it.
    ///
    /// Does nothing when it is gone already.
    public func drop() throws {
        try Self.onServer { try $0.execute("drop database if exists \(unsafe: name) with (force)") }
    }

    /// A connection to the database.
    public func connect(isPooled: Bool = false) throws -> PostgresConnection {
        try PostgresConnection(
            PostgresConfiguration(url: url, applicationName: "paydock-tests", isPooled: isPooled))
    }

    /// The name of a database that was prepared once, for `make(template:)`.
    ///
    /// Processes that ask at the same time build it once. Its name holds a hash of the content, so changed content gets
    /// a new template, and a half-built one is never used.
    ///
    /// - Parameters:
    ///   - label: lower-case letters, digits and underscores.
    ///   - content: everything that decides how the template looks, such as the text of all migrations.
    ///   - prepare: fills the database at this URL, and closes its connections before it returns.
    public static func template(
        named label: String, content: String, prepare: (_ url: String) throws -> Void
    ) throws -> String {
        guard (1...20).contains(label.utf8.count), label.utf8.allSatisfy(isNameByte) else {
            throw TestDatabaseError.invalidLabel(label)
        }
        let name = "paydock_template_\(label)_\(fingerprint(of: content))"
        try onServer { server in
            try server.execute("select pg_advisory_lock(hashtext(\(name)))")
            guard try server.query("select from pg_database where datname = \(name)").isEmpty else { return }
            let building = randomName()
            try create(building, template: nil)
            do {
                try prepare(try serverURL().replacingDatabase(with: building))
                try server.execute("alter database \(unsafe: building) rename to \(unsafe: name)")
            } catch {
                try server.execute("drop database if exists \(unsafe: building) with (force)")
                throw error
            }
        }
        return name
    }

    private static func create(_ name: String, template: String?) throws {
        guard template?.utf8.allSatisfy(isNameByte) != false else {
            throw TestDatabaseError.invalidLabel(template ?? "")
        }
        let origin = template.map { " template \($0)" } ?? ""
        try onServer { try $0.execute("create database \(unsafe: name)\(unsafe: origin)") }
    }

    private static func onServer(_ body: (PostgresConnection) throws -> Void) throws {
        let url = try serverURL().text
        let connection = try PostgresConnection(
            PostgresConfiguration(url: url, applicationName: "paydock-test-databases"))
        defer { connection.close() }
        try body(connection)
    }

    private static func serverURL() throws -> ServerURL {
        guard let text = ProcessInfo.processInfo.environment[urlVariable], !text.isEmpty else {
            throw TestDatabaseError.missingVariable
        }
        return try ServerURL(text)
    }

    private static func randomName() -> String {
        "paydock_test_" + UUID().uuidString.lowercased().replacing("-", with: "")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// FNV-1a, 64 bits: tells contents apart, and is the same in every process.
    private static func fingerprint(of content: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in content.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

/// Creates a database, lends it to the body, and drops it whatever happens.
///
/// The body's error comes first.
@discardableResult
public func withTestDatabase<R>(template: String? = nil, _ body: (TestDatabase) throws -> R) throws -> R {
    let database = try TestDatabase.make(template: template)
    let result = Result { try body(database) }
    let dropped = Result { try database.drop() }
    let value = try result.get()
    try dropped.get()
    return value
}

/// Creates a database, lends it to the body, and drops it whatever happens.
///
/// The body's error comes first.
@discardableResult
public func withTestDatabase<R>(
    template: String? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (TestDatabase) async throws -> sending R
) async throws -> sending R {
    let database = try TestDatabase.make(template: template)
    let value: R
    do {
        value = try await body(database)
    } catch {
        // The body's error says more than one about a database that is left over.
        _ = Result { try database.drop() }
        throw error
    }
    try database.drop()
    return value
}
