import Domain
import FoundationEssentials

struct MemorySync: SyncStore {
    let transaction: MemoryTransaction

    func start(_ cause: SyncRun.Cause, mode: SyncRun.Mode) throws -> SyncRun.ID? {
        let id = SyncRun.ID(transaction.state.freshID())
        let isStarted = try transaction.edit { [now = transaction.state.tick()] tenant in
            guard !tenant.runs.contains(where: { $0.state == .running }) else { return false }
            let run = SyncRun(
                id: id, state: .running, startedBy: cause, startedAt: now, finishedAt: nil, counts: [:], tokenCost: 0,
                outcome: nil, mode: mode)
            tenant.runs.insert(run, at: 0)
            tenant.checkpoints[id] = .start
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
                        counts: run.counts, tokenCost: run.tokenCost, outcome: outcome, mode: run.mode) : run
            }
        }
    }
    func recentRuns() throws -> [SyncRun] { Array(try transaction.tenant().runs.prefix(50)) }
    func contact(_ kind: RecordKind, recordID: Int64) throws -> Contact.ID? {
        try transaction.tenant().links[kind]?[recordID]
    }
}
