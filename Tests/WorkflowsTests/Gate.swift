import Domain
import DomainTestSupport
import Synchronization

/// A drafter that stands still until the test opens it.
final class Gate: QuoteDrafter {
    private struct State {
        var isOpen = false
        var begunCount = 0
        var wasCancelled = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let drafter: ScriptedDrafter

    init(drafter proposal: DraftProposal) {
        drafter = ScriptedDrafter(proposal)
    }

    /// Whether a draft was cancelled while it stood still.
    var wasCancelled: Bool { state.withLock { $0.wasCancelled } }

    /// How many drafts were begun.
    var begunCount: Int { state.withLock { $0.begunCount } }

    let name = "gate"

    func propose(
        _ task: DraftingTask, allowance: any DraftAllowance, patience: DraftPatience
    ) async throws -> DraftProposal {
        await withTaskCancellationHandler {
            await stand()
        } onCancel: {
            state.withLock { $0.wasCancelled = true }
        }
        return try await drafter.propose(task, allowance: allowance, patience: patience)
    }

    private func stand() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                state.begunCount += 1
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func waitUntilBegun(_ count: Int) async {
        while begunCount < count { await Task.yield() }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// Something that was said once, to be read anywhere.
final class Flag: Sendable {
    private let value = Mutex(false)
    var isSet: Bool { value.withLock { $0 } }
    func set() { value.withLock { $0 = true } }
}
