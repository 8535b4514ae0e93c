import Domain
import FoundationEssentials

/// Decides about staged records as the database's statements do, by the same functions of the domain.
struct RuledBatch {
    let transaction: MemoryTransaction
    let kind: RecordKind
    let run: UUID
    let rule: SyncRule
    var writes = true
    var isForQuote = false
    var after: Int64 = 0
    var through = Int64.max
    /// Set where only some of the staged records are meant.
    var selection: Set<Int64>?

    typealias Name = RuledState.RecordName
    typealias Key = RuledState.Key

    /// A linked pair in which something changed.
    struct Plan {
        let recordID: Int64
        let localID: UUID
        let decision: PairDecision
        let previousBase: FieldValues?
        let edits: [SyncField: Date]
        let organizationNumber: Int64?
        let isBusy: Bool
        let wasSent: Bool
        /// Whether its code can't come in.
        let isBlocked: Bool

        func change(_ kind: RecordKind) -> RemoteChange {
            var values = FieldValues()
            for (field, change) in decision.pushed {
                values[field] =
                    field == .organization && !change.after.isEmpty
                    ? organizationNumber.map(String.init) : change.after
            }
            return RemoteChange(
                recordID: recordID, localID: localID, write: RecordWrite(kind, values), changes: decision.pushed,
                edits: edits.filter { decision.pushed[$0.key] != nil })
        }
    }

    struct Decided {
        var counts = SyncRun.Counts()
        var plans: [Plan] = []
        var held: [Int64] = []
    }

    // MARK: State

    func state() throws -> RuledState { try transaction.ruled() }

    func edit(_ body: (inout RuledState) throws -> Void) throws { try transaction.editRuled(body) }

    func rows() throws -> [RuledState.Staged] {
        try state().staged[run, default: []].filter { $0.name.kind == kind }
    }

    func window() throws -> [RuledState.Staged] {
        try rows().filter {
            $0.name.id > after && $0.name.id <= through && selection?.contains($0.name.id) ?? true
        }.sorted { $0.name.id < $1.name.id }
    }

    private func keys(of row: RuledState.Staged, _ state: RuledState) -> Set<Key> {
        row.keys.union(state.lentKeys[run]?[row.name] ?? [])
    }

    // MARK: Deciding

    func decide() throws -> Decided {
        var decided = Decided()
        decided.counts.read = try window().count
        if writes { try followEnded() }
        // What is linked comes first: an address that it gave up is free for who has it now.
        decided.plans = writes ? try plans() : []
        for plan in decided.plans where !plan.isBusy { try settle(plan) }
        let answers = try answers()
        decided.held = answers.held
        if writes {
            for (record, local) in answers.linked { try link(record, local) }
            for record in answers.created { try create(record) }
            let linked = Set(answers.linked.map(\.0))
            let fresh = linked.isEmpty ? [] : try plans().filter { linked.contains($0.recordID) }
            for plan in fresh where !plan.isBusy { try settle(plan) }
            decided.plans += fresh
        }
        decided.counts.created = answers.created.count
        decided.counts.linked = answers.linked.count
        decided.counts.updated = decided.plans.count { !$0.isBusy && !$0.decision.pulled.isEmpty }
        decided.counts.needsAttention = answers.ambiguous.count
        let blocked = decided.plans.filter { !$0.isBusy && $0.isBlocked }.map { ($0.recordID, [UUID]()) }
        if writes { try keepQuestions(answers.ambiguous + blocked) }
        try keepKeys()
        return decided
    }

    /// What was sent to Pipedrive and deleted here before its answer came is nobody's when it appears.
    private func followEnded() throws {
        let rows = try window()
        try edit { state in
            for row in rows where !row.isDeleted && state.link(row.name) == nil {
                guard let place = state.links.firstIndex(where: { Self.isSent($0, row) && $0.state == .ended }) else {
                    continue
                }
                state.links[place].recordID = row.name.id
            }
        }
    }

