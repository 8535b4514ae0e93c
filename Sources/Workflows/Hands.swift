import Domain
import Synchronization

/// What a drain has in hand, and what came of it.
final class Hands: Sendable {
    typealias Entry = (message: OutboxMessage, lease: Lease)

    private struct State {
        var held: [OutboxMessage.ID: Entry] = [:]
        /// Of those held, what is being worked on.
        var begun: Set<OutboxMessage.ID> = []
        var isOver = false
        var results: [FinishedAttempt] = []
        var tasks: [Int: Task<Void, Never>] = [:]
        var lastTask = 0
    }

    private let state = Mutex(State())
    private let bell = Bell()

    var count: Int { state.withLock { $0.held.count } }
    var isEmpty: Bool { count == 0 }
    var hasResults: Bool { state.withLock { !$0.results.isEmpty } }
    var held: [Entry] { state.withLock { Array($0.held.values) } }

    func take(_ claimed: [Entry]) {
        state.withLock { state in
            for entry in claimed { state.held[entry.message.id] = entry }
        }
    }

    /// Whether the work of a message may begin; false once what had not begun was taken back.
    func begin(_ message: OutboxMessage) -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            state.begun.insert(message.id)
            return true
        }
    }

    /// Lets nothing begin any more, and takes out of the hands what has not begun.
    func takeUnbegun() -> [OutboxMessage] {
        state.withLock { state in
            state.isOver = true
            let unbegun = state.held.values.map(\.message).filter { !state.begun.contains($0.id) }
            for message in unbegun { state.held[message.id] = nil }
            return unbegun
        }
    }

    /// A message is over; its result is to be written.
    func give(_ attempt: FinishedAttempt) {
        state.withLock { state in
            state.begun.remove(attempt.message.id)
            // Let go meanwhile: whoever has it now decides.
            guard state.held.removeValue(forKey: attempt.message.id) != nil else { return }
            state.results.append(attempt)
        }
        bell.ring()
    }

    func takeResults() -> [FinishedAttempt] {
        state.withLock { state in
            defer { state.results = [] }
            return state.results
        }
    }

    /// Leases that were renewed last longer; those that were not are somebody else's by now.
    func renew(_ renewed: Set<OutboxMessage.ID>, of held: [Entry], until end: ContinuousClock.Instant) {
        for entry in held {
            if renewed.contains(entry.message.id) { entry.lease.extend(to: end) } else { entry.lease.revoke() }
        }
    }

    /// Runs work beside the loop.
    func run(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.lastTask += 1
            let id = state.lastTask
            state.tasks[id] = Task.detached { [weak self] in
                await work()
                self?.forget(id)
            }
        }
    }

    private func forget(_ id: Int) {
        state.withLock { $0.tasks[id] = nil }
    }

    /// Ends all work without waiting for it; returns how much that was, and the results that were still to be written.
    func letGo() -> (lostCount: Int, results: [FinishedAttempt]) {
        let last = state.withLock { state in
            defer {
                state = State()
                state.isOver = true
            }
            return state
        }
        for task in last.tasks.values { task.cancel() }
        return (last.held.count, last.results)
    }

    func ring() { bell.ring() }

    /// Waits, whoever rings meanwhile.
    func rest(_ time: Duration) async {
        let nap = Task.detached { try await Task.sleep(for: time) }
        _ = await nap.result
    }

    /// Waits for a result or a ring, but no longer.
    func wait(seconds: Double) async {
        let timer = Task.detached { [bell] in
            try await Task.sleep(for: .seconds(seconds))
            bell.ring()
        }
        await bell.wait()
        timer.cancel()
    }
}

/// Remembers that it rang until somebody waits.
private final class Bell: Sendable {
    private enum State {
        case quiet
        case rang
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    func ring() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            if case .waiting(let continuation) = state {
                state = .quiet
                return continuation
            }
            state = .rang
            return nil
        }
        waiting?.resume()
    }

    /// One waits at a time.
    func wait() async {
        await withCheckedContinuation { continuation in
            let hasRung = state.withLock { state in
                if case .rang = state {
                    state = .quiet
                    return true
                }
                state = .waiting(continuation)
                return false
            }
            if hasRung { continuation.resume() }
        }
    }
}
