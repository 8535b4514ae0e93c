import Foundation
import PostgresTestSupport

/// The ground an installation stands on: folder, ports and database, and how its parts are started.
struct Site: Sendable {
    let folder: String
    let port: Int
    let database: TestDatabase
    let role: LoginRole
    let programs: Programs
    let reaper: Reaper

    var origin: String { "http://127.0.0.1:\(port)" }
    private var sockets: String { "\(folder)/run" }

    static func make() throws -> Site {
        // Short, because a socket's whole path may have 107 bytes only.
        let folder = "/tmp/pde-\(UUID().uuidString.prefix(8).lowercased())"
        for name in ["", "/run", "/log"] {
            try FileManager.default.createDirectory(
                atPath: folder + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let programs = try Programs(folder: folder)
        let database = try TestDatabase.make()
        return Site(
            folder: folder, port: try LoopbackSocket.freePort(), database: database,
            role: try LoginRole(owning: database),
            programs: programs, reaper: try Reaper(folder: folder, path: programs.path))
    }

    func remove() async throws {
        try await reaper.finish()
        try role.remove(with: database)
    }

    /// Starts the sandbox and writes the settings, which name its address.
    ///
    /// - Parameters:
    ///   - companyCount: how many companies there are in it.
    ///   - personCount: how many persons each of them has.
    ///   - pooler: stands between the processes and the database.
    func startSandbox(
        _ companyCount: Int, personCount: Int, behind pooler: Pooler? = nil
    ) async throws -> Sandbox {
        let portFile = "\(folder)/sandbox.port"
        let part = try programs.start(
            "sandbox",
            [
                "pipedrive-sandbox", "--port", "0", "--port-file", portFile,
                "--redirect-uri", "\(origin)/oauth/pipedrive/callback", "--panel-url", "\(origin)/panel/pipedrive",
                "--state", "\(folder)/sandbox.json", "--retry-delays", "1,1,2,4,8",
                "--companies", "\(companyCount)", "--persons", "\(personCount)",
            ],
            adding: [
                "PIPEDRIVE_CLIENT_ID": Installation.clientID, "PIPEDRIVE_CLIENT_SECRET": Installation.clientSecret,
                "PIPEDRIVE_PANEL_USER": Installation.panelUser,
                "PIPEDRIVE_PANEL_PASSWORD": Installation.panelPassword,
            ])
        let text = try await self.wait(for: "the sandbox's port", of: part) {
            FileManager.default.contents(atPath: portFile).map { String(decoding: $0, as: UTF8.self) }
        }
        let address = "127.0.0.1:\(text.trimmingCharacters(in: .whitespacesAndNewlines))"
        try writeSettings(sandbox: address, pooler: pooler)
        return Sandbox(origin: "http://\(address)", stateFile: "\(folder)/sandbox.json")
    }

    private func writeSettings(sandbox: String, pooler: Pooler?) throws {
        var settings = [
            "PAYDOCK_DATABASE_URL": role.url, "PAYDOCK_PUBLIC_URL": origin, "PAYDOCK_KEYRING": "\(folder)/keyring",
            "PAYDOCK_RETRY_BASE": "1", "PAYDOCK_SENDMAIL": "/bin/false", "PIPEDRIVE_CLIENT_ID": Installation.clientID,
            "PIPEDRIVE_CLIENT_SECRET": Installation.clientSecret, "PIPEDRIVE_OAUTH_URL": "http://\(sandbox)",
            "PIPEDRIVE_ALLOWED_HOSTS": sandbox, "PIPEDRIVE_PANEL_USER": Installation.panelUser,
            "PIPEDRIVE_PANEL_PASSWORD": Installation.panelPassword,
        ]
        if let pooler {
            settings["PAYDOCK_DATABASE_URL"] = pooler.url
            settings["PAYDOCK_DATABASE_POOLED"] = "1"
            settings["PAYDOCK_LISTEN_URL"] = role.url
        }
        let lines = settings.map { "\($0)=\($1)" }.sorted().joined(separator: "\n")
        guard
            FileManager.default.createFile(
                atPath: programs.settingsFile, contents: Data("\(lines)\n".utf8),
                attributes: [.posixPermissions: 0o600])
        else { throw Failure("The settings could not be written") }
    }

    /// Starts PgBouncer in front of the database.
    func startPooler() async throws -> Pooler {
        let pooler = try Pooler(folder: folder, database: role.url)
        let part = try programs.start("pgbouncer", pooler.command)
        _ = try await self.wait(for: "PgBouncer", of: part) { try pooler.answers() ? true : nil }
        return pooler
    }

    /// A socket and a few workers behind it, kept at their number by multiwatch.
    func startPool(_ name: String) async throws -> Part {
        let multiwatch = try await programs.run(["sh", "-c", "command -v multiwatch"])
        let worker = try await programs.run(["sh", "-c", "command -v fcgi-app"])
        return try programs.start(
            "pool-\(name)",
            [
                "spawn-fcgi", "-s", "\(sockets)/\(name).sock", "-M", "0660", "-b", "1024", "-n", "--",
                Self.line(multiwatch), "-f", "\(Installation.poolSize)", "--", Self.line(worker),
            ])
    }

    func startNginx() async throws {
        let configuration = try await programs.run([
            "\(programs.repository)/scripts/nginx-config", sockets, programs.logFolder, "\(port)", "127.0.0.1",
        ])
        let part = try programs.start("nginx", ["nginx", "-e", "stderr", "-c", Self.line(configuration)])
        _ = try await self.wait(for: "nginx with the pool behind it", of: part) {
            do {
                return try await HTTP.send("GET", "\(origin)/healthz").status == 200 ? true : nil
            } catch is LoopbackSocket.NotListening {
                // It does not listen yet.
                return nil
            }
        }
    }

    /// Waits for what a part is for; not any longer once it has ended.
    private func wait<Value>(
        for what: String, of part: Part, _ condition: () async throws -> Value?
    ) async throws -> Value {
        do {
            return try await EndToEndTests.wait(for: what) {
                guard part.isRunning else { throw Failure("\(part.name) has ended before \(what) was there") }
                return try await condition()
            }
        } catch {
            throw Failure("\(error)\n\(programs.logs())")
        }
    }

    private static func line(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