    /// Whether the record says what was sent for this link.
    private static func isSent(_ link: RuledState.Link, _ row: RuledState.Staged) -> Bool {
        guard link.kind == row.name.kind, link.recordID < 0, let sentAt = link.createSentAt, let sent = link.sent,
            let addedAt = row.addedAt, addedAt >= sentAt.addingTimeInterval(-120)
        else { return false }
        guard Key.name(sent[.name] ?? "") == Key.name(row.title) else { return false }
        switch link.kind {
        case .organization: return true
        case .person: return sent[.emails] == row.values[.emails]
        case .product: return sent[.code] == row.values[.code]
        }
    }

    private struct Answers {
        var created: [Int64] = []
        var linked: [(Int64, UUID)] = []
        var ambiguous: [(Int64, [UUID])] = []
        var held: [Int64] = []
    }

    private func answers() throws -> Answers {
        let state = try state()
        let now = transaction.state.now
        let creatingSince = state.links.filter {
            $0.kind == kind && $0.recordID < 0 && $0.state == .live && ($0.pushUntil ?? .distantPast) > now
        }.compactMap(\.createSentAt).min()?.addingTimeInterval(-120)
        var answers = Answers()
        var arrived: Set<UUID> = []
        for row in try window() where !row.isDeleted && state.link(row.name) == nil {
            let found = try candidates(row, state).filter { $0.rule != .creating || !arrived.contains($0.localID) }
            switch RecordMatching.decide(kind, candidates: found, shared: try shared(row, state)) {
            case .create:
                if let creatingSince, row.addedAt.map({ $0 >= creatingSince }) ?? true {
                    answers.held.append(row.name.id)
                } else if isForQuote || rule.creates(remoteAddedAt: row.addedAt) {
                    answers.created.append(row.name.id)
                }
            case .link(let local):
                // Two records of a batch that fit one: the first has it.
                if answers.linked.contains(where: { $0.1 == local }) {
                    answers.ambiguous.append((row.name.id, [local]))
                } else {
                    answers.linked.append((row.name.id, local))
                    arrived.insert(local)
                }
            case .ambiguous(_, let candidates): answers.ambiguous.append((row.name.id, candidates))
            case .ignore: break
            }
        }
        return answers
    }

    private func candidates(_ row: RuledState.Staged, _ state: RuledState) throws -> [MatchCandidate] {
        let keys = keys(of: row, state)
        var found: [MatchCandidate] = []
        for local in try transaction.locals(kind) where !local.isArchived {
            for rule in local.rules(fitting: keys) {
                found.append(
                    MatchCandidate(
                        localID: local.id, rule: rule,
                        isTaken: state.link(of: local.id).map { $0.recordID > 0 } ?? false,
                        isContested: try isContested(local.ownKeys, by: row.name, state)))
            }
            guard let link = state.link(of: local.id), Self.isSent(link, row) else { continue }
            found.append(MatchCandidate(localID: local.id, rule: .creating))
        }
        return found
    }

    /// Whether another record without a link is known by one of these.
    private func isContested(_ own: Set<Key>, by name: Name, _ state: RuledState) throws -> Bool {
        let isStaged = try rows().contains { other in
            other.name != name && !other.isDeleted && state.link(other.name) == nil
                && !keys(of: other, state).isDisjoint(with: own)
        }
        return isStaged
            || state.remoteKeys.contains {
                $0.key.kind == kind && $0.key != name && !$0.value.keys.isDisjoint(with: own)
            }
    }

    private func shared(_ row: RuledState.Staged, _ state: RuledState) throws -> Set<MatchRule> {
        let own = keys(of: row, state)
        var others: Set<Key> = []
        for other in try rows() where other.name != row.name && !other.isDeleted {
            others.formUnion(keys(of: other, state))
        }
        for (name, known) in state.remoteKeys where name.kind == kind && name != row.name {
            others.formUnion(known.keys)
        }
        return Set(own.intersection(others).map(\.rule))
    }

