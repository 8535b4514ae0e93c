import Postgres
import Synchronization

/// Connections of this process, made when needed and kept when idle.
final class ConnectionPool: Sendable {
    private let configuration: PostgresConfiguration
    private let idle = Mutex<[Parked]>([])

    // A parked connection belongs to nobody, and a taken one to exactly one caller: it is never used by two at a time.
    private struct Parked: @unchecked Sendable {
        let connection: PostgresConnection
        let since: ContinuousClock.Instant

        var isFresh: Bool { connection.isOpen && ContinuousClock.now - since < .seconds(1) }
    }

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// A connection for one caller, and whether it lay idle before: such a one may have been cut off meanwhile.
    ///
    /// - Parameter repeats: whether the caller runs its statements again when that turns out. To look for it costs a
    ///   system call, which is not worth it then after a moment's idleness.
    func take(repeats: Bool = false) throws -> (connection: PostgresConnection, wasIdle: Bool) {
        while let parked = idle.withLock({ $0.popLast() }) {
            if repeats && parked.isFresh || parked.connection.isUsable { return (parked.connection, true) }
            parked.connection.close()
        }
        return (try PostgresConnection(configuration), false)
    }

    /// Takes a connection back; a broken one is closed.
    func give(back connection: PostgresConnection) {
        guard connection.isOpen else { return connection.close() }
        let parked = Parked(connection: connection, since: .now)
        idle.withLock { $0.append(parked) }
    }

    /// Runs `body` with a connection. When an idle one turns out to have been cut off, the body runs once more on a new
    /// one, unless it was the commit that got no answer.
    ///
    /// A batch that carries its commit may have been committed all the same. Such are the panel's look, which writes
    /// nothing, and a webhook, whose second copy is known by its event.
    func withConnection<Result>(_ body: (PostgresConnection) throws -> Result) throws -> Result {
        let (connection, wasIdle) = try take(repeats: true)
        do {
            let result = try body(connection)
            give(back: connection)
            return result
        } catch let error as PostgresError where error.isConnectionLost && wasIdle && error.place != "commit" {
            connection.close()
            discardIdle()
            let fresh = try PostgresConnection(configuration)
            defer { give(back: fresh) }
            return try body(fresh)
        } catch {
            give(back: connection)
            throw error
        }
    }

    // The server was restarted: what else lies idle is cut off too.
    private func discardIdle() {
        let parked = idle.withLock { connections in
            defer { connections.removeAll() }
            return connections
        }
        for entry in parked { entry.connection.close() }
    }
}
