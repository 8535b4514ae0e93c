public import Domain
import DomainTestSupport
public import FoundationEssentials
import Synchronization

/// A Pipedrive in memory that people work in, and that is away, slow or cut off when asked to.
public final class StormPipedrive: CRMRecords, CRMWebhooks, Sendable {
    /// A record.
    public struct Record: Hashable, Sendable {
        /// Its kind.
        public let kind: RecordKind
        /// Its number.
        public let id: Int64
        /// What it says, the organization by its number.
        public var values: FieldValues
        /// Whether it was deleted.
        public var isDeleted = false
        /// When it was added.
        public let addedAt: Date
        /// When it changed.
        public var updatedAt: Date
        /// The name that it was made with by the sync; nil where a person made it.
        public let madeOf: String?
        /// Whether the sync made it.
        public var isOurs: Bool { madeOf != nil }
    }

    /// What happens to a request.
    public enum Fault: Sendable {
        /// It never arrives.
        case before
        /// It takes effect, and its answer is lost.
        case after
        /// It is refused for the time being.
        case wait
    }

    private struct State {
        var records: [Int64: Record] = [:]
        var lastID: Int64 = 100
        var events: [WebhookEvent] = []
        var eventCount = 0
        var writeCount = 0
        var now = Date.fixture
        var raced: Set<String> = []
    }

    private let state = Mutex(State())
    private let company = PipedriveCompany.ID(77)

    /// Nothing in it.
    public init() {}

    /// All records, deleted ones included.
    public var records: [Record] { state.withLock { $0.records.values.sorted { $0.id < $1.id } } }
    /// The events that nobody has delivered yet.
    public var events: [WebhookEvent] { state.withLock { $0.events } }
    /// How often the sync wrote.
    public var writeCount: Int { state.withLock { $0.writeCount } }

    /// A record by its number.
    public func record(_ id: Int64) -> Record? { state.withLock { $0.records[id] } }

    func advance(to now: Date) { state.withLock { $0.now = now } }

    /// Takes an event out, to be delivered or to be lost.
    func takeEvent(_ place: Int) -> WebhookEvent? {
        state.withLock { $0.events.indices.contains(place) ? $0.events.remove(at: place) : nil }
    }

    // MARK: What people do

    @discardableResult
    func add(_ kind: RecordKind, _ values: FieldValues, isOurs: Bool = false) -> Record {
        state.withLock { state in
            state.lastID += 1
            let record = Record(
                kind: kind, id: state.lastID, values: Self.complete(kind, values), addedAt: state.now,
                updatedAt: state.now, madeOf: isOurs ? values[.name]?.split(separator: " ").first.map(String.init) : nil
            )
            state.records[record.id] = record
            Self.tell(.create, record, &state, company)
            return record
        }
    }

    func change(_ id: Int64, _ values: FieldValues) {
        state.withLock { state in
            guard var record = state.records[id], !record.isDeleted else { return }
            for field in SyncField.of(record.kind) {
                if let value = values[field] { record.values[field] = value }
            }
            record.updatedAt = state.now
            state.records[id] = record
            Self.tell(.change, record, &state, company)
        }
    }

    func delete(_ id: Int64) {
        state.withLock { state in
            guard var record = state.records[id], !record.isDeleted else { return }
            record.isDeleted = true
            record.updatedAt = state.now
            state.records[id] = record
            Self.tell(.delete, record, &state, company)
            for var member in state.records.values where member.values[.organization] == String(id) {
                member.values[.organization] = ""
                state.records[member.id] = member
                Self.tell(.change, member, &state, company)
            }
        }
    }

    func restore(_ id: Int64) {
        state.withLock { state in
            guard var record = state.records[id], record.isDeleted else { return }
            record.isDeleted = false
            record.updatedAt = state.now
            state.records[id] = record
            Self.tell(.change, record, &state, company)
        }
    }

