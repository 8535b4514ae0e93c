import Domain
import FoundationEssentials

/// Writes to Pipedrive what was decided, several records at once, and keeps how each ended.
struct RemoteWriting: Sendable {
    let storage: any Storage
    let crm: any CRMRecords
    let tokens: AccessTokens

    /// For whom, and out of which share of the budget.
    struct Order: Sendable {
        let company: Company.ID
        let run: SyncRun.ID?
        let policy: SyncPolicy

        var urgency: CallUrgency { run == nil ? .live : .sync }
    }

    /// How writes ended.
    struct Tally: Sendable {
        /// Records that are written, or refused by Pipedrive: nothing more is to be done.
        var settledCount = 0
        /// Records of ours that are still to be written.
        var failed: Set<UUID> = []
        /// The latest reason why.
        var failure: CRMFailure?
        /// Pipedrive tokens spent.
        var tokenCost = 0

        /// Throws the reason where waiting, or a person, has to come first, or where nothing went well at all.
        func orThrow(progress: Int? = nil) throws {
            guard let failure else { return }
            if case .transient = failure.kind, (progress ?? settledCount) > 0 { return }
            throw failure
        }
    }

    /// More at once gain nothing: the budget of two seconds is what holds them.
    private static let width = 8

    /// Changes records; `current` holds them as they were read.
    func change(_ changes: [RemoteChange], current: RecordPage, _ order: Order) async throws -> Tally {
        try await each(changes, order) { change in
            let outcome = await self.outcome(order) { access in
                try await self.crm.update(
                    change.write, current: current.only([change.recordID]), policy: order.policy, access: access)
            }
            try self.storage.transaction(.cron(order.company)) {
                try $0.pairs.settle(change, outcome.result, run: order.run)
            }
            return outcome
        } leaving: { transaction, change in
            try transaction.pairs.settle(change, .failed(isUnclear: false), run: order.run)
        }
    }

    /// Makes records whose links stand already.
    func create(_ creations: [RemoteCreation], _ order: Order) async throws -> Tally {
        try await each(creations, order) { creation in
            let outcome = await self.outcome(order) { access in
                try await self.crm.create(creation.write, policy: order.policy, access: access)
            }
            try self.storage.transaction(.cron(order.company)) {
                try $0.pairs.settle(creation, outcome.result, run: order.run)
            }
            return outcome
        } leaving: { transaction, creation in
            try transaction.pairs.settle(creation, .failed(isUnclear: false), run: order.run)
        }
    }

    private struct Outcome: Sendable {
        let result: RemoteOutcome
        var failure: CRMFailure?
        var tokenCost = 0
    }

    private func outcome(
        _ order: Order, _ write: @escaping @Sendable (PipedriveAccess) async throws -> FetchedPage
    ) async -> Outcome {
        do {
            let fetched = try await tokens.calling(order.company, as: order.urgency, write)
            return Outcome(result: .done(fetched.page), tokenCost: fetched.tokenCost)
        } catch let failure as CRMFailure {
            switch failure.kind {
            // Gone between reading and writing: the next reading says so.
            case .rejected where failure.isMissing: return Outcome(result: .failed(isUnclear: false))
            case .rejected: return Outcome(result: .refused(failure.message ?? failure.description))
            case .transient(let mayHaveTakenEffect, _):
                return Outcome(result: .failed(isUnclear: mayHaveTakenEffect), failure: failure)
            case .wait, .unauthorized, .grantRefused:
                return Outcome(result: .failed(isUnclear: false), failure: failure)
            }
        } catch {
            let failure = CRMFailure(
                .transient(mayHaveTakenEffect: true, retryAfterSeconds: nil), reason: "The write ended early: \(error)")
            return Outcome(result: .failed(isUnclear: true), failure: failure)
        }
    }

    /// A few at a time; none is begun any more once Pipedrive wants us to wait: the rest is let go as it was.
    private func each<Write: RemoteWrite>(
        _ writes: [Write], _ order: Order, _ body: @escaping @Sendable (Write) async throws -> Outcome,
        leaving: (any StorageTransaction, Write) throws -> Void
    ) async throws -> Tally {
        var tally = Tally()
        var waiting = writes[...]
        try await withThrowingTaskGroup(of: (UUID, Outcome).self) { group in
            func begin(_ write: Write) { group.addTask { (write.localID, try await body(write)) } }
            waiting.prefix(Self.width).forEach(begin)
            waiting = waiting.dropFirst(Self.width)
            for try await (local, outcome) in group {
                tally.add(outcome.failure, of: local, tokenCost: outcome.tokenCost)
                if tally.goesOn, let write = waiting.popFirst() { begin(write) }
            }
        }
        let left = Array(waiting)
        guard !left.isEmpty else { return tally }
        try storage.transaction(.cron(order.company)) { transaction in
            for write in left { try leaving(transaction, write) }
        }
        tally.failed.formUnion(left.map(\.localID))
        return tally
    }
}

/// What is written to Pipedrive for one of our records.
private protocol RemoteWrite: Sendable {
    var localID: UUID { get }
}

extension RemoteChange: RemoteWrite {}
extension RemoteCreation: RemoteWrite {}

extension RemoteWriting.Tally {
    fileprivate mutating func add(_ failure: CRMFailure?, of local: UUID, tokenCost cost: Int) {
        tokenCost += cost
        guard let failure else {
            settledCount += 1
            return
        }
        failed.insert(local)
        // What has to be waited for says more than what failed beside it.
        if goesOn { self.failure = failure }
    }

    fileprivate var goesOn: Bool {
        switch failure?.kind {
        case .wait, .unauthorized, .grantRefused: false
        default: true
        }
    }
}
