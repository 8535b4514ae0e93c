import Domain
import FoundationEssentials

struct MemoryQueue: QueueStore, ChoreStore {
    let transaction: MemoryTransaction

    func add(_ message: NewMessage) throws -> Bool {
        try transaction.integration()
        return transaction.state.add(message, company: try transaction.tenant().company.id)
    }
    func claim(limit: Int, leaseSeconds: Int, worker: String) throws -> [OutboxMessage] {
        guard transaction.access.role == .cron else { throw MemoryTransaction.NotGranted() }
        var busy: Set<String> = []
        var claimed: [OutboxMessage] = []
        let messages = transaction.state.messages
        for index in messages.indices.sorted(by: {
            (messages[$0].new.priority, $0) < (messages[$1].new.priority, $1)
        }) {
            let message = messages[index]
            guard message.isOpen else { continue }
            let isFirst = message.new.lane.map { busy.insert("\(message.companyID.text) \($0)").inserted } ?? true
            guard isFirst, message.state != .running, message.dueInSeconds <= 0, claimed.count < limit else { continue }
            transaction.state.messages[index].state = .running
            transaction.state.messages[index].worker = worker
            transaction.state.messages[index].attempts += 1
            claimed.append(
                OutboxMessage(
                    id: OutboxMessage.ID(message.id), companyID: message.companyID, kind: message.new.kind,
                    subject: message.new.subject, attempt: message.attempts + 1,
                    hasUnclearAttempt: message.hasUnclearAttempt))
        }
        return claimed
    }
    func finish(
        _ message: OutboxMessage, worker: String, result: DeliveryResult, nextAttemptSeconds: Double?
    ) throws -> Bool {
        if transaction.state.failsToFinish.contains(message.kind) { throw MemoryStorage.Down() }
        guard let index = transaction.state.messages.firstIndex(where: { $0.id == message.id.rawValue }),
            transaction.state.messages[index].state == .running, transaction.state.messages[index].worker == worker
        else { return false }
        var stored = transaction.state.messages[index]
        stored.worker = nil
        switch result {
        case .completed(let note): (stored.state, stored.reason) = (.completed, note)
        case .again: (stored.state, stored.attempts) = (.available, stored.attempts - 1)
        case .snoozed(let seconds, let reason):
            (stored.state, stored.attempts, stored.reason) = (.available, stored.attempts - 1, reason)
            stored.dueInSeconds = Double(seconds)
        case .failed(let reason, _, let isUnclear):
            stored.state = nextAttemptSeconds == nil ? .discarded : .retryable
            stored.reason = reason
            stored.dueInSeconds = nextAttemptSeconds ?? 0
            stored.hasUnclearAttempt = stored.hasUnclearAttempt || isUnclear
        case .discarded(let reason): (stored.state, stored.reason) = (.discarded, reason)
        case .cancelled(let reason): (stored.state, stored.reason) = (.cancelled, reason)
        }
        transaction.state.messages[index] = stored
        return true
    }
    func rescue() throws -> Int { 0 }
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
        for index in transaction.state.messages.indices where transaction.state.messages[index].companyID == company {
            transaction.state.messages[index].dueInSeconds = 0
        }
    }
    func secondsUntilDue() throws -> Double? {
        transaction.state.messages.filter { $0.isOpen && $0.state != .running }.map(\.dueInSeconds).min()
    }
    func announceListener(seconds: Int) throws {}

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
