import Domain
import FoundationEssentials

struct MemoryQueue: QueueStore, ChoreStore {
    let transaction: MemoryTransaction

    func add(_ message: NewMessage) throws -> Bool {
        try transaction.integration()
        return transaction.state.add(message, company: try transaction.tenant().company.id)
    }
    func cancelWaiting(reason: String) throws -> Int {
        let company = try transaction.tenant().company.id
        let waiting = transaction.state.messages.indices.filter {
            let message = transaction.state.messages[$0]
            return message.companyID == company && message.isOpen && message.state != .running
                && ![.event, .mail, .revoke].contains(message.new.kind)
        }
        for index in waiting {
            transaction.state.messages[index].state = .cancelled
            transaction.state.messages[index].reason = reason
        }
        return waiting.count
    }
    func wake() throws {
        let company = try transaction.tenant().company.id
        transaction.state.gates[company] = nil
        for index in transaction.state.messages.indices where transaction.state.messages[index].companyID == company {
            transaction.state.messages[index].dueInSeconds = 0
        }
    }

    func secondsOverdue(_ name: String) throws -> Double? {
        transaction.state.chores[name].map { transaction.state.now.timeIntervalSince($0) }
    }
    func claim(_ name: String, everySeconds: Int) throws -> Bool {
        let now = transaction.state.now
        guard transaction.state.chores[name, default: now] <= now else { return false }
        transaction.state.chores[name] = now.addingTimeInterval(Double(everySeconds))
        return true
    }
}

/// The drainer's side of the fake queue.
struct MemoryDrain: DrainStore {
    let transaction: MemoryTransaction

    private static let gated: Set<OutboxMessage.Kind> = Set(OutboxMessage.Kind.allCases)
        .subtracting([.event, .webhook, .mail, .revoke, .refresh])

    private var events: [StoredMessage] {
        transaction.state.messages.filter { $0.new.kind == .event && $0.state == .available }
    }

    func companiesWithEvents(limit: Int) throws -> [Company.ID] {
        Array(Set(events.map(\.companyID)).sorted { $0.text < $1.text }.prefix(limit))
    }
    func takeEvents(limit: Int) throws -> [TakenEvent] {
        let company = try transaction.tenant().company.id
        return events.filter { $0.companyID == company }.prefix(limit)
            .map { TakenEvent(messageID: OutboxMessage.ID($0.id), subject: $0.new.subject) }
    }
    func settle(_ events: [RoutedEvent]) throws {
        let company = try transaction.tenant().company.id
        for routed in events {
            if let note = routed.note { _ = transaction.state.add(note, company: company) }
            change(routed.event.messageID) { ($0.state, $0.reason) = (.completed, routed.reason) }
        }
    }

    func claim(_ request: ClaimRequest) throws -> [OutboxMessage] {
        guard transaction.access.role == .cron else { throw MemoryTransaction.NotGranted() }
        var busy: Set<String> = []
        var counts = request.held
        var probed: Set<Company.ID> = []
        var claimed: [OutboxMessage] = []
        let messages = transaction.state.messages
        for index in messages.indices.sorted(by: {
            (messages[$0].new.priority, $0) < (messages[$1].new.priority, $1)
        }) {
            let message = messages[index]
            guard message.isOpen, message.new.kind != .event else { continue }
            let isFirst = message.new.lane.map { busy.insert("\(message.companyID.text) \($0)").inserted } ?? true
            guard isFirst, message.state != .running, message.dueInSeconds <= 0,
                message.new.priority <= request.lowestPriority,
                transaction.state.claimsAhead
                    || claimed.count < request.limit && counts[message.companyID, default: 0] < request.share
            else { continue }
            let gate = Self.gated.contains(message.new.kind) ? transaction.state.gates[message.companyID] : nil
            if let gate, gate.isClosed {
                guard !gate.isProbing, gate.seconds <= 0, probed.insert(message.companyID).inserted else { continue }
            }
            counts[message.companyID, default: 0] += 1
            transaction.state.messages[index].state = .running
            transaction.state.messages[index].worker = request.worker
            transaction.state.messages[index].attempts += 1
            transaction.state.messages[index].claims += 1
            claimed.append(
                OutboxMessage(
                    id: OutboxMessage.ID(message.id), companyID: message.companyID, kind: message.new.kind,
                    subject: message.new.subject, attempt: message.attempts + 1,
                    hasUnclearAttempt: message.hasUnclearAttempt, claim: message.claims + 1,
                    priority: message.new.priority, isProbe: gate?.isClosed == true,
                    repeatSeconds: message.repeatInSeconds, causedAt: message.new.causedAt ?? transaction.state.now))
        }
        for company in probed { transaction.state.gates[company]?.isProbing = true }
        return claimed
    }

