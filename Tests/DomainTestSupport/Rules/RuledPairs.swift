import Domain
import FoundationEssentials

/// The sync's stores in memory, by the domain's own functions: what storms run over, and what the database's
/// statements are held against.
struct RuledPairs: PairStore {
    let transaction: MemoryTransaction

    typealias Name = RuledState.RecordName
    static let leaseSeconds = 60.0

    private func batch(_ kind: RecordKind, run: UUID) throws -> RuledBatch? {
        guard let rule = try transaction.syncPolicy.policy()?.rules[kind] else { return nil }
        return RuledBatch(transaction: transaction, kind: kind, run: run, rule: rule)
    }

    // MARK: Runs and live changes

    func decide(_ kind: RecordKind, run: SyncRun.ID, after: Int64?, limit: Int) throws -> Int64? {
        guard let started = try transaction.tenant().runs.first(where: { $0.id == run && $0.state == .running }),
            var batch = try batch(kind, run: run.rawValue)
        else { return nil }
        batch.writes = started.mode == .full
        if after == nil {
            try transaction.editRuled { state in
                // The later row of a record is the one that counts.
                var seen: Set<Name> = []
                state.staged[run.rawValue]?.reverse()
                state.staged[run.rawValue]?.removeAll { !seen.insert($0.name).inserted }
            }
            try batch.followStates()
            try batch.followAbsences(since: started.startedAt)
            try batch.forgetKeys()
            try transaction.editRuled { $0.listed.insert(kind) }
        }
        batch.after = after ?? 0
        guard let through = try batch.rows().map(\.name.id).filter({ $0 > batch.after }).sorted().prefix(limit).last
        else {
            try lookAgain(batch, since: started.startedAt, run: run.rawValue)
            return nil
        }
        batch.through = through
        let decided = try batch.decide()
        try keepTasks(decided.plans, kind, run: run.rawValue)
        return through
    }

    /// Decides once more about what waits because of one that the run has written since, or for a code.
    private func lookAgain(_ whole: RuledBatch, since startedAt: Date, run: UUID) throws {
        guard whole.writes else { return }
        var left = Int.max
        while case let ids = try freed(whole, since: startedAt), !ids.isEmpty, ids.count < left {
            left = ids.count
            var batch = whole
            batch.after = 0
            batch.selection = ids
            try keepTasks(try batch.decide().plans, batch.kind, run: run)
        }
    }

    private func freed(_ batch: RuledBatch, since startedAt: Date) throws -> Set<Int64> {
        let state = try transaction.ruled()
        let alive = Set(try batch.rows().filter { !$0.isDeleted }.map(\.name))
        let ids = state.questions.filter { name, question in
            guard alive.contains(name), !question.isMerge else { return false }
            let isWritten = state.links.contains {
                question.candidates.contains($0.localID) && $0.state == .live && $0.recordID > 0
                    && $0.syncedAt >= startedAt
            }
            guard !isWritten, question.candidates.isEmpty, name.kind == .product else { return isWritten }
            return state.link(name).map { $0.state == .live && $0.syncedAt < startedAt } ?? false
        }.keys.map(\.id)
        return Set(ids)
    }

    private func keepTasks(_ plans: [RuledBatch.Plan], _ kind: RecordKind, run: UUID) throws {
        let pushed = plans.filter { !$0.decision.pushed.isEmpty }
        try transaction.editRuled { state in
            let new = pushed.filter { !state.waiting.contains($0.localID) }
            state.tasks[run, default: [:]][kind, default: []] += new.map {
                SyncTask(localID: $0.localID, recordID: $0.recordID)
            }
        }
    }