    // MARK: Writing

    private func link(_ record: Int64, _ local: UUID) throws {
        let addedAt = try rows().first { $0.name.id == record }?.addedAt
        let now = transaction.state.tick()
        guard try transaction.local(local) != nil else { return }
        try edit { state in
            if let place = state.links.firstIndex(where: {
                $0.kind == kind && $0.localID == local && $0.recordID < 0 && $0.state == .live
            }) {
                // What was sent is what both sides said last.
                state.links[place].recordID = record
                state.links[place].base = state.links[place].sent
                state.links[place].syncedAt = state.links[place].createSentAt ?? now
                state.links[place].createSentAt = nil
                state.links[place].sent = nil
                state.links[place].pushUntil = nil
                state.links[place].addedAt = addedAt
            } else if state.link(of: local) == nil {
                state.links.append(
                    RuledState.Link(kind: kind, recordID: record, localID: local, addedAt: addedAt, syncedAt: now))
            }
        }
    }

    private func create(_ record: Int64) throws {
        guard let row = try rows().first(where: { $0.name.id == record }) else { return }
        let now = transaction.state.tick()
        let (local, base) = kind == .product ? try newProduct(row) : try newContact(row)
        try edit { state in
            state.writeCount += 1
            state.madeFrom[row.name, default: 0] += 1
            state.links.append(
                RuledState.Link(
                    kind: kind, recordID: record, localID: local, base: base, addedAt: row.addedAt, syncedAt: now))
        }
    }

    private func newProduct(_ row: RuledState.Staged) throws -> (UUID, FieldValues) {
        var (details, base) = (ProductDetails(name: row.title), row.values)
        let isTaken = try transaction.locals(.product).contains { $0.code != nil && $0.code == row.code }
        // A code that another one has is not synced: it is tried again.
        if isTaken { base[.code] = nil }
        for field in SyncField.of(.product) { base[field].map { details.set(field, $0) } }
        return (try MemoryCatalog(transaction: transaction).insert(details).id.rawValue, base)
    }

    private func newContact(_ row: RuledState.Staged) throws -> (UUID, FieldValues) {
        let state = try state()
        let organization = row.organization.flatMap { number in
            state.links.first { $0.kind == .organization && $0.recordID == number && $0.state == .live }?.localID
        }
        var base = row.values
        // An organization that we do not have yet is not synced: it is tried again.
        if row.organization != nil, organization == nil { base[.organization] = nil }
        let details = ContactDetails(
            kind: kind == .person ? .person : .organization, name: row.title,
            organizationID: organization.map { Contact.ID($0) }, emails: FieldText.entries(row.values[.emails] ?? ""),
            phones: FieldText.entries(row.values[.phones] ?? ""), address: row.address)
        return (try MemoryContacts(transaction: transaction).insert(details).id.rawValue, base)
    }

    private func plans() throws -> [Plan] {
        let state = try state()
        return try window().compactMap { row in
            guard !row.isDeleted, let link = state.link(row.name), link.state == .live,
                link.base != row.values || state.edits[link.localID]?.isEmpty == false,
                let ours = try transaction.local(link.localID)
            else { return nil }
            let edits = state.edits[link.localID] ?? [:]
            let number = ours.organizationID.flatMap { id in
                state.links.first {
                    $0.kind == .organization && $0.localID == id.rawValue && $0.state == .live && $0.recordID > 0
                }?.recordID
            }
            let remote = RemoteSide(
                values: row.values,
                organization: row.organization.map { number in
                    state.links.first { $0.kind == .organization && $0.recordID == number && $0.state == .live }
                        .map { $0.localID.uuidString.lowercased() }
                } ?? "", addedAt: row.addedAt, changedAt: row.changedAt)
            let organization = ours.organizationID.map { id in number == nil ? nil : id.text } ?? ""
            let local = LocalSide(
                values: ours.values(organization: organization), addedAt: ours.createdAt, changedAt: ours.updatedAt,
                edits: edits.mapValues { LocalEdit(at: $0.at, wasEmpty: $0.wasEmpty) })
            let isBlocked = try isBlocked(row, ours)
            return Plan(
                recordID: row.name.id, localID: link.localID,
                decision: PairDecision(
                    kind, remote: remote, local: local, base: link.base, sent: link.sent, rule: rule,
                    blocked: isBlocked ? [.code] : []),
                previousBase: link.base, edits: edits.mapValues(\.at), organizationNumber: number,
                isBusy: (link.pushUntil ?? .distantPast) > transaction.state.now
                    || (link.base != nil && link.syncedAt >= row.readAt), wasSent: link.sent != nil,
                isBlocked: isBlocked)
        }
    }

