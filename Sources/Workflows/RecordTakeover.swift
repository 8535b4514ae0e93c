public import Domain
import FoundationEssentials

/// Reads records of Pipedrive by their numbers and takes them over, as a run would; what has to go out goes out.
public struct RecordTakeover: Sendable {
    private let storage: any Storage
    private let crm: any CRMRecords
    private let tokens: AccessTokens
    let writing: RemoteWriting

    /// Wires the use case.
    public init(storage: any Storage, crm: any CRMRecords, tokens: AccessTokens) {
        self.storage = storage
        self.crm = crm
        self.tokens = tokens
        writing = RemoteWriting(storage: storage, crm: crm, tokens: tokens)
    }

    /// As many as one list can be asked for by their numbers.
    static let batchLimit = 100
    /// Seconds after which a record is read again that somebody is writing.
    static let busySeconds = 2

    /// Takes over the records of a kind that webhooks told of. The message names the kind; which records wait stands in
    /// the store, so that the first of many messages reads them all at once.
    public func takeOver(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        let parts = subject.split(separator: ":")
        guard let kind = parts.first.flatMap({ RecordKind(rawValue: String($0)) }) else {
            return .discarded(reason: "The message names no kind of record")
        }
        if try passOver(kind, company) { return .completed(note: "The first run reads it") }
        if parts.count == 2, let id = Int64(parts[1]) {
            // As messages were before there was a list of waiting records.
            _ = try await bring(kind, [id], company: company)
        }
        let (taken, isWaiting) = try storage.transaction(.cron(company)) { transaction in
            let taken = try transaction.touched.take(kind, limit: Self.batchLimit)
            return (taken, try taken.isEmpty && transaction.touched.isWaiting(kind))
        }
        // Who reads them may fail: only what is read is forgotten.
        if isWaiting { return .snoozed(seconds: Self.busySeconds, reason: "The records are being read") }
        guard !taken.isEmpty else { return .completed(note: "Read already") }
        let brought: Brought
        do {
            let moments = taken.compactMap { record in record.occurredAt.map { (record.recordID, $0) } }
            brought = try await bring(
                kind, taken.map(\.recordID), occurredAt: Dictionary(moments) { first, _ in first }, company: company)
        } catch {
            try letGo(taken, kind, company)
            throw error
        }
        let open = Set(brought.busy + brought.unwritten)
        try storage.transaction(.cron(company)) { transaction in
            try transaction.touched.forget(kind, taken.filter { !open.contains($0.recordID) })
            try transaction.touched.letGo(kind, taken.filter { open.contains($0.recordID) })
        }
        if let failure = brought.tally.failure, !brought.unwritten.isEmpty { throw failure }
        guard open.isEmpty else {
            return .snoozed(seconds: Self.busySeconds, reason: "A record is being written at this moment")
        }
        return .completed(note: brought.note)
    }

    /// Before a first run was applied nothing is written: that run reads every list.
    private func passOver(_ kind: RecordKind, _ company: Company.ID) throws -> Bool {
        try storage.transaction(.cron(company)) { transaction in
            guard let policy = try transaction.syncPolicy.policy(), !policy.isApplied else { return false }
            while case let waiting = try transaction.touched.take(kind, limit: Self.batchLimit), !waiting.isEmpty {
                try transaction.touched.forget(kind, waiting)
            }
            return true
        }
    }

    /// Where even this fails, they are free again after 40 seconds.
    private func letGo(_ records: [TouchedRecord], _ kind: RecordKind, _ company: Company.ID) throws {
        try storage.transaction(.cron(company)) { try $0.touched.letGo(kind, records) }
    }

    /// What became of records that were read.
    struct Brought: Sendable {
        var counts = SyncRun.Counts()
        var busy: [Int64] = []
        /// Records of Pipedrive that are still to be changed: Pipedrive did not take it, or was not asked any more.
        var unwritten: [Int64] = []
        var tally = RemoteWriting.Tally()

