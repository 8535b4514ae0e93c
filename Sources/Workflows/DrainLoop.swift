import Domain
import Logging
import Synchronization

/// One run of a drain: a single loop that claims, hands out, and writes results, each time for many messages at once.
///
/// The more there is to do, the more of it goes into one round trip: while the database works, results pile up.
final class DrainLoop: Sendable {
    let drain: QueueDrain
    let logger: Logger
    let hands = Hands()
    private let slots: DeliverySlots
    private let routing = Mutex(Routing())
    private let end: ContinuousClock.Instant?
    private let isStopping: @Sendable () -> Bool

    init(
        _ drain: QueueDrain, ending: QueueDrain.Ending, logger: Logger, isStopping: @Sendable @escaping () -> Bool
    ) {
        self.drain = drain
        self.logger = logger
        self.isStopping = isStopping
        slots = DeliverySlots(messages: drain.limits.messages, perCompany: drain.limits.perCompany)
        end = if case .after(let duration) = ending { .now + duration } else { nil }
    }

    /// Events on their way to becoming notes, beside the loop.
    private struct Routing {
        var isBusy = false
        var count = 0
        var failure: (any Error)?
    }

    /// What a turn of the loop knows.
    private struct Turn {
        var summary = DrainSummary()
        var failure: (any Error)?
        var isAnnounced = false
        /// Whether others were told that this drain's session is open.
        var saidHearing = false
        /// When something was last claimed or finished.
        var busyAt = ContinuousClock.now
        var renewedAt = ContinuousClock.now
        var rescuedAt: ContinuousClock.Instant?
        var ahead = ClaimAhead()
    }

    // After work a drain looks again a few times before it says that it is idle: while there is much to do, nobody has
    // to notify it.
    private static let linger = Duration.milliseconds(30)
    private static let lingerPause = 0.01
    private static let renewalPause = Duration.seconds(2)
    private static let rescuePause = Duration.seconds(2)
    // With enough in hand to go on meanwhile, results pile up before they are written: a turn costs the same for many.
    private static let pileTime = Duration.milliseconds(8)
    // Of a company's events so many at a time, lest the messages in hand wait for them.
    private static let (routedAtOnce, routedBeside, companiesAtOnce) = (500, 100, 20)

    func run() async throws -> DrainSummary {
        let listener = end == nil ? nil : Listener(drain.signal, worker: drain.worker, hands: hands, logger: logger)
        defer { listener?.end() }
        var turn = Turn()
        try begin()
        while true {
            let isOver = turn.failure != nil || isStopping() || (end.map { .now >= $0 } ?? false)
            if let end, .now >= end + drain.grace { break }
            // Notes of events that were being routed may have come after the look.
            let wasRouting = routing.withLock { $0.isBusy }
            let seen = await step(&turn, isOver: isOver, hears: listener?.hears ?? false)
            hand(seen.claimed)
            route(seen.companies)
            if wasRouting || !seen.isEmpty { turn.busyAt = .now }
            turn.failure = turn.failure ?? routing.withLock { $0.failure }
            let hasRoom = request(hands.held, turn) != nil
            if hands.isEmpty, !hands.hasResults, !wasRouting, seen.isEmpty, isOver || end == nil { break }
            await pause(&turn, isOver: isOver, hasRoom: hasRoom, hears: listener?.hears ?? false)
        }
        turn.summary.routed = routing.withLock { $0.count }
        await finish(&turn)
        if let failure = turn.failure { throw failure }
        return turn.summary
    }

    private func begin() throws {
        try drain.storage.transaction(.cron(nil)) { transaction in
            if end != nil { try transaction.drainers.checkIn(worker: drain.worker, held: 0, hears: false) }
            try transaction.drainers.raiseFloors()
        }
    }

    /// What one look at the queue brought.
    private struct Seen {
        var claimed: [(message: OutboxMessage, lease: Lease)] = []
        var companies: [Company.ID] = []
        var isEmpty: Bool { claimed.isEmpty && companies.isEmpty }
    }