    /// Pipedrive lets products share a code, and ours is unique: none comes in that another one has, or is about to.
    private func isBlocked(_ row: RuledState.Staged, _ ours: RuledLocal) throws -> Bool {
        guard kind == .product, let code = row.code, code != ours.code else { return false }
        return try transaction.locals(.product).contains { $0.id != ours.id && $0.code == code }
            || rows().contains { $0.name != row.name && !$0.isDeleted && $0.code == code }
    }

    private func settle(_ plan: Plan) throws {
        if !plan.decision.pulled.isEmpty { try pull(plan) }
        let now = transaction.state.tick()
        try edit { state in
            for (field, value) in plan.decision.lost {
                let kept = plan.decision.pulled[field]?.after ?? plan.decision.pushed[field]?.after ?? ""
                state.conflicts.removeAll { $0.localID == plan.localID && $0.field == field }
                state.conflicts.append(
                    RuledState.Conflict(localID: plan.localID, field: field, kept: kept, lost: value))
            }
            if plan.decision.base != plan.previousBase || !plan.decision.pulled.isEmpty || plan.wasSent {
                state.change(Name(kind: kind, id: plan.recordID)) {
                    $0.base = plan.decision.base
                    $0.sent = nil
                    $0.syncedAt = now
                }
            }
            for field in plan.decision.settled where state.edits[plan.localID]?[field]?.at == plan.edits[field] {
                state.edits[plan.localID]?[field] = nil
            }
        }
    }

    private func pull(_ plan: Plan) throws {
        try edit { $0.writeCount += 1 }
        try transaction.edit { tenant in
            if let place = tenant.products.firstIndex(where: { $0.id.rawValue == plan.localID }) {
                for (field, change) in plan.decision.pulled { tenant.products[place].details.set(field, change.after) }
                return
            }
            guard let place = tenant.contacts.firstIndex(where: { $0.id.rawValue == plan.localID }) else { return }
            for (field, change) in plan.decision.pulled {
                let text = change.after
                switch field {
                case .name: tenant.contacts[place].details.name = text
                case .organization:
                    tenant.contacts[place].details.organizationID = UUID(uuidString: text).map { Contact.ID($0) }
                case .emails: tenant.contacts[place].details.emails = FieldText.entries(text)
                case .phones: tenant.contacts[place].details.phones = FieldText.entries(text)
                case .address: tenant.contacts[place].details.address = FieldText.address(text)
                case .vatNumber: tenant.contacts[place].details.vatNumber = text.isEmpty ? nil : text
                case .kvkNumber: tenant.contacts[place].details.kvkNumber = text.isEmpty ? nil : text
                case .language: tenant.contacts[place].details.language = text.isEmpty ? nil : text
                case .code, .description, .unit, .tax, .prices, .isActive: break
                }
            }
        }
    }

    private func keepQuestions(_ ambiguous: [(Int64, [UUID])]) throws {
        let rows = try window()
        let now = transaction.state.tick()
        try edit { state in
            var asked = Dictionary(ambiguous) { first, _ in first }
            for row in rows where !row.isDeleted && state.link(row.name)?.state == .gone { asked[row.name.id] = [] }
            for row in rows where asked[row.name.id] == nil && state.questions[row.name]?.isMerge != true {
                state.questions[row.name] = nil
            }
            for (record, candidates) in asked {
                let name = Name(kind: kind, id: record)
                if state.questions[name]?.candidates == candidates { continue }
                state.questions[name] = RuledState.Question(
                    candidates: candidates, isMerge: state.questions[name]?.isMerge ?? false,
                    noticedAt: state.questions[name]?.noticedAt ?? now)
            }
        }
    }

