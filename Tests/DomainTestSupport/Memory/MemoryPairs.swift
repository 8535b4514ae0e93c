import Domain
import FoundationEssentials

/// Takes over by link and e-mail alone; what goes to Pipedrive is scripted. The rules are the real store's, and tested
/// there.
struct MemoryPairs: PairStore {
    let transaction: MemoryTransaction

    func decide(_ kind: RecordKind, run: SyncRun.ID, after: Int64?, limit: Int) throws -> Int64? {
        guard after == nil else { return nil }
        let pages = try transaction.edit { tenant in
            tenant.applied.append(kind)
            let pages = tenant.staged.filter { $0.kind == kind }
            tenant.staged.removeAll { $0.kind == kind }
            return pages
        }
        for page in pages { _ = try takeOver(FreshRecords(page: page, readAt: transaction.state.now)) }
        return pages.flatMap(\.ids).max()
    }

    func takeOver(_ fresh: FreshRecords) throws -> TakenOver {
        var counts = SyncRun.Counts(read: fresh.page.count)
        try transaction.edit { tenant in
            tenant.takenOver = fresh.page.ids
            tenant.missing = fresh.missing
        }
        let direction = try transaction.tenant().settings.directions[fresh.page.kind]
        let creates = fresh.isForQuote || (direction?.pulls ?? true)
        for (kind, id, details) in Self.contacts(of: fresh.page) {
            let tenant = try transaction.tenant()
            if tenant.links[kind]?[id] != nil { continue }
            if tenant.ambiguous.contains(id) {
                counts.needsAttention += 1
                continue
            }
            let match = tenant.contacts.first { $0.details.emails.contains { details.emails.contains($0) } }
            guard creates || match != nil else { continue }
            if match == nil { counts.created += 1 } else { counts.linked += 1 }
            let contact = try match ?? transaction.contacts.insert(details)
            try transaction.edit { $0.links[kind, default: [:]][id] = contact.id }
        }
        let tenant = try transaction.tenant()
        let due = tenant.remoteChanges.filter { fresh.page.ids.contains($0.recordID) }
        return TakenOver(counts: counts, writes: due, busy: tenant.busy.filter { fresh.page.ids.contains($0) })
    }

    func unknown(_ kind: RecordKind, _ ids: [Int64]) throws -> [Int64] {
        let tenant = try transaction.tenant()
        return ids.filter { tenant.links[kind]?[$0] == nil && !tenant.ambiguous.contains($0) }
    }

    func standing(_ local: UUID) throws -> LocalStanding? { try transaction.tenant().standings[local] }

    func reserve(_ kind: RecordKind, locals: [UUID]) throws -> [RemoteCreation] {
        locals.enumerated().map { place, local in
            RemoteCreation(
                placeholder: -Int64(place + 1), localID: local,
                write: RecordWrite(kind, FieldValues([.name: "New \(place + 1)"])), edits: [:])
        }
    }

    func settle(_ change: RemoteChange, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws {
        try transaction.edit { tenant in
            tenant.settled.append("\(change.recordID) \(Self.word(outcome))")
            if case .done = outcome { tenant.remoteChanges.removeAll { $0 == change } }
        }
    }

    func settle(_ creation: RemoteCreation, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws {
        try transaction.edit { tenant in
            tenant.settled.append("new \(Self.word(outcome))")
            switch outcome {
            case .done(let page):
                tenant.standings[creation.localID] = .linked(creation.write.kind, page.ids.first ?? 0)
                tenant.tasks = tenant.tasks.map { task in
                    task.localID == creation.localID
                        ? SyncTask(localID: task.localID, recordID: nil, isLinked: true) : task
                }
            case .failed(isUnclear: true):
                tenant.tasks = tenant.tasks.map { task in
                    task.localID == creation.localID
                        ? SyncTask(localID: task.localID, recordID: nil, unclearSince: .fixture) : task
                }
            default: break
            }
        }
    }

    private static func word(_ outcome: RemoteOutcome) -> String {
        switch outcome {
        case .done: "done"
        case .refused(let words): "refused: \(words)"
        case .failed(let isUnclear): isUnclear ? "unclear" : "failed"
        }
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
