import Domain
import FoundationEssentials

struct MemoryTriggers: TriggerStore {
    let transaction: MemoryTransaction

    func triggers() throws -> [QuoteTrigger] { try transaction.tenant().triggers }
    func save(_ trigger: QuoteTrigger) throws {
        try transaction.edit { [now = transaction.state.now] tenant in
            let others = tenant.triggers.filter { $0.id != trigger.id }
            guard others.allSatisfy({ $0.stageIDs.isDisjoint(with: trigger.stageIDs) }) else {
                throw Refusal(.conflict, "Another trigger has one of these stages already.")
            }
            let old = tenant.triggers.first { $0.id == trigger.id }
            let since = old?.isOn == false && trigger.isOn ? [:] : old?.since ?? [:]
            var kept = trigger
            kept.since = Dictionary(uniqueKeysWithValues: trigger.stageIDs.map { ($0, since[$0] ?? now) })
            tenant.triggers = others + [kept]
        }
    }
    func delete(_ id: QuoteTrigger.ID) throws -> Bool {
        try transaction.edit { tenant in
            defer { tenant.triggers.removeAll { $0.id == id } }
            return tenant.triggers.contains { $0.id == id }
        }
    }
}

struct MemoryDrafts: DraftStore {
    let transaction: MemoryTransaction

    func enter(_ entry: DealEntry, flood: FloodRule) throws -> EntryOutcome {
        switch try draft(of: entry.dealID)?.state {
        case .requested, .held: return .pending
        case .ready:
            try replace(entry.dealID) { [now = transaction.state.now] in $0.again(at: now) }
            return .again
        case .waiting: return try wake(entry.dealID) ? .requested : .pending
        case nil, .failed: break
        }
        let isHeld = try transaction.edit { [now = transaction.state.now] tenant in
            let recent = tenant.drafts.filter { now.timeIntervalSince($0.requestedAt) < Double(flood.seconds) }.count
            tenant.drafts.removeAll { $0.dealID == entry.dealID }
            let draft = QuoteDraft(
                dealID: entry.dealID, state: recent >= flood.count ? .held : .requested, triggerID: entry.triggerID,
                quoteID: nil, quoteNumber: nil, reason: nil, requestedAt: now)
            tenant.drafts.insert(draft, at: 0)
            return draft.state == .held
        }
        if !isHeld { try ask(entry.dealID) }
        return isHeld ? .held : .requested
    }
    func wake(_ deal: Deal.ID) throws -> Bool {
        guard try draft(of: deal)?.state == .waiting else { return false }
        try replace(deal) { $0.with(.requested) }
        try ask(deal)
        return true
    }
    func waiting(limit: Int) throws -> [WaitingDeal] {
        let tenant = try transaction.tenant()
        return tenant.drafts.filter { $0.state == .waiting }.suffix(limit).reversed().map { draft in
            let deal = tenant.waitingDeals[draft.dealID]
            let link =
                deal?.organizationID.map { tenant.links[.organization]?[$0.rawValue] }
                ?? deal?.personID.map { tenant.links[.person]?[$0.rawValue] }
            return WaitingDeal(
                dealID: draft.dealID, personID: deal?.personID, organizationID: deal?.organizationID,
                isLinked: link.flatMap(\.self) != nil)
        }
    }
    func release(dropping reason: String?) throws -> Int {
        let held = try transaction.tenant().drafts.filter { $0.state == .held }.map(\.dealID)
        for deal in held {
            try replace(deal) { $0.with(reason == nil ? .requested : .failed, reason: reason) }
            if reason == nil { try ask(deal) }
        }
        return held.count
    }
    func draft(of deal: Deal.ID) throws -> QuoteDraft? {
        try transaction.tenant().drafts.first { $0.dealID == deal }
    }
    func ready(_ deal: Deal.ID, quote: Quote.ID, context: DealContext, drafter: String) throws {
        let number = try transaction.quotes.quote(quote)?.number
        try replace(deal) { $0.with(.ready, quote: quote, number: number, drafter: drafter) }
    }
    func fail(_ deal: Deal.ID, reason: String, waitsForContact context: DealContext?) throws {
        try replace(deal) { old in
            old.state == .ready ? old : old.with(context == nil ? .failed : .waiting, reason: reason)
        }
        try transaction.edit { $0.waitingDeals[deal] = context?.deal }
    }
    func abandon(reason: String) throws -> Int {
        let asked = try transaction.tenant().drafts.filter { $0.state == .requested }.map(\.dealID)
        for deal in asked { try replace(deal) { $0.with(.failed, reason: reason) } }
        return asked.count
    }
    func recent() throws -> [QuoteDraft] { Array(try transaction.tenant().drafts.prefix(50)) }
    func heldCount() throws -> Int { try transaction.tenant().drafts.filter { $0.state == .held }.count }

    private func ask(_ deal: Deal.ID) throws {
        try transaction.queue.add(NewMessage(kind: .draft, subject: "\(deal)", lane: "draft:\(deal)"))
    }
    private func replace(_ deal: Deal.ID, _ change: (QuoteDraft) -> QuoteDraft) throws {
        try transaction.edit { tenant in tenant.drafts = tenant.drafts.map { $0.dealID == deal ? change($0) : $0 } }
    }
}

extension QuoteDraft {
    fileprivate func with(
        _ state: State, reason: String? = nil, quote: Quote.ID? = nil, number: String? = nil, drafter: String? = nil
    ) -> QuoteDraft {
        QuoteDraft(
            dealID: dealID, state: state, triggerID: triggerID, quoteID: quote, quoteNumber: number, drafter: drafter,
            reason: reason, requestedAt: requestedAt)
    }

    fileprivate func again(at date: Date) -> QuoteDraft {
        QuoteDraft(
            dealID: dealID, state: state, triggerID: triggerID, quoteID: quoteID, quoteNumber: quoteNumber,
            drafter: drafter, reason: reason, requestedAt: requestedAt, againAt: date)
    }
}