    private func keepKeys() throws {
        try forgetKeys()
        let now = transaction.state.tick()
        let rows = try window()
        try edit { state in
            for row in rows where !row.isDeleted && state.link(row.name) == nil {
                let keys = keys(of: row, state)
                guard !keys.isEmpty else { continue }
                state.remoteKeys[row.name] = RuledState.RemoteKeys(
                    keys: keys, noticedAt: state.remoteKeys[row.name]?.noticedAt ?? now)
            }
        }
    }

    func forgetKeys() throws {
        let rows = try window()
        try edit { state in
            for row in rows {
                if row.isDeleted || state.link(row.name) != nil {
                    state.remoteKeys[row.name] = nil
                } else {
                    let keys = keys(of: row, state)
                    state.remoteKeys[row.name]?.keys.formIntersection(keys)
                }
            }
        }
    }

    // MARK: What concerns the whole list

    func followStates() throws {
        guard writes else { return }
        let rows = try rows()
        let now = transaction.state.tick()
        let ours = Set(try transaction.locals(kind).map(\.id))
        try edit { state in
            for row in rows {
                guard let link = state.link(row.name), link.syncedAt < row.readAt else { continue }
                let isTaken = state.link(of: link.localID).map { $0.recordID != link.recordID } ?? false
                let seen = link.state.seen(
                    isThere: !row.isDeleted, isOursThere: ours.contains(link.localID), isOursTaken: isTaken)
                // The end of a link is written where ours is deleted.
                guard seen != link.state, !(link.state == .live && seen == .ended) else { continue }
                let wasTaken = state.links.contains {
                    $0.kind == kind && $0.localID == link.localID && $0.recordID != link.recordID
                        && $0.syncedAt > link.syncedAt
                }
                state.change(row.name) {
                    $0.state = seen
                    if seen == .gone { $0.syncedAt = now }
                    if seen == .live, wasTaken { ($0.base, $0.sent) = (nil, nil) }
                }
            }
        }
    }

    func followAbsences(since startedAt: Date) throws {
        let there = Set(try rows().map(\.name))
        let alive = Set(try rows().filter { !$0.isDeleted }.map(\.name))
        let now = transaction.state.tick()
        try edit { state in
            for place in state.links.indices where writes {
                let link = state.links[place]
                guard link.kind == kind, link.state == .live, link.recordID > 0, link.syncedAt < startedAt,
                    !there.contains(Name(kind: kind, id: link.recordID))
                else { continue }
                state.links[place].state = .gone
                state.links[place].syncedAt = now
            }
            for (name, known) in state.remoteKeys
            where name.kind == kind && known.noticedAt < startedAt && !alive.contains(name) {
                state.remoteKeys[name] = nil
            }
            for (name, question) in state.questions
            where name.kind == kind && question.noticedAt < startedAt && !alive.contains(name) {
                state.questions[name] = nil
            }
        }
    }

    func followMissing(_ ids: [Int64], readAt: Date) throws {
        let now = transaction.state.tick()
        try edit { state in
            for id in ids {
                let name = Name(kind: kind, id: id)
                if let link = state.link(name), link.state == .live, link.syncedAt < readAt {
                    state.change(name) {
                        $0.state = .gone
                        $0.syncedAt = now
                    }
                }
                state.remoteKeys[name] = nil
                state.questions[name] = nil
            }
        }
    }
}

extension RuledState.Staged {
    /// Article code of a product; nil without one.
    fileprivate var code: String? { values[.code].flatMap { $0.isEmpty ? nil : $0 } }
}
