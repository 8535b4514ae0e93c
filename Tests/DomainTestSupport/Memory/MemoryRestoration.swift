import Domain
import FoundationEssentials

struct MemoryRestoration: RestorationStore {
    let transaction: MemoryTransaction

    private static let open: Set<OutboxMessage.State> = [.available, .scheduled, .running, .retryable]

    func lastWork() throws -> Date? { transaction.state.workedAt }
    func drainerCount() throws -> Int { transaction.state.messages.count { $0.worker != nil } }
    func goneThroughAt() throws -> Date? { transaction.state.goneThroughAt }
    func noteGoneThrough() throws { transaction.state.goneThroughAt = transaction.state.now }

    func doubtNotes() throws -> Int {
        let places = transaction.state.messages.indices.filter { place in
            let message = transaction.state.messages[place]
            return message.new.kind == .note && !message.hasUnclearAttempt
                && (Self.open.contains(message.state) || message.state == .discarded)
        }
        for place in places { transaction.state.messages[place].hasUnclearAttempt = true }
        return places.count
    }

    func companies() throws -> [Company.ID] {
        let mailing = transaction.state.messages.filter { $0.new.kind == .mail && Self.open.contains($0.state) }
        return Array(Set(try transaction.schedule.connected() + mailing.map(\.companyID)))
    }

    func doubtMails(reason: String) throws -> Int {
        var count = 0
        for mail in try transaction.tenant().mails
        where try transaction.mails.move(mail.id, from: [.waiting, .sending], to: .unclear, reason: reason) != nil {
            count += 1
        }
        return count
    }

    func runsAtWork() throws -> [SyncRun.ID] {
        try transaction.tenant().runs.filter { $0.state == .running }.map(\.id)
    }

    func doubtCreations(_ kind: RecordKind, since: Date) throws -> Int {
        guard try transaction.tenant().ruled != nil, let policy = try transaction.syncPolicy.policy(),
            policy.isApplied, let rule = policy.rules[kind],
            rule.direction.pushes
        else { return 0 }
        let pairs = RuledPairs(transaction: transaction)
        var count = 0
        for ours in try transaction.locals(kind) where !ours.isArchived {
            let state = try transaction.ruled()
            let isKnown = state.links.contains {
                $0.localID == ours.id && ($0.recordID > 0 || $0.state != .live || $0.createSentAt != nil)
            }
            guard rule.createsThere(localAddedAt: ours.createdAt), !isKnown, !state.waiting.contains(ours.id),
                pairs.fitting(ours, state).isEmpty
            else { continue }
            _ = try pairs.reserve(kind, locals: [ours.id])
            try transaction.editRuled { state in
                for place in state.links.indices where state.links[place].localID == ours.id {
                    state.links[place].createSentAt = since
                    state.links[place].pushUntil = nil
                }
            }
            count += 1
        }
        return count
    }
}
