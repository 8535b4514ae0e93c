import Domain
import FoundationEssentials

struct MemorySyncPolicy: SyncPolicyStore {
    let transaction: MemoryTransaction

    func policy() throws -> SyncPolicy? {
        let tenant = try transaction.tenant()
        guard tenant.connection != nil else { return nil }
        return SyncPolicy(
            rules: tenant.settings.directions.mapValues { SyncRule($0, since: .fixture) }, mapping: tenant.mapping,
            customFields: RecordKind.allCases.flatMap { tenant.customFields[$0] ?? [] }, isApplied: tenant.isApplied)
    }
    func save(mapping: FieldMapping) throws { try transaction.edit { $0.mapping = mapping } }
    func save(customFields: [CustomField], of kind: RecordKind) throws {
        try transaction.edit { $0.customFields[kind] = customFields }
    }
    func markApplied() throws { try transaction.edit { $0.isApplied = true } }
    func clock() throws -> Date {
        try transaction.tenant().ruled == nil ? transaction.state.now : transaction.state.tick()
    }
}

struct MemorySyncTasks: SyncTaskStore {
    let transaction: MemoryTransaction

    func plan(_ kind: RecordKind, run: SyncRun.ID) throws {}
    func tasks(_ kind: RecordKind, run: SyncRun.ID, creates: Bool, limit: Int) throws -> [SyncTask] {
        // All of them are persons.
        guard kind == .person else { return [] }
        return Array(try transaction.tenant().tasks.filter { ($0.recordID == nil) == creates }.prefix(limit))
    }
    func finish(_ tasks: [SyncTask], of kind: RecordKind, run: SyncRun.ID) throws {
        let done = Set(tasks.map(\.localID))
        try transaction.edit { $0.tasks.removeAll { done.contains($0.localID) } }
    }
}

struct MemoryTouchedRecords: TouchedRecordStore {
    let transaction: MemoryTransaction

    func touch(_ kind: RecordKind, _ id: Int64, occurredAt: Date?) throws {
        // Two touches of one moment are told apart, as the database's clock does.
        let record = TouchedRecord(recordID: id, occurredAt: occurredAt, touchedAt: transaction.state.tick())
        try transaction.edit { tenant in
            tenant.touched[kind, default: []].removeAll { $0.recordID == id }
            tenant.touched[kind, default: []].append(record)
        }
        try transaction.queue.add(NewMessage(kind: .record, subject: kind.rawValue, priority: 3))
    }
    func take(_ kind: RecordKind, limit: Int) throws -> [TouchedRecord] {
        try transaction.edit { [now = transaction.state.now] tenant in
            let free = tenant.touched[kind, default: []].filter { tenant.taken[$0].map { $0 <= now } ?? true }
                .prefix(limit)
            for record in free { tenant.taken[record] = now.addingTimeInterval(40) }
            return Array(free)
        }
    }
    func isWaiting(_ kind: RecordKind) throws -> Bool {
        try !transaction.tenant().touched[kind, default: []].isEmpty
    }
    func forget(_ kind: RecordKind, _ records: [TouchedRecord]) throws {
        try transaction.edit { tenant in
            tenant.touched[kind, default: []].removeAll { records.contains($0) }
        }
    }
    func letGo(_ kind: RecordKind, _ records: [TouchedRecord]) throws {
        try transaction.edit { tenant in
            for record in records { tenant.taken[record] = nil }
        }
    }
    func requeue() throws {
        for (kind, records) in try transaction.tenant().touched where !records.isEmpty {
            try transaction.queue.add(NewMessage(kind: .record, subject: kind.rawValue, priority: 3))
        }
    }
    func merge(_ kind: RecordKind, from loser: Int64, into survivor: Int64) throws {
        try transaction.edit { $0.merged.append("\(kind.rawValue) \(loser) into \(survivor)") }
        guard try transaction.tenant().ruled != nil else { return }
        let now = transaction.state.tick()
        try transaction.editRuled { $0.merge(kind, from: loser, into: survivor, now: now) }
    }
}

/// Products are asked once for each run, and by each live change.
struct MemoryVariations: VariationStore {
    let transaction: MemoryTransaction

    func due(_ run: SyncRun.ID, limit: Int) throws -> [CatalogItem] {
        let tenant = try transaction.tenant()
        let items = tenant.staged.flatMap { page -> [CatalogItem] in
            guard case .products(let items) = page else { return [] }
            return items
        }
        return Array(
            items.filter { $0.id.variation == nil && tenant.asked[$0.id] != run }.prefix(limit))
    }
    func due(_ products: [CatalogItem]) throws -> [CatalogItem] { products }
    func linked(_ products: [Int64]) throws -> [Int64] {
        try transaction.tenant().linkedVariations.filter { products.contains(CatalogItem.ID($0).product) }
    }
    func keep(asked products: [CatalogItem], having: Set<Int64>, run: SyncRun.ID?) throws {
        try transaction.edit { tenant in
            for product in products { tenant.asked[product.id] = run }
        }
    }
    func spare(_ preview: SyncRun.ID) throws {
        // Each run asks for all of them.
    }
}
