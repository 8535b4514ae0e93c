import Foundation
import Glibc
import Postgres

/// PgBouncer in transaction mode: the next transaction of a client may run in any of a few server sessions.
struct Pooler: Sendable {
    /// Fewer than there are processes: whoever kept a session while it waits would stop the others.
    static let sessionCount = 6

    /// Where clients find the database.
    let url: String
    let command: [String]

    /// Writes the configuration. `database` is the address of the login role, with its password.
    init(folder: String, database: String) throws {
        guard let parts = URLComponents(string: database), let user = parts.user, let password = parts.password else {
            throw Failure("The database's URL names no login")
        }
        func parameter(_ name: String) -> String? { parts.queryItems?.first { $0.name == name }?.value }
        let named = parts.host.flatMap { $0.isEmpty ? nil : $0 }
        let host = parameter("host") ?? named ?? "localhost"
        let server = "host=\(host) port=\(parameter("port") ?? parts.port.map { "\($0)" } ?? "5432")"
        let port = try LoopbackSocket.freePort()
        url = "postgresql://\(user):\(password)@127.0.0.1:\(port)\(parts.path)"
        let (file, logins) = ("\(folder)/pgbouncer.ini", "\(folder)/pgbouncer.users")
        let configuration = """
            [databases]
            * = \(server)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = plain
            auth_file = \(logins)
            pool_mode = transaction
            default_pool_size = \(Self.sessionCount)
            max_client_conn = 300
            """
        // It refuses to run as root; the server's user reaches the server's socket.
        let owner = try geteuid() == 0 ? Self.owner(of: host) : geteuid()
        try Self.write("\(configuration)\n", to: file, for: owner)
        try Self.write("\"\(user)\" \"\(password)\"\n", to: logins, for: owner)
        if geteuid() == 0 {
            guard chmod(folder, 0o711) == 0 else { throw Failure("\(folder) can't be opened for PgBouncer") }
            command = ["setpriv", "--reuid", "\(owner)", "--regid", "\(owner)", "--clear-groups", "pgbouncer", file]
        } else {
            command = ["pgbouncer", file]
        }
    }

    /// The owner of the socket's folder; nobody where there is none.
    private static func owner(of host: String) throws -> uid_t {
        guard host.hasPrefix("/") else { return 65534 }
        var status = stat()
        guard stat(host, &status) == 0 else { throw Failure("\(host) can't be looked at") }
        return status.st_uid == 0 ? 65534 : status.st_uid
    }

    private static func write(_ text: String, to file: String, for owner: uid_t) throws {
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
            chown(file, owner, gid_t.max) == 0
        else { throw Failure("\(file) can't be written") }
    }

    /// False while nobody listens yet.
    func answers() throws -> Bool {
        do {
            let connection = try PostgresConnection(
                PostgresConfiguration(url: url, applicationName: "paydock-tests", isPooled: true))
            defer { connection.close() }
            return try connection.query("select 1").count == 1
        } catch let error as PostgresError where error.isConnectionLost {
            return false
        }
    }
}
