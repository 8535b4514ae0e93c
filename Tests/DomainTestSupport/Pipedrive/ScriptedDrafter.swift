public import Domain
import Synchronization

/// A drafter with one answer, which records the tasks it was given.
public final class ScriptedDrafter: QuoteDrafter {
    /// `scripted`.
    public let name = "scripted"
    private let answer: DraftProposal
    private let failure: ModelFailure?
    private let cost: Int
    private let seen = Mutex<[DraftingTask]>([])

    /// Always proposes this; with a failure, only to who has no patience. Each question costs so many tokens.
    public init(_ answer: DraftProposal = .fixture(), failing failure: ModelFailure? = nil, cost: Int = 0) {
        self.answer = answer
        self.failure = failure
        self.cost = cost
    }

    /// What it was asked.
    public var tasks: [DraftingTask] { seen.withLock { $0 } }

    /// The answer, when the allowance has room for it; else one that says so.
    public func propose(
        _ task: DraftingTask, allowance: any DraftAllowance, patience: DraftPatience
    ) async throws -> DraftProposal {
        seen.withLock { $0.append(task) }
        if let failure, patience == .later { throw failure }
        guard try cost == 0 || allowance.reserve(cost) else {
            return DraftProposal(
                lines: answer.lines, email: answer.email, drafter: "built-in",
                trail: DraftTrail(fallback: "The company's AI budget of today is used up."))
        }
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
