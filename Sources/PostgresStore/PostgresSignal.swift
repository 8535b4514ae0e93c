public import Domain
import Foundation
public import Postgres
import Synchronization

/// Listens for added messages on a connection and a thread of its own.
public final class PostgresSignal: QueueSignal {
    private let configuration: PostgresConfiguration

    /// - Parameter configuration: a session of its own: a transaction pooler in between can't pass notifications on.
    public init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
    }

    /// The stream ends when the connection is lost or could not be made; drainers poll as well.
    public func wakeUps() -> AsyncStream<Void> {
        let configuration = self.configuration
        return AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let isOver = Mutex(false)
            let ending = Ending(isOver)
            continuation.onTermination = { _ in ending.end() }
            Thread.detachNewThread {
                do {
                    let connection = try PostgresConnection(configuration)
                    try connection.listen("paydock_queue")
                    while !ending.isOver {
                        if try connection.waitForNotification(timeout: .milliseconds(500)) != nil {
                            continuation.yield()
                        }
                    }
                    connection.close()
                } catch {
                    // Not passed on: without notifications the drainer polls, which is slower and no less right.
                    ending.end()
                }
                continuation.finish()
            }
        }
    }

    private final class Ending: Sendable {
        private let flag: Mutex<Bool>
        init(_ flag: consuming Mutex<Bool>) { self.flag = flag }
        var isOver: Bool { flag.withLock { $0 } }
        func end() { flag.withLock { $0 = true } }
    }
}
