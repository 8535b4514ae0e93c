import Domain
import FoundationEssentials

/// The part of a list that was asked for.
func page<Element: Sendable>(_ all: [Element], _ request: PageRequest) -> Listing<Element> {
    Listing(items: Array(all.dropFirst(request.offset).prefix(request.limit)), total: all.count)
}

struct MemoryContacts: ContactStore {
    let transaction: MemoryTransaction

    func insert(_ details: ContactDetails) throws -> Contact {
        let contact = Contact(
            id: Contact.ID(transaction.state.freshID()), createdAt: transaction.state.now,
            updatedAt: transaction.state.now, isArchived: false, details: details)
        try transaction.edit { $0.contacts.append(contact) }
        return contact
    }
    func contact(_ id: Contact.ID) throws -> Contact? { try transaction.tenant().contacts.first { $0.id == id } }
    func list(search: String?, page request: PageRequest) throws -> Listing<Contact> {
        let found = try transaction.tenant().contacts.filter { contact in
            !contact.isArchived
                && (search.map { contact.details.name.hasPrefix($0) || contact.details.emails.contains($0) } ?? true)
        }
        return page(found.sorted { $0.details.name < $1.details.name }, request)
    }
    func update(_ id: Contact.ID, _ details: ContactDetails) throws -> Contact? {
        try transaction.edit { tenant in
            guard let index = tenant.contacts.firstIndex(where: { $0.id == id }) else { return nil }
            tenant.contacts[index].details = details
            return tenant.contacts[index]
        }
    }
    func delete(_ id: Contact.ID) throws -> Bool {
        try transaction.edit { tenant in
            let contents =
                tenant.quotes.map(\.content) + tenant.invoices.map(\.content) + tenant.subscriptions.map(\.content)
            guard contents.contains(where: { $0.contactID == id }) else {
                tenant.contacts.removeAll { $0.id == id }
                return true
            }
            tenant.contacts = tenant.contacts.map { contact in
                contact.id == id
                    ? Contact(
                        id: id, createdAt: contact.createdAt, updatedAt: contact.updatedAt, isArchived: true,
                        details: contact.details) : contact
            }
            return false
        }
    }
}

struct MemoryCatalog: CatalogStore {
    let transaction: MemoryTransaction

    private static func checkCode(_ details: ProductDetails, _ others: [Product]) throws {
        guard let code = details.code, others.contains(where: { $0.details.code == code }) else { return }
        throw Refusal(.conflict, "Another product has this code.", fields: ["code": "is taken"])
    }

    func insert(_ details: ProductDetails) throws -> Product {
        let product = Product(
            id: Product.ID(transaction.state.freshID()), createdAt: transaction.state.now,
            updatedAt: transaction.state.now, details: details)
        try transaction.edit { tenant in
            try Self.checkCode(details, tenant.products)
            tenant.products.append(product)
        }
        return product
    }
    func product(_ id: Product.ID) throws -> Product? { try transaction.tenant().products.first { $0.id == id } }
    func list(search: String?, page request: PageRequest) throws -> Listing<Product> {
        let found = try transaction.tenant().products.filter { product in
            search.map { product.details.name.hasPrefix($0) || product.details.code?.hasPrefix($0) == true } ?? true
        }
        return page(found.sorted { $0.details.name < $1.details.name }, request)
    }
    func update(_ id: Product.ID, _ details: ProductDetails) throws -> Product? {
        try transaction.edit { tenant in
            guard let index = tenant.products.firstIndex(where: { $0.id == id }) else { return nil }
            try Self.checkCode(details, tenant.products.filter { $0.id != id })
            tenant.products[index].details = details
            return tenant.products[index]
        }
    }
    func delete(_ id: Product.ID) throws -> Bool {
        try transaction.edit { tenant in
            let count = tenant.products.count
            tenant.products.removeAll { $0.id == id }
            return tenant.products.count < count
        }
    }
    func matching(_ words: [String], limit: Int) throws -> [Product] {
        Array(try transaction.tenant().products.filter(\.details.isActive).prefix(limit))
    }
    func linked(to items: Set<CatalogItem.ID>) throws -> [CatalogItem.ID: Product] {
        try transaction.tenant().linkedProducts.filter { items.contains($0.key) }
    }
}
