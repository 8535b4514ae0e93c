import Domain
import FoundationEssentials

struct MemorySync: SyncStore {
    let transaction: MemoryTransaction

    func start(_ cause: SyncRun.Cause, mode: SyncRun.Mode, plan: SyncRun.ID?) throws -> SyncRun.ID? {
        let id = SyncRun.ID(transaction.state.freshID())
        let isStarted = try transaction.edit { [now = transaction.state.tick()] tenant in
            guard !tenant.runs.contains(where: { $0.state == .running }) else { return false }
            let run = SyncRun(
                id: id, state: .running, startedBy: cause, startedAt: now, finishedAt: nil, counts: [:], tokenCost: 0,
                outcome: nil, mode: mode, plan: plan)
            tenant.runs.insert(run, at: 0)
            tenant.checkpoints[id] = .start
            if mode == .full { tenant.isApplied = true }
            return true
        }
        guard isStarted else { return nil }
        try transaction.queue.add(NewMessage(kind: .sync, subject: id.text))
        return id
    }
    func position(_ id: SyncRun.ID) throws -> SyncPosition? {
        let tenant = try transaction.tenant()
        let mode = tenant.runs.first { $0.id == id }?.mode ?? .full
        return tenant.checkpoints[id].map { SyncPosition(checkpoint: $0, mode: mode) }
    }
    func stage(_ page: RecordPage, run: SyncRun.ID, readAt: Date, next: SyncCheckpoint, tokenCost: Int) throws {
        if try transaction.tenant().ruled != nil {
            guard try transaction.tenant().checkpoints[run] != nil else { return }
            try transaction.stage(page, run: run.rawValue, readAt: readAt)
            try transaction.edit { $0.checkpoints[run] = next }
            return
        }
        try transaction.edit { tenant in
            tenant.staged.append(page)
            tenant.checkpoints[run] = next
        }
    }
    func restart(_ id: SyncRun.ID, _ kind: RecordKind) throws -> Bool {
        try transaction.edit { tenant in
            tenant.restarts += 1
            tenant.checkpoints[id] = SyncCheckpoint(kind: kind, cursor: nil)
            return tenant.restarts <= 5
        }
    }
    func move(_ id: SyncRun.ID, to next: SyncCheckpoint, tokenCost: Int) throws {
        try transaction.edit { $0.checkpoints[id] = next }
    }
    func finish(_ id: SyncRun.ID, _ state: SyncRun.State, outcome: String?) throws {
        try transaction.edit { [now = transaction.state.now] tenant in
            tenant.checkpoints[id] = nil
            tenant.ruled?.staged[id.rawValue] = nil
            tenant.ruled?.lentKeys[id.rawValue] = nil
            tenant.ruled?.tasks[id.rawValue] = nil
            tenant.runs = tenant.runs.map { run in
                run.id == id
                    ? SyncRun(
                        id: id, state: state, startedBy: run.startedBy, startedAt: run.startedAt, finishedAt: now,
                        counts: run.counts, tokenCost: run.tokenCost, outcome: outcome, mode: run.mode,
                        plan: run.plan) : run
            }
        }
    }
    func wait(_ id: SyncRun.ID, for reason: String) throws {
        try transaction.edit { $0.waits[id] = reason }
    }
    func recentRuns() throws -> [SyncRun] {
        Array(try transaction.tenant().runs.filter { $0.mode == .full }.prefix(50))
    }
    func forgetLists() throws {
        try transaction.edit { $0.forgottenLists += 1 }
        guard try transaction.tenant().ruled != nil else { return }
        try transaction.editRuled { $0.listed = [] }
    }
    func forgetOutdatedPairs() throws {
        // The rules know one Pipedrive company only.
        try transaction.edit { $0.outdatedPairs += 1 }
    }
    func contact(_ kind: RecordKind, recordID: Int64) throws -> Contact.ID? {
        try transaction.tenant().links[kind]?[recordID]
    }
}

struct MemorySyncLog: SyncLogStore {
    let transaction: MemoryTransaction

    func run(_ id: SyncRun.ID) throws -> SyncRun? { try transaction.tenant().runs.first { $0.id == id } }
    func preview() throws -> SyncRun? { try transaction.tenant().runs.first { $0.mode == .preview } }
    func isCurrent(_ preview: SyncRun.ID) throws -> Bool {
        let tenant = try transaction.tenant()
        return tenant.runs.first.map { $0.id == preview && $0.mode == .preview && $0.state == .completed } ?? false
            && !tenant.stalePreviews.contains(preview)
    }
    func changes(of run: SyncRun.ID?, after: Int64?, limit: Int) throws -> [SyncChange] {
        let ours = try transaction.tenant().changes.filter { $0.run == run }.map(\.change)
        let ordered = run == nil ? ours.sorted { $0.id > $1.id } : ours.sorted { $0.id < $1.id }
        let rest = ordered.filter { change in after.map { run == nil ? change.id < $0 : change.id > $0 } ?? true }
        return Array(rest.prefix(limit))
    }
    func samples(of run: SyncRun, limit: Int) throws -> [SyncChange] {
        Array(try changes(of: run.id, after: nil, limit: .max).prefix(limit))
    }
}

/// Answers as a test scripted them.
struct MemoryAttention: AttentionStore {
    let transaction: MemoryTransaction

    func count() throws -> Int { try transaction.tenant().attention.count }
    func records(limit: Int) throws -> [AttentionRecord] { Array(try transaction.tenant().attention.prefix(limit)) }
    func list(passing: [AttentionSort: Int], limit: Int) throws -> AttentionList {
        try transaction.tenant().questions
    }
    func answer(_ choice: MatchChoice?, _ kind: RecordKind, _ recordID: Int64) throws -> AttentionAnswer {
        try decide("\(kind.rawValue) \(recordID)", choice.map { "\($0)" } ?? "reopen")
    }
    func answer(_ choice: LocalChoice, _ kind: RecordKind, ours local: UUID) throws -> AttentionAnswer {
        try decide("\(kind.rawValue) \(local)", choice.rawValue)
    }
    func settle(_ kind: RecordKind, ours local: UUID, _ field: SyncField, usesOther: Bool) throws -> AttentionAnswer {
        try decide("\(kind.rawValue) \(local)", "\(field.rawValue) \(usesOther ? "other" : "kept")")
    }

    private func decide(_ subject: String, _ what: String) throws -> AttentionAnswer {
        try transaction.edit { tenant in
            let answer = tenant.answers[subject] ?? .done
            if answer == .done { tenant.decisions.append("\(subject): \(what)") }
            return answer
        }
    }
}
