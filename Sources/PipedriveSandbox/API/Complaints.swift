import Synchronization

/// What a call did that the documents do not know, though it is answered: unknown parameters and members.
final class Complaints: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    var all: [String] { texts.withLock { $0 } }
}
