public import Domain
import FoundationEssentials

extension ScriptedPipedrive: CRMRecords {
    /// A page by its position; with the newest first, all of them are on one page.
    public func page(
        _ listing: RecordListing, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        try await page(
            listing.kind, cursor: listing.newestFirst ? nil : listing.cursor, access: access)
    }

    /// The script's records.
    public func records(
        _ kind: RecordKind, ids: [Int64], policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        try begin("records", "\(kind.rawValue) \(ids.map(String.init).joined(separator: ","))", access: access)
        let found = edit { script in ids.compactMap { script.records["\(kind.rawValue):\($0)"] } }
        return FetchedPage(page: Self.joined(found, kind), nextCursor: nil, tokenCost: ids.count)
    }

    /// A record of the next number.
    public func create(
        _ write: RecordWrite, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        let isKept = edit { $0.createsDespiteFailure }
        do {
            try begin("create", write.kind.rawValue, access: access)
        } catch {
            if isKept { edit { $0.writes.append("create \(write.values[.name] ?? "")") } }
            throw error
        }
        let number = edit { script in
            script.writes.append("create \(write.values[.name] ?? "")")
            return Int64(900 + script.writes.count)
        }
        let page = RecordPage.persons([.fixture(id: Person.ID(number), name: write.values[.name] ?? "")])
        return FetchedPage(page: page, nextCursor: nil, tokenCost: 5)
    }

    /// The record as it was.
    public func update(
        _ write: RecordWrite, current: RecordPage, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        try begin("update", "\(write.kind.rawValue) \(current.ids.map(String.init).joined())", access: access)
        edit { $0.writes.append("update \(current.ids.map(String.init).joined())") }
        return FetchedPage(page: current, nextCursor: nil, tokenCost: 5)
    }

    /// Those of the script, by the product's number.
    public func variations(of products: [CatalogItem], access: PipedriveAccess) async throws -> FetchedPage {
        try begin("variations", products.map(\.id.description).joined(separator: ","), access: access)
        let found = edit { script in products.flatMap { script.variations[$0.id.rawValue] ?? [] } }
        return FetchedPage(page: .products(found), nextCursor: nil, tokenCost: 10 * products.count)
    }

    /// Those of the script.
    public func customFields(_ kind: RecordKind, access: PipedriveAccess) async throws -> [CustomField] {
        try begin("customFields", kind.rawValue, access: access)
        return edit { $0.customFields[kind] ?? [] }
    }

    private static func joined(_ pages: [RecordPage], _ kind: RecordKind) -> RecordPage {
        var (organizations, persons, products): ([Organization], [Person], [CatalogItem]) = ([], [], [])
        for page in pages {
            switch page {
            case .organizations(let records): organizations += records
            case .persons(let records): persons += records
            case .products(let records): products += records
            }
        }
        return switch kind {
        case .organization: .organizations(organizations)
        case .person: .persons(persons)
        case .product: .products(products)
        }
    }
}
