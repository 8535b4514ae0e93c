public import Domain
import Foundation
public import Postgres
import Synchronization

/// Listens for added messages on a connection and a thread of its own.
public final class PostgresSignal: QueueSignal {
    private static let channel = "paydock_queue"
    private static let testTime = Duration.seconds(2)

    private let configuration: PostgresConfiguration

    /// - Parameter configuration: a session of its own: a transaction pooler in between can't pass notifications on.
    public init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// Notifies itself first: behind a transaction pooler LISTEN succeeds, and nothing ever arrives. The stream ends
    /// when that failed, or when the connection is lost; drainers poll as well. A lock of the session, which the server
    /// gives back when the process dies, shows that the worker lives.
    public func wakeUps(worker: String) -> AsyncStream<QueueWakeUp> {
        let configuration = self.configuration
        return AsyncStream(bufferingPolicy: .bufferingNewest(4)) { continuation in
            let isOver = Mutex(false)
            let ending = Ending(isOver)
            continuation.onTermination = { _ in ending.end() }
            Thread.detachNewThread {
                do {
                    try Self.listen(configuration, worker, ending) { continuation.yield($0) }
                } catch {
                    // Not an error of the drain: without notifications it polls, which is slower and no less right.
                    continuation.yield(.isDeaf(reason: "\(error)"))
                }
                continuation.finish()
            }
        }
    }

    private static func listen(
        _ configuration: PostgresConfiguration, _ worker: String, _ ending: Ending, _ tell: (QueueWakeUp) -> Void
    ) throws {
        let connection = try PostgresConnection(configuration)
        defer { connection.close() }
        try connection.listen(channel)
        let word = UUID().uuidString
        _ = try connection.query("select pg_notify(\(channel), \(word))")
        let clock = ContinuousClock()
        let deadline = clock.now + testTime
        while true {
            guard !ending.isOver else { return }
            guard clock.now < deadline else {
                return tell(.isDeaf(reason: "A notification sent over this connection did not come back"))
            }
            if try connection.waitForNotification(timeout: .milliseconds(100))?.payload == word { break }
        }
        // Only here: through a pooler the lock would be held by a session that outlives the process.
        _ = try connection.query(
            "select pg_advisory_lock_shared(20529, hashtext(\(worker)))")
        tell(.hears)
        while !ending.isOver {
            if try connection.waitForNotification(timeout: .milliseconds(500)) != nil { tell(.rang) }
        }
    }

    private final class Ending: Sendable {
        private let flag: Mutex<Bool>
        init(_ flag: consuming Mutex<Bool>) { self.flag = flag }
        var isOver: Bool { flag.withLock { $0 } }
        func end() { flag.withLock { $0 = true } }
    }
}