        var note: String {
            "created \(counts.created), linked \(counts.linked), updated \(counts.updated), sent \(tally.settledCount)"
        }
    }

    /// Reads these records and takes them over. What could not be written is in the tally.
    func bring(
        _ kind: RecordKind, _ ids: [Int64], occurredAt: [Int64: Date] = [:], addresses: [Int64: [String]] = [:],
        company: Company.ID, run: SyncRun.ID? = nil
    ) async throws -> Brought {
        let (policy, readAt) = try storage.transaction(.cron(company)) {
            (try $0.syncPolicy.policy(), try $0.syncPolicy.clock())
        }
        guard let policy else { throw ConnectionEnded() }
        let order = RemoteWriting.Order(company: company, run: run, policy: policy)
        let crm = self.crm
        let fetched = try await tokens.calling(company, as: order.urgency) {
            try await crm.records(kind, ids: ids, policy: policy, access: $0)
        }
        if run == nil { try await bringOrganizations(of: fetched.page, policy, company) }
        let parts = run == nil ? try await variations(of: fetched.page, ids, company) : Variations()
        let page = fetched.page.adding(parts.items)
        let there = Set(page.ids)
        var brought = try await takeOver(
            FreshRecords(
                page: page, missing: Set(ids + parts.known).subtracting(there).sorted(), readAt: readAt,
                occurredAt: occurredAt, addresses: addresses, run: run), order)
        brought.tally.tokenCost += fetched.tokenCost + parts.tokenCost
        return brought
    }

    /// What was found out about the variations of products.
    private struct Variations {
        var items: [CatalogItem] = []
        /// Those that are linked and would be there, if they were not deleted.
        var known: [Int64] = []
        var tokenCost = 0
    }

    /// A product's variations come with it, and go with it: no webhook tells of them.
    private func variations(of page: RecordPage, _ ids: [Int64], _ company: Company.ID) async throws -> Variations {
        guard case .products(let items) = page else { return Variations() }
        let there = items.filter { !$0.isDeleted && $0.id.variation == nil }
        let gone = Set(ids.filter { CatalogItem.ID($0).variation == nil }).subtracting(there.map(\.id.rawValue))
        let (asked, known) = try storage.transaction(.cron(company)) { transaction in
            let asked = try transaction.variations.due(there)
            return (asked, try transaction.variations.linked(asked.map(\.id.rawValue) + gone))
        }
        guard !asked.isEmpty else { return Variations(known: known) }
        let crm = self.crm
        let fetched = try await tokens.calling(company, as: .live) { try await crm.variations(of: asked, access: $0) }
        try storage.transaction(.cron(company)) {
            try $0.variations.keep(asked: asked, having: fetched.page.withVariations, run: nil)
        }
        guard case .products(let found) = fetched.page else { return Variations(known: known) }
        return Variations(items: found, known: known, tokenCost: fetched.tokenCost)
    }

    /// Takes over what was just read.
    func takeOver(_ fresh: FreshRecords, _ order: RemoteWriting.Order) async throws -> Brought {
        let taken = try storage.transaction(.cron(order.company)) { try $0.pairs.takeOver(fresh) }
        let tally = try await writing.change(taken.writes, current: fresh.page, order)
        return Brought(
            counts: taken.counts, busy: taken.busy,
            unwritten: taken.writes.filter { tally.failed.contains($0.localID) }.map(\.recordID), tally: tally)
    }

    /// A person's organization that nothing is known of comes first: its own webhook may still be on its way.
    private func bringOrganizations(of page: RecordPage, _ policy: SyncPolicy, _ company: Company.ID) async throws {
        guard case .persons(let persons) = page, policy.rules[.organization]?.direction.pulls ?? false else { return }
        let addresses = Organization.addresses(of: persons)
        guard !addresses.isEmpty else { return }
        let unknown = try storage.transaction(.cron(company)) {
            try $0.pairs.unknown(.organization, addresses.keys.sorted())
        }
        guard !unknown.isEmpty else { return }
        _ = try await bring(.organization, unknown, addresses: addresses, company: company)
    }
}