    /// The survivor keeps its own values and gets the other's addresses and numbers behind its own.
    func merge(_ loser: Int64, into survivor: Int64) {
        state.withLock { state in
            guard var gone = state.records[loser], var kept = state.records[survivor], gone.kind == kept.kind,
                !gone.isDeleted, !kept.isDeleted, loser != survivor
            else { return }
            for field in [SyncField.emails, .phones] where kept.values[field] != nil {
                let both = FieldText.entries(kept.values[field] ?? "") + FieldText.entries(gone.values[field] ?? "")
                kept.values[field] = FieldText.list(both)
            }
            gone.isDeleted = true
            (gone.updatedAt, kept.updatedAt) = (state.now, state.now)
            state.records[loser] = gone
            state.records[survivor] = kept
            Self.tell(.change, kept, &state, company)
            Self.tell(.delete, gone, &state, company, mergedInto: survivor)
            for var member in state.records.values where member.values[.organization] == String(loser) {
                member.values[.organization] = String(survivor)
                state.records[member.id] = member
                Self.tell(.change, member, &state, company)
            }
        }
    }

    private static func complete(_ kind: RecordKind, _ values: FieldValues) -> FieldValues {
        var whole = FieldValues()
        let fields: [SyncField] =
            switch kind {
            case .person: [.name, .organization, .emails, .phones]
            case .organization: [.name, .address]
            case .product: SyncField.of(.product)
            }
        for field in fields { whole[field] = values[field] ?? "" }
        guard kind == .product else { return whole }
        for (field, text) in [SyncField.tax: "0", .isActive: "yes"] where values[field] == nil { whole[field] = text }
        return whole
    }

    private static func tell(
        _ action: WebhookEvent.Action, _ record: Record, _ state: inout State, _ company: PipedriveCompany.ID,
        mergedInto: Int64? = nil
    ) {
        state.eventCount += 1
        state.events.append(
            WebhookEvent(
                action: action, entity: record.kind.rawValue, entityID: record.id, companyID: company,
                eventID: "\(state.eventCount)", occurredAt: state.now, enteredStage: nil, mergedInto: mergedInto))
    }

    // MARK: What the sync asks

    private static let pageSize = 4

    /// A page of four, so that lists have several.
    public func page(
        _ listing: RecordListing, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let all = records.filter { $0.kind == listing.kind && !$0.isDeleted }
        let sorted = listing.newestFirst ? Array(all.sorted { ($0.addedAt, $0.id) > ($1.addedAt, $1.id) }) : all
        let rest: [Record]
        if let cursor = listing.cursor.flatMap({ Int64($0) }) {
            // By what was last seen, as Pipedrive's cursors are: nothing that stays is passed over.
            let seen = sorted.firstIndex { $0.id == cursor }.map { $0 + 1 }
            rest = listing.newestFirst ? Array(sorted.dropFirst(seen ?? 0)) : sorted.filter { $0.id > cursor }
        } else {
            rest = sorted
        }
        let shown = Array(rest.prefix(Self.pageSize))
        let next = rest.count > shown.count ? shown.last.map { String($0.id) } : nil
        return FetchedPage(page: Self.page(listing.kind, shown), nextCursor: next, tokenCost: 10)
    }

    /// Deleted ones are missing.
    public func records(
        _ kind: RecordKind, ids: [Int64], policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let wanted = Set(ids)
        let found = records.filter { $0.kind == kind && wanted.contains($0.id) && !$0.isDeleted }
        return FetchedPage(page: Self.page(kind, found), nextCursor: nil, tokenCost: ids.count)
    }

    /// Makes a record.
    public func create(
        _ write: RecordWrite, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let record = add(write.kind, write.values, isOurs: true)
        state.withLock { $0.writeCount += 1 }
        return FetchedPage(page: Self.page(write.kind, [record]), nextCursor: nil, tokenCost: 5)
    }

    /// Changes a record.
    public func update(
        _ write: RecordWrite, current: RecordPage, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let id = current.ids.first ?? 0
        guard let record = record(id), !record.isDeleted else {
            throw CRMFailure(.rejected, status: 404, reason: "Not there")
        }
        let read = Self.values(of: current)
        state.withLock { state in
            state.writeCount += 1
            // Pipedrive has no conditional writes: what somebody changed since it was read is overwritten unseen.
            for field in SyncField.allCases {
                guard write.values[field] != nil, let now = record.values[field], now != read[field] else { continue }
                state.raced.insert("\(id) \(field.rawValue) \(now)")
            }
        }
        change(id, write.values)
        return FetchedPage(
            page: Self.page(write.kind, [self.record(id) ?? record]), nextCursor: nil, tokenCost: 5)
    }

