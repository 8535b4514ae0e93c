import Domain
import Logging
import Synchronization

/// Passes the queue's notifications on, and says whether there are any.
final class Listener: Sendable {
    private let isHearing = Mutex(false)
    private let task = Mutex<Task<Void, Never>?>(nil)

    var hears: Bool { isHearing.withLock { $0 } }

    init(_ signal: any QueueSignal, worker: String, hands: Hands, logger: Logger) {
        let listening = Task.detached { [weak self] in
            var wasDeaf = false
            while !Task.isCancelled {
                for await wakeUp in signal.wakeUps(worker: worker) {
                    switch wakeUp {
                    case .hears:
                        logger.info("LISTEN works: messages are noticed at once")
                        self?.isHearing.withLock { $0 = true }
                        wasDeaf = false
                    case .rang: break
                    case .isDeaf(let reason):
                        if !wasDeaf {
                            logger.notice(
                                "LISTEN does not work here: the queue is looked at every second",
                                metadata: ["reason": "\(reason)"])
                        }
                        wasDeaf = true
                    }
                    hands.ring()
                }
                // The server was restarted, or there is a pooler in between: another try shows which.
                self?.isHearing.withLock { $0 = false }
                do { try await Task.sleep(for: .seconds(5)) } catch { return }
            }
        }
        task.withLock { $0 = listening }
    }

    func end() {
        task.withLock { $0 }?.cancel()
    }
}
