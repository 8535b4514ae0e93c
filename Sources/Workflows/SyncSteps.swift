public import Domain
import FoundationEssentials
public import Logging

/// One step of a sync run: a page, a batch of decisions, a batch of writes. Each is a message of seconds, and goes on
/// where the last one ended.
public struct SyncSteps: Sendable {
    private let storage: any Storage
    private let crm: any CRMRecords
    private let tokens: AccessTokens
    private let takeover: RecordTakeover
    private let lookup: CreationLookup

    /// Wires the use case.
    public init(storage: any Storage, crm: any CRMRecords, tokens: AccessTokens) {
        self.storage = storage
        self.crm = crm
        self.tokens = tokens
        takeover = RecordTakeover(storage: storage, crm: crm, tokens: tokens)
        lookup = CreationLookup(storage: storage, crm: crm, tokens: tokens, takeover: takeover)
    }

    /// Records decided about in one transaction: enough for sets, few enough for flat memory.
    private static let decisionLimit = 1000
    private static let creationLimit = 50
    /// So long a step reads on, page after page, or decides on, batch after batch.
    private static let stepTime = Duration.seconds(5)

    /// A step of a run.
    private struct Step {
        let run: SyncRun.ID
        let company: Company.ID
        let kind: RecordKind
        let position: SyncPosition

        var checkpoint: SyncCheckpoint { position.checkpoint }
        var next: SyncCheckpoint { checkpoint.next(position.mode) }
    }

    /// Does one step; says whether the next one is due.
    public func advance(_ id: SyncRun.ID, company: Company.ID, logger: Logger) async throws -> DeliveryResult {
        guard let position = try storage.transaction(.cron(company), { try $0.sync.position(id) }) else {
            return .cancelled(reason: "The run has ended")
        }
        guard let kind = position.checkpoint.kind, position.checkpoint.phase != .done else {
            return try finish(id, company, position, logger)
        }
        let step = Step(run: id, company: company, kind: kind, position: position)
        do {
            return try await advance(step, logger)
        } catch let failure as CRMFailure {
            // A person who looks at the run sees why nothing moves, the rest of a day's tokens for instance.
            if case .wait = failure.kind {
                try storage.transaction(.cron(company)) { try $0.sync.wait(id, for: failure.reason) }
            }
            throw failure
        }
    }

    private func advance(_ step: Step, _ logger: Logger) async throws -> DeliveryResult {
        let (id, company, kind, position) = (step.run, step.company, step.kind, step.position)
        switch position.checkpoint.phase {
        case .read: return try await read(step)
        case .readVariations: return try await readVariations(step)
        case .decide: return try await decide(step)
        case .plan:
            try storage.transaction(.cron(company)) {
                try $0.syncTasks.plan(kind, run: id)
                try $0.sync.move(id, to: step.next, tokenCost: 0)
            }
            return .again
        case .write: return try await write(step)
        case .create: return try await create(step)
        case .done: return try finish(id, company, position, logger)
        }
    }

    private func finish(
        _ id: SyncRun.ID, _ company: Company.ID, _ position: SyncPosition, _ logger: Logger
    ) throws -> DeliveryResult {
        try storage.transaction(.cron(company)) { transaction in
            switch position.mode {
            case .full: try transaction.syncPolicy.markApplied()
            case .preview: try transaction.variations.spare(id)
            }
            try transaction.sync.finish(id, .completed, outcome: nil)
        }
        logger.info("Sync run finished", metadata: ["run.id": "\(id)", "mode": "\(position.mode.rawValue)"])
        return .completed(note: nil)
    }

    /// A run whose step was discarded: says why in the log of runs.
    public func fail(_ id: SyncRun.ID, company: Company.ID, reason: String) throws {
        try storage.transaction(.cron(company)) { try $0.sync.finish(id, .failed, outcome: reason) }
    }

    // MARK: Reading

    /// A page with the database's clock before it was asked for.
    private struct ReadPage: Sendable {
        let fetched: FetchedPage
        let readAt: Date
    }

    /// The next page is on its way while one is kept.
    private func read(_ step: Step) async throws -> DeliveryResult {
        guard let policy = try storage.transaction(.cron(step.company), { try $0.syncPolicy.policy() }) else {
            throw ConnectionEnded()
        }
        let end = ContinuousClock.now + Self.stepTime
        do {
            var page = try await page(step, step.checkpoint.cursor, policy)
            while let cursor = page.fetched.nextCursor {
                let next = SyncCheckpoint(phase: .read, kind: step.kind, cursor: cursor)
                guard .now < end else {
                    try keep(page, step, next)
                    return .again
                }
                async let following = self.page(step, cursor, policy)
                try keep(page, step, next)
                page = try await following
            }
            try keep(page, step, step.next)
        } catch is UnknownCursor {
            // A cursor has no promised lifetime. What is staged stays, and what comes again replaces it.
            guard try storage.transaction(.cron(step.company), { try $0.sync.restart(step.run, step.kind) }) else {
                throw CRMFailure(.rejected, reason: "Pipedrive refused the cursors of a list again and again")
            }
        }
        return .again
    }

    /// Pipedrive does not know the place in its list any more.
    private struct UnknownCursor: Error {}

    private func page(_ step: Step, _ cursor: String?, _ policy: SyncPolicy) async throws -> ReadPage {
        let crm = self.crm
        let readAt = try storage.transaction(.cron(step.company)) { try $0.syncPolicy.clock() }
        let listing = RecordListing(step.kind, cursor: cursor)
        do {
            let fetched = try await tokens.calling(step.company, as: .sync) {
                try await crm.page(listing, policy: policy, access: $0)
            }
            return ReadPage(fetched: fetched, readAt: readAt)
        } catch let failure as CRMFailure where failure.kind == .rejected && cursor != nil {
            throw UnknownCursor()
        }
    }

