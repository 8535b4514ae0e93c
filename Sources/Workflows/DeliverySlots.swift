import Domain
import Synchronization

/// Lets work begin when there is room for it: so much at once of all companies, and so much of one.
public final class DeliverySlots: Sendable {
    private struct State {
        var taken = 0
        var ofCompany: [Company.ID: Int] = [:]
        // In the order in which they came.
        var waiting: [(company: Company.ID, continuation: CheckedContinuation<Bool, Never>)] = []
        var isClosed = false
    }

    private let messages: Int
    private let perCompany: Int
    private let state = Mutex(State())

    /// Makes slots; by default there is always room.
    public init(messages: Int = .max, perCompany: Int = .max) {
        self.messages = messages
        self.perCompany = perCompany
    }

    /// How many are given out.
    var takenCount: Int { state.withLock { $0.taken } }

    /// How many wait for one.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Waits for a slot; false when there will be none any more. Whoever got one gives it back.
    func take(_ company: Company.ID) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer = state.withLock { state -> Bool? in
                if state.isClosed { return false }
                guard hasRoom(for: company, state) else {
                    state.waiting.append((company, continuation))
                    return nil
                }
                Self.take(company, &state)
                return true
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Lets the next one begin for which there is room now: of the company that has the fewest, so that a single message
    /// does not wait for the many of others.
    func give(back company: Company.ID) {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            state.taken -= 1
            let left = state.ofCompany[company, default: 1] - 1
            state.ofCompany[company] = left > 0 ? left : nil
            let fitting = state.waiting.indices.filter { hasRoom(for: state.waiting[$0].company, state) }
            guard
                let index = fitting.min(by: {
                    state.ofCompany[state.waiting[$0].company, default: 0]
                        < state.ofCompany[state.waiting[$1].company, default: 0]
                })
            else { return nil }
            let next = state.waiting.remove(at: index)
            Self.take(next.company, &state)
            return next.continuation
        }
        next?.resume(returning: true)
    }

    /// Nothing begins any more.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for entry in waiting { entry.continuation.resume(returning: false) }
    }

    private func hasRoom(for company: Company.ID, _ state: State) -> Bool {
        state.taken < messages && state.ofCompany[company, default: 0] < perCompany
    }

    private static func take(_ company: Company.ID, _ state: inout State) {
        state.taken += 1
        state.ofCompany[company, default: 0] += 1
    }
}
