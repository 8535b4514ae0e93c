import Domain
import FoundationEssentials

struct MemorySync: SyncStore {
    let transaction: MemoryTransaction

    func start(_ cause: SyncRun.Cause, checkpoint: SyncCheckpoint) throws -> SyncRun.ID? {
        let id = SyncRun.ID(transaction.state.freshID())
        let isStarted = try transaction.edit { [now = transaction.state.now] tenant in
            guard !tenant.runs.contains(where: { $0.state == .running }) else { return false }
            let run = SyncRun(
                id: id, state: .running, startedBy: cause, startedAt: now, finishedAt: nil, counts: [:], tokenCost: 0,
                outcome: nil)
            tenant.runs.insert(run, at: 0)
            tenant.checkpoints[id] = checkpoint
            return true
        }
        guard isStarted else { return nil }
        try transaction.queue.add(NewMessage(kind: .sync, subject: id.text))
        return id
    }
    func checkpoint(_ id: SyncRun.ID) throws -> SyncCheckpoint? { try transaction.tenant().checkpoints[id] }
    func stage(_ page: RecordPage, run: SyncRun.ID, next: SyncCheckpoint, tokenCost: Int) throws {
        try transaction.edit { tenant in
            tenant.staged.append(page)
            tenant.checkpoints[run] = next
        }
    }
    func apply(_ kind: RecordKind, run: SyncRun.ID) throws -> SyncRun.Counts {
        let pages = try transaction.edit { tenant in
            tenant.applied.append(kind)
            let pages = tenant.staged.filter { $0.kind == kind }
            tenant.staged.removeAll { $0.kind == kind }
            return pages
        }
        var sum = SyncRun.Counts()
        for page in pages {
            let counts = try takeOver(page)
            sum.read += counts.read
            sum.created += counts.created
            sum.linked += counts.linked
        }
        return sum
    }
    func takeOver(_ page: RecordPage) throws -> SyncRun.Counts {
        var counts = SyncRun.Counts(read: page.count)
        for (kind, id, details) in Self.contacts(of: page) {
            let tenant = try transaction.tenant()
            if tenant.links[kind]?[id] != nil { continue }
            if tenant.ambiguous.contains(id) {
                counts.needsAttention += 1
                continue
            }
            let match = tenant.contacts.first { $0.details.emails.contains { details.emails.contains($0) } }
            if match == nil { counts.created += 1 } else { counts.linked += 1 }
            let contact = try match ?? transaction.contacts.insert(details)
            try transaction.edit { $0.links[kind, default: [:]][id] = contact.id }
        }
        return counts
    }
    func finish(_ id: SyncRun.ID, _ state: SyncRun.State, outcome: String?) throws {
        try transaction.edit { [now = transaction.state.now] tenant in
            tenant.checkpoints[id] = nil
            tenant.runs = tenant.runs.map { run in
                run.id == id
                    ? SyncRun(
                        id: id, state: state, startedBy: run.startedBy, startedAt: run.startedAt, finishedAt: now,
                        counts: run.counts, tokenCost: run.tokenCost, outcome: outcome) : run
            }
        }
    }
    func recentRuns() throws -> [SyncRun] { Array(try transaction.tenant().runs.prefix(50)) }
    func contact(_ kind: RecordKind, recordID: Int64) throws -> Contact.ID? {
        try transaction.tenant().links[kind]?[recordID]
    }

    private static func contacts(of page: RecordPage) -> [(RecordKind, Int64, ContactDetails)] {
        switch page {
        case .organizations(let records):
            records.map { (.organization, $0.id.rawValue, ContactDetails(kind: .organization, name: $0.name)) }
        case .persons(let records):
            records.map {
                (.person, $0.id.rawValue, ContactDetails(kind: .person, name: $0.name, emails: $0.emails))
            }
        case .products: []
        }
    }
}