    /// The page and the checkpoint behind it, together.
    private func keep(_ page: ReadPage, _ step: Step, _ next: SyncCheckpoint) throws {
        try storage.transaction(.cron(step.company)) {
            try $0.sync.stage(
                page.fetched.page, run: step.run, readAt: page.readAt, next: next, tokenCost: page.fetched.tokenCost)
        }
    }

    /// Products asked for their variations in one step: each is a request.
    private static let variationLimit = 25

    /// What the products asked have is staged with the note that they were asked, together.
    private func readVariations(_ step: Step) async throws -> DeliveryResult {
        let (due, readAt) = try storage.transaction(.cron(step.company)) {
            (try $0.variations.due(step.run, limit: Self.variationLimit), try $0.syncPolicy.clock())
        }
        guard !due.isEmpty else { return try move(step, to: step.next) }
        let crm = self.crm
        let fetched = try await tokens.calling(step.company, as: .sync) {
            try await crm.variations(of: due, access: $0)
        }
        try storage.transaction(.cron(step.company)) { transaction in
            try transaction.variations.keep(asked: due, having: fetched.page.withVariations, run: step.run)
            try transaction.sync.stage(
                fetched.page, run: step.run, readAt: readAt, next: step.checkpoint, tokenCost: fetched.tokenCost)
        }
        return .again
    }

    // MARK: Deciding

    private func decide(_ step: Step) async throws -> DeliveryResult {
        let end = ContinuousClock.now + Self.stepTime
        var after = step.checkpoint.cursor.flatMap { Int64($0) }
        repeat {
            after = try storage.transaction(.cron(step.company)) { transaction in
                let last = try transaction.pairs.decide(
                    step.kind, run: step.run, after: after, limit: Self.decisionLimit)
                let next =
                    last.map { SyncCheckpoint(phase: .decide, kind: step.kind, cursor: String($0)) } ?? step.next
                try transaction.sync.move(step.run, to: next, tokenCost: 0)
                return last
            }
            // A batch blocks its thread: between two of them notes and leases have their turn.
            await Task.yield()
        } while after != nil && .now < end
        return .again
    }

    // MARK: Writing

    /// What has to change there is read again first: the list may be old by now.
    private func write(_ step: Step) async throws -> DeliveryResult {
        let tasks = try storage.transaction(.cron(step.company)) {
            try $0.syncTasks.tasks(step.kind, run: step.run, creates: false, limit: RecordTakeover.batchLimit)
        }
        guard !tasks.isEmpty else { return try move(step, to: step.next) }
        let brought = try await takeover.bring(
            step.kind, tasks.compactMap(\.recordID), company: step.company, run: step.run)
        let tally = brought.tally
        try storage.transaction(.cron(step.company)) {
            try $0.syncTasks.finish(
                tasks.filter { !tally.failed.contains($0.localID) }, of: step.kind, run: step.run)
            try $0.sync.move(step.run, to: step.checkpoint, tokenCost: tally.tokenCost)
        }
        try tally.orThrow(progress: tasks.count - tally.failed.count)
        return .again
    }

    private func create(_ step: Step) async throws -> DeliveryResult {
        var tasks = try creations(step)
        guard !tasks.isEmpty else { return try move(step, to: step.next) }
        var tokenCost = try await look(tasks, step)
        if tokenCost > 0 { tasks = try creations(step) }
        let doubtful = try tasks.filter { task in
            try task.unclearSince.flatMap { try lookup.secondsToWait($0, step.company) } != nil
        }
        let ready = tasks.filter { !doubtful.contains($0) }
        let (policy, reserved) = try storage.transaction(.cron(step.company)) {
            (try $0.syncPolicy.policy(), try $0.pairs.reserve(step.kind, locals: ready.map(\.localID)))
        }
        guard let policy else { throw ConnectionEnded() }
        let tally = try await takeover.writing.create(
            reserved, RemoteWriting.Order(company: step.company, run: step.run, policy: policy))
        // An answer that was cut off: the record is most likely there already.
        tokenCost += try await look(try creations(step).filter { tally.failed.contains($0.localID) }, step)
        let linked = Set(try creations(step).filter(\.isLinked).map(\.localID))
        let done = tasks.filter { task in
            linked.contains(task.localID) || (ready.contains(task) && !tally.failed.contains(task.localID))
        }
        try storage.transaction(.cron(step.company)) {
            try $0.syncTasks.finish(done, of: step.kind, run: step.run)
            try $0.sync.move(step.run, to: step.checkpoint, tokenCost: tokenCost + tally.tokenCost)
        }
        try tally.orThrow(progress: done.count)
        return done.isEmpty ? .snoozed(seconds: 10, reason: "A record may still appear in Pipedrive") : .again
    }

    private func creations(_ step: Step) throws -> [SyncTask] {
        try storage.transaction(.cron(step.company)) {
            try $0.syncTasks.tasks(step.kind, run: step.run, creates: true, limit: Self.creationLimit)
        }
    }

    /// Looks for creations whose outcome nobody knows, before anything is created again; tokens spent.
    private func look(_ tasks: [SyncTask], _ step: Step) async throws -> Int {
        guard let since = tasks.compactMap(\.unclearSince).min() else { return 0 }
        return try await lookup.look(step.kind, since: since, company: step.company, run: step.run)
    }

    private func move(_ step: Step, to next: SyncCheckpoint) throws -> DeliveryResult {
        try storage.transaction(.cron(step.company)) { try $0.sync.move(step.run, to: next, tokenCost: 0) }
        return .again
    }
}