    /// Results out, messages in: one transaction.
    private func step(_ turn: inout Turn, isOver: Bool, hears: Bool) async -> Seen {
        let results = hands.takeResults()
        if !results.isEmpty { turn.busyAt = .now }
        do {
            let now = ContinuousClock.now
            let isRescueDue = !isOver && turn.rescuedAt.map { now - $0 > Self.rescuePause } ?? true
            let isRenewalDue = now - turn.renewedAt > Self.renewalPause
            let held = hands.held
            let leaseEnd = now + .seconds(drain.leaseSeconds)
            turn.ahead.count(results)
            var work = DrainTurn(worker: drain.worker, leaseSeconds: drain.leaseSeconds)
            work.companyLimit = routing.withLock { $0.isBusy } ? 0 : Self.companiesAtOnce
            work.results = results
            if isRenewalDue { work.renewals = held.map(\.message) }
            if isRescueDue {
                work.rescue = DrainTurn.Rescue(
                    repeatSeconds: drain.retry.repeatSeconds, backSeconds: turn.rescuedAt == nil ? nil : 120)
            }
            work.claim = isOver ? nil : request(held, turn)
            let (isAnnounced, isPatient) = (turn.isAnnounced, end != nil)
            let isHearingNews = hears != turn.saidHearing
            let outcome = try await persistently {
                try self.drain.storage.transaction(.cron(nil)) { transaction in
                    let outcome = try transaction.drain.turn(work)
                    if isPatient, isHearingNews || isAnnounced && !outcome.isEmpty {
                        try transaction.drainers.checkIn(
                            worker: self.drain.worker, held: held.count + outcome.claimed.count, hears: hears)
                    }
                    return outcome
                }
            }
            let seen = Seen(
                claimed: outcome.claimed.map { ($0, Lease(until: leaseEnd)) }, companies: outcome.companies)
            if !seen.isEmpty || isHearingNews { turn.isAnnounced = false }
            turn.saidHearing = hears
            if isRescueDue { turn.rescuedAt = now }
            if isRenewalDue {
                turn.renewedAt = now
                hands.renew(outcome.renewed, of: held, until: leaseEnd)
            }
            report(results, ours: outcome.ours, &turn)
            return seen
        } catch {
            turn.failure = turn.failure ?? error
            if (error as? Refusal)?.code == .unavailable {
                turn.summary.lost += results.count
            } else {
                await writeSingly(results, &turn)
            }
            return Seen()
        }
    }

    private func request(_ held: [Hands.Entry], _ turn: Turn) -> ClaimRequest? {
        var companies: [Company.ID: Int] = [:]
        var priorities: [Int: Int] = [:]
        for entry in held {
            companies[entry.message.companyID, default: 0] += 1
            priorities[entry.message.priority, default: 0] += 1
        }
        let counted = Dictionary(uniqueKeysWithValues: companies.map { ($0, turn.ahead.counted($1, of: $0)) })
        let room = ClaimAhead.room(counted: counted, limits: drain.limits)
        guard room > 0 else { return nil }
        return ClaimRequest(
            worker: drain.worker, limit: room, leaseSeconds: drain.leaseSeconds, share: drain.limits.perCompany,
            held: counted, lowestPriority: drain.limits.lowestPriority(held: priorities))
    }

    /// After a batch could not be written: one bad result must not keep the others back.
    private func writeSingly(_ results: [FinishedAttempt], _ turn: inout Turn) async {
        for result in results {
            do {
                let ours = try await persistently {
                    try self.drain.storage.transaction(.cron(nil)) {
                        try $0.drain.finish([result], worker: self.drain.worker)
                    }
                }
                report([result], ours: ours, &turn)
            } catch {
                turn.failure = turn.failure ?? error
            }
        }
    }

    /// Begins to route events of these companies; rings when that is done.
    private func route(_ companies: [Company.ID]) {
        guard !companies.isEmpty else { return }
        routing.withLock { $0.isBusy = true }
        hands.run { [self] in
            for company in companies {
                do {
                    let count = try await persistently {
                        try self.drain.deliveries.events.route(
                            company, limit: self.hands.isEmpty ? Self.routedAtOnce : Self.routedBeside)
                    }
                    routing.withLock { $0.count += count }
                } catch {
                    routing.withLock { $0.failure = $0.failure ?? error }
                }
            }
            routing.withLock { $0.isBusy = false }
            hands.ring()
        }
    }

    private func hand(_ claimed: [(message: OutboxMessage, lease: Lease)]) {
        guard !claimed.isEmpty else { return }
        hands.take(claimed)
        for (company, notes) in Dictionary(
            grouping: claimed.filter { $0.message.kind == .note }, by: \.message.companyID)
        {
            hands.run { [self] in
                await drain.deliveries.deliverNotes(
                    notes, company: company, slots: slots, begins: { self.hands.begin($0) },
                    report: { self.note($0, $1, elapsedSeconds: $2) })
            }
        }
        for (message, _) in claimed where message.kind != .note {
            hands.run { [self] in
                var logger = logger
                logger[metadataKey: "message.id"] = "\(message.id)"
                guard await slots.take(message.companyID) else { return }
                guard hands.begin(message) else { return slots.give(back: message.companyID) }
                let start = ContinuousClock.now
                let delivered = await drain.deliveries.deliver(message, logger: logger)
                slots.give(back: message.companyID)
                note(message, delivered, elapsedSeconds: (ContinuousClock.now - start) / .seconds(1))
            }
        }
    }

