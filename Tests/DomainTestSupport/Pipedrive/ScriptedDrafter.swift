public import Domain
import Synchronization

/// A drafter with one answer, which records the tasks it was given.
public final class ScriptedDrafter: QuoteDrafter {
    private let answer: DraftProposal
    private let seen = Mutex<[DraftingTask]>([])

    /// Always proposes this.
    public init(_ answer: DraftProposal = .fixture()) {
        self.answer = answer
    }

    /// What it was asked.
    public var tasks: [DraftingTask] { seen.withLock { $0 } }

    /// The answer.
    public func propose(_ task: DraftingTask) async throws -> DraftProposal {
        seen.withLock { $0.append(task) }
        return answer
    }
}

/// A signal that the test gives by hand.
public final class HandSignal: QueueSignal {
    private let stream: AsyncStream<QueueWakeUp>
    private let continuation: AsyncStream<QueueWakeUp>.Continuation

    /// A signal that was not given yet.
    public init() {
        (stream, continuation) = AsyncStream.makeStream(of: QueueWakeUp.self)
    }

    /// The signals from now on.
    public func wakeUps(worker: String) -> AsyncStream<QueueWakeUp> { stream }

    /// Gives one.
    public func ring() { continuation.yield(.rang) }
}
