import Foundation
import Postgres
import PostgresTestSupport

/// A whole PayDock beside a whole Pipedrive: nginx, two pools, drainers, the sandbox and a database of their own.
final class Installation: Sendable {
    /// The running suite's own.
    @TaskLocal static var current: Installation?

    static let panelUser = "paydock-panel"
    static let panelPassword = "panel-\(UUID().uuidString)"
    static let clientID = "end-to-end"
    static let clientSecret = "secret-\(UUID().uuidString)"
    static let poolSize = 2

    let folder: String
    let origin: String
    let database: TestDatabase
    let sandbox: Sandbox
    let drainers: Drainers
    let edgePool: Part
    private let programs: Programs
    private let role: LoginRole
    private let reaper: Reaper

    private init(_ site: Site, sandbox: Sandbox) async throws {
        (folder, origin, database, role, reaper) = (site.folder, site.origin, site.database, site.role, site.reaper)
        (programs, self.sandbox) = (site.programs, sandbox)
        let programs = site.programs
        try await programs.run(["paydock", "migrate"])
        try await programs.run(["paydock", "keys", "generate"])
        edgePool = try await site.startPool("edge")
        _ = try await site.startPool("web")
        try await site.startNginx()
        drainers = Drainers { try programs.start("queue-drainer", ["queue-drainer"]) }
        await drainers.begin()
    }

    /// Lends a running installation to the body; stops and removes all of it whatever happens.
    ///
    /// - Parameters:
    ///   - isPooled: with PgBouncer between the processes and the database.
    ///   - companyCount: how many companies there are in Pipedrive.
    ///   - personCount: how many persons each of them has.
    static func lend(
        isPooled: Bool = false, companyCount: Int = 1, personCount: Int = 320,
        _ body: @Sendable (Installation) async throws -> Void
    ) async throws {
        let site = try Site.make()
        do {
            let pooler = isPooled ? try await site.startPooler() : nil
            let sandbox = try await site.startSandbox(companyCount, personCount: personCount, behind: pooler)
            let installation = try await Installation(site, sandbox: sandbox)
            do {
                try await body(installation)
            } catch {
                await installation.drainers.end()
                throw error
            }
            await installation.drainers.end()
        } catch {
            // The first failure says more than one about what could not be removed.
            _ = await Result { try await site.remove() }
            throw error
        }
        try await site.remove()
    }

    /// A company with its login and key.
    func createCompany(_ name: String, country: String = "NL") async throws -> Tenant {
        let email = "owner@\(UUID().uuidString.lowercased()).example"
        let facts = try JSON.parse(
            Data(
                try await programs.run([
                    "paydock", "company", "create", "--name", name, "--email", email, "--password", Tenant.password,
                    "--country", country, "--json",
                ]).utf8))
        return Tenant(
            installation: self, name: name, email: email,
            key: try facts["api_key"].text.orFail("No api_key: \(facts)"))
    }

    /// Runs a program of this installation to its end and gives its output.
    @discardableResult
    func run(_ command: [String]) async throws -> String { try await programs.run(command) }

    /// Starts a program of this installation; it is stopped with it.
    func start(_ name: String, _ command: [String]) throws -> Part { try programs.start(name, command) }

    /// The last lines of every part's log.
    func logs() -> String { programs.logs() }

    /// One connection to the database as a superuser, who sees every company.
    func sql<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
        let connection = try database.connect()
        defer { connection.close() }
        return try body(connection)
    }

    /// Waits until the condition has a value. The deadline only bounds a hang.
    @discardableResult
    func until<Value>(
        _ what: String, isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Value?
    ) async throws -> Value {
        do {
            return try await wait(for: what, condition)
        } catch {
            throw Failure("\(error)\n\(programs.logs())")
        }
    }

    /// Waits until the condition holds.
    func until(
        _ what: String, isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
    ) async throws {
        try await until(what) { try await condition() ? true : nil }
    }
}

/// Asks until there is an answer.
///
/// The deadline only bounds a hang: other tests may hold every thread of the process for minutes.
func wait<Value>(
    for what: String, isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + .seconds(400)
    while ContinuousClock.now < deadline {
        if let value = try await condition() { return value }
        try await Task.sleep(for: .milliseconds(100))
    }
    throw Failure("In vain waited for: \(what)")
}

extension Result where Failure == any Error {
    /// How an asynchronous body ended.
    fileprivate init(catching body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
