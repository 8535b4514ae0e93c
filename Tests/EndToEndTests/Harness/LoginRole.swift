import Foundation
import Postgres
import PostgresTestSupport

/// An ordinary login role that owns an installation's database, as an operator would make it.
struct LoginRole: Sendable {
    private static let runtimeRoles = ["paydock_owner", "paydock_web", "paydock_cron", "paydock_api"]

    let name: String
    /// The database's address for this role.
    let url: String

    /// Makes the role and gives it the database.
    init(owning database: TestDatabase) throws {
        let word = UUID().uuidString.lowercased().replacing("-", with: "")
        name = "paydock_login_\(word.prefix(12))"
        let server = try database.connect()
        defer { server.close() }
        try server.execute("create role \(unsafe: name) login noinherit createrole password '\(unsafe: word)'")
        try server.execute("alter database \(unsafe: database.name) owner to \(unsafe: name)")
        // Roles belong to the whole server: an earlier test may have made them, and since PostgreSQL 16 only who made
        // a role may hand it out.
        for role in try server.query(
            "select rolname::text as name from pg_roles where rolname = any (\(Self.runtimeRoles))")
        {
            try server.execute("grant \(unsafe: try role.string("name")) to \(unsafe: name)")
        }
        url = try Self.url(database.url, user: name, password: word)
    }

    private static func url(_ text: String, user: String, password: String) throws -> String {
        guard let scheme = text.range(of: "://") else { throw Failure("The database's URL has no scheme") }
        var rest = text[scheme.upperBound...]
        let hostEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        if let at = rest[..<hostEnd].lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
        return "\(text[..<scheme.upperBound])\(user):\(password)@\(rest)"
    }

    /// Drops the database, then the role.
    func remove(with database: TestDatabase) throws {
        try database.drop()
        let keeper = try TestDatabase.make()
        let result = Result {
            let server = try keeper.connect()
            defer { server.close() }
            try server.execute("drop owned by \(unsafe: name)")
            try server.execute("drop role \(unsafe: name)")
        }
        try keeper.drop()
        try result.get()
    }
}
