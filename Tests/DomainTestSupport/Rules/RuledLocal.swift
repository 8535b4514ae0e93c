import Domain
import FoundationEssentials

/// One of ours of any kind, as the rules see it.
struct RuledLocal {
    let id: UUID
    let kind: RecordKind
    let name: String
    let createdAt: Date
    let updatedAt: Date
    var isArchived = false
    var organizationID: Contact.ID?
    /// Article code of a product.
    var code: String?
    /// What a record of Pipedrive is held against.
    let keys: Set<RuledState.Key>
    /// What it is known by itself: a product that has a code is not known by its name.
    let ownKeys: Set<RuledState.Key>
    private let details: Details

    private enum Details {
        case contact(ContactDetails)
        case product(ProductDetails)
    }

    init(_ contact: Contact) {
        (id, createdAt, updatedAt) = (contact.id.rawValue, contact.createdAt, contact.updatedAt)
        kind = contact.details.kind == .person ? .person : .organization
        (name, isArchived) = (contact.details.name, contact.isArchived)
        organizationID = contact.details.organizationID
        keys = RuledState.Key.of(contact.details)
        ownKeys = keys
        details = .contact(contact.details)
    }

    init(_ product: Product) {
        (id, createdAt, updatedAt) = (product.id.rawValue, product.createdAt, product.updatedAt)
        (kind, name, code) = (.product, product.details.name, product.details.code)
        let named = RuledState.Key.name(product.details.name)
        let coded = product.details.code.map { RuledState.Key(rule: .code, text: $0) }
        keys = Set([named, coded].compactMap { $0 })
        ownKeys = [coded ?? named]
        details = .product(product.details)
    }

    func values(organization: String?) -> FieldValues {
        switch details {
        case .contact(let details): FieldValues(details, organization: organization)
        case .product(let details): FieldValues(details)
        }
    }

    /// By what it fits a record that is known by these.
    func rules(fitting others: Set<RuledState.Key>) -> Set<MatchRule> {
        var rules = Set(keys.intersection(others).map(\.rule))
        // Two codes are two products, however they are called.
        if code != nil, others.contains(where: { $0.rule == .code }) { rules.remove(.name) }
        return rules
    }
}

extension MemoryTransaction {
    /// One of ours; nil when it is gone.
    func local(_ id: UUID) throws -> RuledLocal? {
        let tenant = try tenant()
        return tenant.contacts.first { $0.id.rawValue == id }.map { RuledLocal($0) }
            ?? tenant.products.first { $0.id.rawValue == id }.map { RuledLocal($0) }
    }

    /// All of ours of a kind.
    func locals(_ kind: RecordKind) throws -> [RuledLocal] {
        let tenant = try tenant()
        if kind == .product { return tenant.products.map { RuledLocal($0) } }
        return tenant.contacts.filter { $0.details.kind.rawValue == kind.rawValue }.map { RuledLocal($0) }
    }

    /// Fields that somebody edited, as the database's triggers note them: each with whether it was empty before.
    func note(edits: [SyncField: Bool], of local: UUID) throws {
        let now = state.tick()
        try editRuled { state in
            state.waiting.remove(local)
            // Only what is linked has something that it was last synced with.
            guard state.links.contains(where: { $0.localID == local && ($0.state == .live || $0.state == .gone) })
            else { return }
            for (field, isEmpty) in edits {
                let wasEmpty = state.edits[local]?[field]?.wasEmpty ?? isEmpty
                state.edits[local, default: [:]][field] = RuledState.Edit(at: now, wasEmpty: wasEmpty)
            }
        }
        try queuePush(local)
    }

    func queuePush(_ local: UUID) throws {
        let tenant = try tenant()
        guard tenant.connection != nil, tenant.settings.directions.values.contains(where: { $0 != .pull }) else {
            return
        }
        // As a trigger does it: the API's own role has no right on the queue.
        guard let company = access.companyID else { return }
        _ = state.add(
            NewMessage(kind: .push, subject: local.uuidString.lowercased(), priority: 3), company: company)
    }

    /// Ours was deleted: its link ends.
    func endLink(of local: UUID) throws {
        try editRuled { state in
            state.edits[local] = nil
            for place in state.links.indices where state.links[place].localID == local {
                if state.links[place].state == .live { state.links[place].state = .ended }
            }
        }
    }
}

/// Products whose edits are noted, as the database's triggers do.
struct RuledCatalog: CatalogStore {
    let transaction: MemoryTransaction
    private var plain: MemoryCatalog { MemoryCatalog(transaction: transaction) }

    init(transaction: MemoryTransaction) { self.transaction = transaction }

    func product(_ id: Product.ID) throws -> Product? { try plain.product(id) }
    func list(search: String?, page: PageRequest) throws -> Listing<Product> {
        try plain.list(search: search, page: page)
    }
    func matching(_ words: [String], limit: Int) throws -> [Product] { try plain.matching(words, limit: limit) }
    func linked(to items: Set<CatalogItem.ID>) throws -> [CatalogItem.ID: Product] { try plain.linked(to: items) }

    func insert(_ details: ProductDetails) throws -> Product {
        let product = try plain.insert(details)
        try transaction.queuePush(product.id.rawValue)
        return product
    }

    func update(_ id: Product.ID, _ details: ProductDetails) throws -> Product? {
        guard let before = try plain.product(id)?.details, let after = try plain.update(id, details) else { return nil }
        let (old, new) = (FieldValues(before), FieldValues(details))
        let changed = SyncField.of(.product).filter { old[$0] != new[$0] }
        guard !changed.isEmpty else { return after }
        let edits = changed.map { ($0, old[$0]?.isEmpty ?? true) }
        try transaction.note(edits: Dictionary(uniqueKeysWithValues: edits), of: id.rawValue)
        return after
    }

    func delete(_ id: Product.ID) throws -> Bool {
        let isGone = try plain.delete(id)
        if isGone { try transaction.endLink(of: id.rawValue) }
        return isGone
    }
}