    /// None.
    public func variations(of products: [CatalogItem], access: PipedriveAccess) async throws -> FetchedPage {
        FetchedPage(page: .products([]), nextCursor: nil, tokenCost: 0)
    }

    /// None.
    public func customFields(_ kind: RecordKind, access: PipedriveAccess) async throws -> [CustomField] { [] }

    /// Whether the sync overwrote a value that was younger than what it had read.
    func isRaced(_ id: Int64, _ field: SyncField, _ value: String) -> Bool {
        state.withLock { $0.raced.contains("\(id) \(field.rawValue) \(value)") }
    }

    private static func values(of page: RecordPage) -> FieldValues {
        switch page {
        case .organizations(let records): records.first.map { FieldValues($0) } ?? FieldValues()
        case .persons(let records): records.first.map { FieldValues($0) } ?? FieldValues()
        case .products(let records): records.first.map { FieldValues($0) } ?? FieldValues()
        }
    }

    static func page(_ kind: RecordKind, _ records: [Record]) -> RecordPage {
        switch kind {
        case .person: .persons(records.map(person))
        case .organization: .organizations(records.map(organization))
        case .product: .products(records.map(product))
        }
    }

    private static func product(_ record: Record) -> CatalogItem {
        var details = ProductDetails(name: "")
        for field in SyncField.of(.product) { record.values[field].map { details.set(field, $0) } }
        return CatalogItem(
            id: CatalogItem.ID(record.id), name: details.name, code: details.code, description: details.description,
            unit: details.unit, tax: details.tax, prices: details.prices, isLinkable: details.isActive,
            isDeleted: record.isDeleted, addedAt: record.addedAt, updatedAt: record.updatedAt)
    }

    private static func person(_ record: Record) -> Person {
        Person(
            id: Person.ID(record.id), name: record.values[.name] ?? "",
            organizationID: record.values[.organization].flatMap { Int64($0) }.map { Organization.ID($0) },
            emails: FieldText.entries(record.values[.emails] ?? ""),
            phones: FieldText.entries(record.values[.phones] ?? ""), isDeleted: record.isDeleted,
            addedAt: record.addedAt, updatedAt: record.updatedAt)
    }

    private static func organization(_ record: Record) -> Organization {
        Organization(
            id: Organization.ID(record.id), name: record.values[.name] ?? "",
            address: FieldText.address(record.values[.address] ?? ""), isDeleted: record.isDeleted,
            addedAt: record.addedAt, updatedAt: record.updatedAt)
    }

    // MARK: Webhooks

    /// No storm subscribes.
    public func subscribe(
        object: String, url: String, endpoint: WebhookEndpoint, access: PipedriveAccess
    ) async throws -> WebhookSubscription {
        WebhookSubscription(id: WebhookSubscription.ID(1), object: object, url: url)
    }

    /// None.
    public func subscriptions(access: PipedriveAccess) async throws -> [WebhookSubscription] { [] }

    /// Nothing happens.
    public func unsubscribe(_ id: WebhookSubscription.ID, access: PipedriveAccess) async throws {}

    /// `entity id event-id merged-into seconds`.
    public func decode(_ body: [UInt8]) -> WebhookEvent? {
        let words = String(decoding: body, as: UTF8.self).split(separator: " ").map(String.init)
        guard words.count == 5, let id = Int64(words[1]), let seconds = Double(words[4]) else { return nil }
        return WebhookEvent(
            action: .change, entity: words[0], entityID: id, companyID: company, eventID: words[2],
            occurredAt: Date(timeIntervalSince1970: seconds), enteredStage: nil, mergedInto: Int64(words[3]))
    }

    static func body(_ event: WebhookEvent) -> [UInt8] {
        let merged = event.mergedInto.map(String.init) ?? "-"
        let seconds = event.occurredAt?.timeIntervalSince1970 ?? 0
        return Array("\(event.entity) \(event.entityID) \(event.eventID) \(merged) \(seconds)".utf8)
    }
}