    func finish(_ attempts: [FinishedAttempt], worker: String) throws -> Set<OutboxMessage.ID> {
        if attempts.contains(where: { transaction.state.failsToFinish.contains($0.message.kind) }) {
            throw MemoryStorage.Down()
        }
        var ours: Set<OutboxMessage.ID> = []
        for attempt in attempts where isHeld(attempt.message, worker) {
            ours.insert(attempt.message.id)
            let outcome = attempt.outcome
            change(attempt.message.id) { stored in
                stored.worker = nil
                (stored.state, stored.reason) = (outcome.state, outcome.detail)
                stored.attempts = outcome.attemptCount(after: stored.attempts)
                stored.dueInSeconds = outcome.delaySeconds
                stored.repeatInSeconds = outcome.repeatSeconds ?? stored.repeatInSeconds
                stored.hasUnclearAttempt = stored.hasUnclearAttempt || outcome.isUnclear
            }
            move(outcome.gate, attempt.message)
        }
        return ours
    }

    private func move(_ change: AttemptOutcome.Gate, _ message: OutboxMessage) {
        let old = transaction.state.gates[message.companyID]
        if message.isProbe { transaction.state.gates[message.companyID]?.isProbing = false }
        let isProbing = old?.isProbing == true && !message.isProbe
        switch change {
        case .unchanged: break
        case .open:
            guard message.isProbe || (old?.failures ?? 0) > 0 else { return }
            // A wait that was told while it was ahead goes on.
            if message.isProbe, (old?.seconds ?? 0) > 0 { return }
            transaction.state.gates[message.companyID] = nil
        case .failed(let seconds):
            let failures = (old?.failures ?? 0) + 1
            var gate = MemoryGate(
                failures: failures, seconds: max(old?.seconds ?? 0, seconds),
                isClosed: old?.isClosed == true || failures >= RetryPolicy.failureLimit)
            gate.isProbing = isProbing
            transaction.state.gates[message.companyID] = gate
        case .closed(let seconds):
            var gate = MemoryGate(failures: 0, seconds: max(old?.seconds ?? 0, seconds), isClosed: true)
            gate.isProbing = isProbing
            transaction.state.gates[message.companyID] = gate
        }
    }

    func renew(_ messages: [OutboxMessage], worker: String, seconds: Double) throws -> Set<OutboxMessage.ID> {
        Set(messages.filter { isHeld($0, worker) }.map(\.id))
    }
    func rescue(worker: String, repeatSeconds: Double, backSeconds: Double?) throws -> Int { 0 }

    private func isHeld(_ message: OutboxMessage, _ worker: String) -> Bool {
        transaction.state.messages.contains {
            $0.id == message.id.rawValue && $0.state == .running && $0.worker == worker && $0.claims == message.claim
        }
    }
    private func change(_ id: OutboxMessage.ID, _ body: (inout StoredMessage) -> Void) {
        guard let index = transaction.state.messages.firstIndex(where: { $0.id == id.rawValue }) else { return }
        body(&transaction.state.messages[index])
    }
}

/// Drainers, budgets and figures: told, and otherwise of no consequence here.
struct MemoryDrainers: DrainerStore, CallBudgetStore, QueueHealth, RetentionStore {
    let transaction: MemoryTransaction

    func checkIn(worker: String, held: Int, hears: Bool) throws { transaction.state.drainers[worker] = held }
    func idle(worker: String, held: Int, seconds: Double, hears: Bool) throws -> Double? {
        transaction.state.drainers[worker] = held
        return transaction.state.messages.filter { $0.isOpen && $0.state != .running }.map(\.dueInSeconds)
            .filter { $0 > 0 }.min()
    }
    func checkOut(worker: String) throws { transaction.state.drainers[worker] = nil }
    func raiseFloors() throws {}
    func forget(limit: Int) throws -> Int { 0 }

    func take(calls: Int, spent tokens: Int, as urgency: CallUrgency, reading: BudgetReading) throws -> CallSlice {
        transaction.state.sliceSizes.append(calls)
        return transaction.state.slices[urgency] ?? CallSlice(calls: calls)
    }

    func noteFigures() throws -> NoteFigures {
        let company = try transaction.tenant().company.id
        let notes = transaction.state.messages.filter { $0.companyID == company && $0.new.kind == .note }
        var figures = NoteFigures()
        figures.waitingCount = notes.count { $0.isOpen }
        figures.retryingCount = notes.count { $0.state == .retryable }
        figures.discardedCount = notes.count { $0.state == .discarded }
        figures.deliveredCount = notes.count { $0.state == .completed }
        return figures
    }
    func heldConnections() throws -> [HeldConnection] {
        transaction.state.gates.filter { $0.value.isClosed }.map {
            HeldConnection(
                companyID: $0.key, reason: "", failureCount: $0.value.failures,
                until: transaction.state.now.addingTimeInterval($0.value.seconds))
        }
    }
    func drainers() throws -> [LiveDrainer] {
        transaction.state.drainers.map {
            LiveDrainer(
                worker: $0.key, startedAt: transaction.state.now, seenAt: transaction.state.now, hears: true,
                heldCount: $0.value)
        }
    }
    func rates() throws -> [FinishRate] { [] }
}