    func takeOver(_ fresh: FreshRecords) throws -> TakenOver {
        let run = transaction.state.freshID()
        guard var batch = try batch(fresh.page.kind, run: run) else { return TakenOver() }
        batch.isForQuote = fresh.isForQuote
        try transaction.stage(
            fresh.page, run: run, readAt: fresh.readAt, occurredAt: fresh.occurredAt, addresses: fresh.addresses)
        try batch.followStates()
        try batch.followMissing(fresh.missing, readAt: fresh.readAt)
        try batch.forgetKeys()
        let decided = try batch.decide()
        let pushed = fresh.isForQuote ? [] : decided.plans.filter { !$0.isBusy && !$0.decision.pushed.isEmpty }
        let writes = pushed.map { $0.change(batch.kind) }
        let now = transaction.state.tick()
        try transaction.editRuled { state in
            state.staged[run] = nil
            state.lentKeys[run] = nil
            for write in writes {
                state.change(Name(kind: batch.kind, id: write.recordID)) {
                    $0.pushUntil = now.addingTimeInterval(Self.leaseSeconds)
                    $0.sent = write.write.values
                    $0.syncedAt = now
                }
            }
        }
        return TakenOver(
            counts: decided.counts, writes: writes,
            busy: decided.plans.filter(\.isBusy).map(\.recordID) + decided.held)
    }

    func unknown(_ kind: RecordKind, _ ids: [Int64]) throws -> [Int64] {
        let state = try transaction.ruled()
        return ids.filter {
            let name = Name(kind: kind, id: $0)
            return state.link(name) == nil && state.questions[name] == nil
        }
    }

    // MARK: Ours

    func standing(_ local: UUID) throws -> LocalStanding? {
        guard let policy = try transaction.syncPolicy.policy() else { return .stays("Pipedrive is not connected") }
        let state = try transaction.ruled()
        guard let ours = try transaction.local(local), case let kind = ours.kind, let rule = policy.rules[kind] else {
            return nil
        }
        if ours.isArchived { return .stays("It is archived") }
        if state.waiting.contains(local) { return .stays("It waits for a person: see Needs attention") }
        guard rule.direction.pushes else { return .stays("The direction of this kind leaves it in PayDock") }
        if let standing = linked(local, kind, state) { return standing }
        guard rule.createsThere(localAddedAt: ours.createdAt) else {
            return .stays("The direction of this kind leaves it in PayDock")
        }
        guard state.listed.contains(kind) else { return .unread(kind) }
        let fitting = fitting(ours, state)
        if !fitting.isEmpty { return .fits(kind, fitting) }
        guard try !isShared(ours) else {
            try transaction.editRuled { _ = $0.waiting.insert(local) }
            return .stays("Several contacts share its address or number: see Needs attention")
        }
        return .fresh(kind, organization: try missing(ours.organizationID, policy, state))
    }

    private func linked(_ local: UUID, _ kind: RecordKind, _ state: RuledState) -> LocalStanding? {
        guard let link = state.link(of: local) ?? state.links.first(where: { $0.localID == local }) else { return nil }
        switch link.state {
        case .gone: return .stays("Its record of Pipedrive was deleted, or is not visible")
        case .merged: return .stays("Its record of Pipedrive was merged into another one")
        case .ended: return .stays("Its link was ended")
        case .live: break
        }
        if (link.pushUntil ?? .distantPast) > transaction.state.now { return .busy }
        guard link.recordID > 0 else {
            return link.createSentAt.map { .unclear(kind, since: $0) } ?? .fresh(kind, organization: nil)
        }
        let hasEdits = link.base == nil || state.edits[local]?.isEmpty == false
        return hasEdits ? .linked(kind, link.recordID) : .stays("Pipedrive has everything")
    }

    func fitting(_ ours: RuledLocal, _ state: RuledState) -> [Int64] {
        state.remoteKeys.filter { name, known in
            name.kind == ours.kind && !known.keys.isDisjoint(with: ours.ownKeys) && state.link(name)?.state != .live
        }.map(\.key.id).sorted()
    }

