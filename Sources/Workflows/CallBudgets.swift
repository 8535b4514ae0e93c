import Domain
import Synchronization

/// The budgets of calls to Pipedrive, taken from the shared rows in slices.
final class CallBudgets: Sendable {
    private struct Key: Hashable {
        let company: Company.ID
        let urgency: CallUrgency
    }

    private let storage: any Storage
    private let allowances = Mutex<[Key: SlicedAllowance]>([:])

    init(storage: any Storage) {
        self.storage = storage
    }

    /// The allowance of a company's calls of one urgency; the same one every time.
    func allowance(_ company: Company.ID, _ urgency: CallUrgency) -> any CallAllowance {
        allowances.withLock { table in
            let key = Key(company: company, urgency: urgency)
            if let known = table[key] { return known }
            let fresh = SlicedAllowance(storage: storage, company: company, urgency: urgency)
            table[key] = fresh
            return fresh
        }
    }
}

/// Spends slices of one company's budget. An actor, so that of many callers one goes to the database for all.
private actor SlicedAllowance: CallAllowance {
    private let storage: any Storage
    private let company: Company.ID
    private let urgency: CallUrgency
    private let reading = Mutex(BudgetReading())
    private var callsLeft = 0
    private var callLimit: Int?
    private var spentTokens = 0
    // What is not used soon is let go: it was meant for the two seconds in which it was taken.
    private var sliceEnd = ContinuousClock.now

    private static let patience = Duration.seconds(4)
    private static let sliceTime = Duration.seconds(1)
    // Where no answer tells of a limit, there is nothing to share: a slice that was used up in its time doubles the next.
    private static let (firstSlice, biggestSlice) = (10, 640)
    private var freeSlice = SlicedAllowance.firstSlice
    // Of a day's calls a part is left to others, which a big slice would overshoot.
    private var hasDayLimit = false

    init(storage: any Storage, company: Company.ID, urgency: CallUrgency) {
        self.storage = storage
        self.company = company
        self.urgency = urgency
    }

    func spend(tokens: Int) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if callsLeft > 0, .now < sliceEnd {
                callsLeft -= 1
                spentTokens += tokens
                return
            }
            let slice = try take()
            if slice.calls > 0 { continue }
            let pause = Duration.seconds(min(max(slice.waitSeconds, 0.01), 2))
            guard !slice.isDayOver, .now + pause < deadline else {
                throw CRMFailure(
                    .wait(seconds: max(1, Int(slice.waitSeconds.rounded(.up)))),
                    reason: slice.isDayOver
                        ? "The rest of today's API tokens is left to the company's other apps"
                        : "The connection's calls of these two seconds are used up")
            }
            try await Task.sleep(for: pause)
        }
    }

    private func take() throws -> CallSlice {
        let reading = self.reading.withLock { $0 }
        hasDayLimit = hasDayLimit || reading.dayLimit != nil
        freeSlice = .now < sliceEnd && !hasDayLimit ? min(freeSlice * 2, Self.biggestSlice) : Self.firstSlice
        let size = (reading.callLimit ?? callLimit).map { max(1, $0 / 20) } ?? freeSlice
        let slice = try storage.transaction(.cron(company)) {
            try $0.callBudgets.take(calls: size, spent: spentTokens, as: urgency, reading: reading)
        }
        self.reading.withLock { $0 = BudgetReading() }
        (callsLeft, callLimit, spentTokens) = (slice.calls, slice.callLimit, 0)
        sliceEnd = .now + Self.sliceTime
        return slice
    }

    nonisolated func note(_ new: BudgetReading) {
        reading.withLock { reading in
            reading = BudgetReading(
                callLimit: new.callLimit ?? reading.callLimit, dayLimit: new.dayLimit ?? reading.dayLimit,
                dayLeft: new.dayLeft ?? reading.dayLeft)
        }
    }
}