    private func note(_ message: OutboxMessage, _ delivered: Delivered, elapsedSeconds: Double) {
        let outcome = drain.retry.outcome(
            of: delivered, message: message, elapsedSeconds: elapsedSeconds, jitter: Double.random(in: -1...1))
        hands.give(
            FinishedAttempt(
                message: message, outcome: outcome, httpStatus: delivered.httpStatus, excerpt: delivered.excerpt))
    }

    private func pause(_ turn: inout Turn, isOver: Bool, hasRoom: Bool, hears: Bool) async {
        if turn.ahead.isPlenty(hands.count - slots.takenCount) { await hands.rest(Self.pileTime) }
        if hands.hasResults { return }
        guard !isOver, let end else { return await hands.wait(seconds: 1) }
        guard hasRoom else { return await hands.wait(seconds: 1) }
        if .now - turn.busyAt < Self.linger { return await hands.wait(seconds: Self.lingerPause) }
        // While something is held, its leases are renewed as well.
        let poll = hears && hands.isEmpty ? 2.0 : 1.0
        do {
            let (worker, held) = (drain.worker, hands.count)
            let due = try await persistently {
                try self.drain.storage.transaction(.cron(nil)) {
                    try $0.drainers.idle(worker: worker, held: held, seconds: poll + 1, hears: hears)
                }
            }
            // Only what is claimed after this was said cannot have been missed: so one more look, then sleep.
            if !turn.isAnnounced {
                turn.isAnnounced = true
                return
            }
            let left = max((end - .now) / .seconds(1), 0)
            await hands.wait(seconds: max(min(due ?? poll, poll, left), 0.005))
        } catch {
            turn.failure = turn.failure ?? error
        }
    }

    /// The end: what has not begun is handed back, and has cost no attempt. What is still at work is let go, and comes
    /// back when its lease runs out.
    private func finish(_ turn: inout Turn) async {
        // First, so that nothing begins in the place of what is cancelled.
        slots.close()
        let unbegun = hands.takeUnbegun().map {
            FinishedAttempt(
                message: $0,
                outcome: AttemptOutcome(
                    .scheduled, .snoozed, detail: "The drainer's time was over before it began", isCounted: false))
        }
        let last = hands.letGo()
        if last.lostCount > 0 {
            turn.summary.lost += last.lostCount
            logger.error("Messages in hand took too long", metadata: ["count": "\(last.lostCount)"])
        }
        let results = last.results + unbegun
        if !results.isEmpty {
            do {
                let ours = try drain.storage.transaction(.cron(nil)) {
                    try $0.drain.finish(results, worker: drain.worker)
                }
                report(results, ours: ours, &turn)
            } catch {
                turn.summary.lost += results.count
                turn.failure = turn.failure ?? error
            }
        }
        guard end != nil else { return }
        do {
            try drain.storage.transaction(.cron(nil)) { try $0.drainers.checkOut(worker: drain.worker) }
        } catch {
            turn.failure = turn.failure ?? error
        }
    }

    // While PostgreSQL is restarted, what is in hand must not be let go: its results are still to be written.
    private static let databasePauses = 120

    private func persistently<Result>(_ body: () throws -> Result) async throws -> Result {
        for pause in 1...Self.databasePauses {
            do {
                return try body()
            } catch let refusal as Refusal where refusal.code == .unavailable {
                if pause == 1 { logger.warning("The database does not answer; waiting for it") }
                try await Task.sleep(for: .milliseconds(250))
            }
        }
        return try body()
    }
}

extension DrainLoop {
    private func report(_ results: [FinishedAttempt], ours: Set<OutboxMessage.ID>, _ turn: inout Turn) {
        for result in results {
            let (message, outcome) = (result.message, result.outcome)
            guard ours.contains(message.id) else {
                turn.summary.lost += 1
                logger.warning("The lease was lost before the result could be written", metadata: facts(message))
                continue
            }
            turn.summary.count(outcome)
            do {
                try tell(message, outcome)
            } catch {
                turn.failure = turn.failure ?? error
            }
        }
    }

    private func facts(_ message: OutboxMessage) -> Logger.Metadata {
        ["message.id": "\(message.id)", "message.kind": "\(message.kind.rawValue)"]
    }

    private func tell(_ message: OutboxMessage, _ outcome: AttemptOutcome) throws {
        var metadata = facts(message)
        if let detail = outcome.detail { metadata["reason"] = "\(detail)" }
        switch outcome.state {
        case .completed, .available, .running: logger.debug("Message done", metadata: metadata)
        case .cancelled: logger.info("Message cancelled", metadata: metadata)
        case .scheduled:
            metadata["seconds"] = "\(outcome.delaySeconds)"
            logger.notice("Message waits", metadata: metadata)
        case .retryable:
            metadata["attempt"] = "\(message.attempt)"
            logger.warning("Attempt failed", metadata: metadata)
        case .discarded:
            logger.error("Message discarded", metadata: metadata)
            try drain.deliveries.gaveUp(message, reason: outcome.detail ?? "")
        }
    }
}