    /// Whether another contact has what this one is known by; organizations may share a name.
    func isShared(_ ours: RuledLocal) throws -> Bool {
        guard ours.kind == .person else { return false }
        return try transaction.locals(.person).contains { other in
            other.id != ours.id && !other.isArchived && !other.keys.isDisjoint(with: ours.keys)
        }
    }

    private func missing(_ id: Contact.ID?, _ policy: SyncPolicy, _ state: RuledState) throws -> UUID? {
        guard let id, let rule = policy.rules[.organization],
            let organization = try transaction.contacts.contact(id), !organization.isArchived,
            rule.createsThere(localAddedAt: organization.createdAt),
            !state.links.contains(where: {
                $0.kind == .organization && $0.localID == id.rawValue && ($0.state != .live || $0.recordID > 0)
            })
        else { return nil }
        return id.rawValue
    }

    // MARK: Writing to Pipedrive

    func reserve(_ kind: RecordKind, locals: [UUID]) throws -> [RemoteCreation] {
        let now = transaction.state.tick()
        var creations: [RemoteCreation] = []
        for local in locals {
            guard let ours = try transaction.local(local) else { continue }
            try transaction.editRuled { state in
                if !state.links.contains(where: { $0.localID == local }) {
                    state.placeholderCount += 1
                    state.links.append(
                        RuledState.Link(
                            kind: kind, recordID: -state.placeholderCount, localID: local, syncedAt: now))
                }
                guard let link = state.link(of: local), link.recordID < 0,
                    (link.pushUntil ?? .distantPast) <= transaction.state.now
                else { return }
                let number = ours.organizationID.flatMap { state.link(of: $0.rawValue)?.recordID }
                let organization = ours.organizationID == nil ? "" : number.flatMap { $0 > 0 ? String($0) : nil }
                let values = ours.values(organization: organization)
                state.change(Name(kind: kind, id: link.recordID)) {
                    $0.pushUntil = now.addingTimeInterval(Self.leaseSeconds)
                    $0.createSentAt = now
                    $0.sent = values
                }
                creations.append(
                    RemoteCreation(
                        placeholder: link.recordID, localID: local,
                        write: RecordWrite(kind, values),
                        edits: (state.edits[local] ?? [:]).mapValues(\.at)))
            }
        }
        return creations
    }

