public import FoundationEssentials

/// Which records of Pipedrive are listed.
public struct RecordListing: Hashable, Sendable {
    /// The kind.
    public let kind: RecordKind
    /// Cursor of the page; nil is the first.
    public let cursor: String?
    /// Only what changed since, oldest change first; nil lists everything by id.
    public let changedSince: Date?
    /// Whether the newest come first, by when they were added.
    public let newestFirst: Bool

    /// Makes a listing.
    public init(_ kind: RecordKind, cursor: String? = nil, changedSince: Date? = nil, newestFirst: Bool = false) {
        self.kind = kind
        self.cursor = cursor
        self.changedSince = changedSince
        self.newestFirst = newestFirst
    }
}

/// What is written to a record of Pipedrive: the fields that are there, lists whole. The organization is Pipedrive's
/// number, or the empty text.
public struct RecordWrite: Hashable, Sendable {
    /// The kind.
    public let kind: RecordKind
    /// The fields to write.
    public let values: FieldValues

    /// Makes a write.
    public init(_ kind: RecordKind, _ values: FieldValues) {
        self.kind = kind
        self.values = values
    }
}

/// Reads and writes the records that are synced. Every method throws `CRMFailure`; `rejected` carries Pipedrive's
/// words in `message`.
public protocol CRMRecords: Sendable {
    /// A list page of at most 500 records, with the mapped custom fields.
    func page(_ listing: RecordListing, policy: SyncPolicy, access: PipedriveAccess) async throws -> FetchedPage
    /// These records, at most 100; deleted and invisible ones are missing.
    func records(
        _ kind: RecordKind, ids: [Int64], policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage
    /// Makes a record; as it is then.
    func create(_ write: RecordWrite, policy: SyncPolicy, access: PipedriveAccess) async throws -> FetchedPage
    /// Changes the only record of `current`; as it is then.
    func update(
        _ write: RecordWrite, current: RecordPage, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage
    /// The variations of these products, deleted and invisible ones left out, each as an item of its own; 10 tokens a
    /// product.
    func variations(of products: [CatalogItem], access: PipedriveAccess) async throws -> FetchedPage
    /// The custom fields of a kind.
    func customFields(_ kind: RecordKind, access: PipedriveAccess) async throws -> [CustomField]
}