    func settle(_ change: RemoteChange, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws {
        let now = transaction.state.tick()
        try transaction.editRuled { state in
            let name = Name(kind: change.write.kind, id: change.recordID)
            switch outcome {
            case .done(let page):
                let answer = Self.values(of: page, change.recordID)
                state.change(name) { link in
                    var base = link.base ?? FieldValues()
                    for field in change.changes.keys { base[field] = answer[field] ?? base[field] }
                    link.base = base
                    link.syncedAt = now
                }
                Self.forget(change.edits, of: change.localID, &state)
                state.waiting.remove(change.localID)
                Self.release(name, isUnclear: false, &state)
            case .refused:
                state.waiting.insert(change.localID)
                Self.release(name, isUnclear: false, &state)
            case .failed(let isUnclear): Self.release(name, isUnclear: isUnclear, &state)
            }
        }
    }

    func settle(_ creation: RemoteCreation, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws {
        let now = transaction.state.tick()
        let kind = creation.write.kind
        try transaction.editRuled { state in
            let placeholder = Name(kind: kind, id: creation.placeholder)
            switch outcome {
            case .done(let page):
                guard let id = page.ids.first else { return }
                if let taken = state.link(Name(kind: kind, id: id)) {
                    guard taken.localID != creation.localID else { return }
                    state.change(placeholder) { link in
                        link.state = .ended
                        link.pushUntil = nil
                    }
                    state.waiting.insert(creation.localID)
                    return
                }
                var base = Self.values(of: page, id)
                if kind == .person, creation.write.values[.organization] == nil { base[.organization] = nil }
                state.change(placeholder) { link in
                    link.recordID = id
                    link.base = base
                    link.sent = nil
                    link.pushUntil = nil
                    link.createSentAt = nil
                    link.addedAt = Self.addedAt(page)
                    link.syncedAt = now
                }
                state.remoteKeys[Name(kind: kind, id: id)] = nil
                Self.forget(creation.edits, of: creation.localID, &state)
                state.waiting.remove(creation.localID)
            case .refused:
                state.waiting.insert(creation.localID)
                Self.release(placeholder, isUnclear: false, &state)
            case .failed(let isUnclear): Self.release(placeholder, isUnclear: isUnclear, &state)
            }
        }
    }

    private static func release(_ name: Name, isUnclear: Bool, _ state: inout RuledState) {
        state.change(name) { link in
            link.pushUntil = nil
            guard !isUnclear else { return }
            link.createSentAt = nil
            if link.recordID > 0 { link.sent = nil }
        }
    }

    private static func forget(_ edits: [SyncField: Date], of local: UUID, _ state: inout RuledState) {
        for (field, at) in edits where state.edits[local]?[field]?.at == at { state.edits[local]?[field] = nil }
    }

    private static func values(of page: RecordPage, _ id: Int64) -> FieldValues {
        switch page {
        case .organizations(let records): records.first { $0.id.rawValue == id }.map { FieldValues($0) } ?? .init()
        case .persons(let records): records.first { $0.id.rawValue == id }.map { FieldValues($0) } ?? .init()
        case .products(let records): records.first { $0.id.rawValue == id }.map { FieldValues($0) } ?? .init()
        }
    }

    private static func addedAt(_ page: RecordPage) -> Date? {
        switch page {
        case .organizations(let records): records.first?.addedAt
        case .persons(let records): records.first?.addedAt
        case .products(let records): records.first?.addedAt
        }
    }
}

/// What a run has to make and change in Pipedrive.
struct RuledTasks: SyncTaskStore {
    let transaction: MemoryTransaction

    func plan(_ kind: RecordKind, run: SyncRun.ID) throws {
        guard let rule = try transaction.syncPolicy.policy()?.rules[kind], rule.direction.pushes,
            try transaction.tenant().runs.first(where: { $0.id == run })?.mode == .full
        else { return }
        let pairs = RuledPairs(transaction: transaction)
        for ours in try transaction.locals(kind) where !ours.isArchived {
            let local = ours.id
            let state = try transaction.ruled()
            guard rule.createsThere(localAddedAt: ours.createdAt), !state.waiting.contains(local),
                !state.links.contains(where: { $0.localID == local && ($0.recordID > 0 || $0.state != .live) })
            else { continue }
            if try pairs.isShared(ours) {
                try transaction.editRuled { _ = $0.waiting.insert(local) }
            } else if pairs.fitting(ours, state).isEmpty {
                try transaction.editRuled { state in
                    state.tasks[run.rawValue, default: [:]][kind, default: []].append(
                        SyncTask(localID: local, recordID: nil))
                }
            }
        }
    }

    func tasks(_ kind: RecordKind, run: SyncRun.ID, creates: Bool, limit: Int) throws -> [SyncTask] {
        let state = try transaction.ruled()
        let all = state.tasks[run.rawValue]?[kind] ?? []
        return all.filter { ($0.recordID == nil) == creates }.prefix(limit).map { task in
            let link = state.link(of: task.localID)
            return SyncTask(
                localID: task.localID, recordID: task.recordID, unclearSince: link?.createSentAt,
                isLinked: link.map { $0.recordID > 0 } ?? false)
        }
    }

    func finish(_ tasks: [SyncTask], of kind: RecordKind, run: SyncRun.ID) throws {
        let done = Set(tasks.map(\.localID))
        try transaction.editRuled { state in
            state.tasks[run.rawValue]?[kind]?.removeAll { done.contains($0.localID) }
        }
    }
}
