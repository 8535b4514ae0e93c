public import Domain

/// The company's contacts and products, for the pages and the regular API.
public struct Books: Sendable {
    let storage: any Storage
    let secrets: any SecretSource
    let mailing: Mailing?
    let access: @Sendable (Company.ID?) -> StorageAccess

    /// Wires the use case; `access` decides under which database role it works: the pages' or the API's. Without
    /// `mailing` nothing is mailed.
    public init(
        storage: any Storage, secrets: any SecretSource, mailing: Mailing? = nil,
        access: @escaping @Sendable (Company.ID?) -> StorageAccess
    ) {
        self.storage = storage
        self.secrets = secrets
        self.mailing = mailing
        self.access = access
    }

    func inside<Result>(
        _ company: Company.ID, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        try storage.transaction(access(company), body)
    }

    static func found<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else { throw Refusal(.notFound, "There is no such \(name).") }
        return value
    }

    /// Contacts by name; archived ones left out.
    public func contacts(_ company: Company.ID, search: String?, page: PageRequest) throws -> Listing<Contact> {
        try inside(company) { try $0.contacts.list(search: search, page: page) }
    }

    /// One contact. Throws `notFound`.
    public func contact(_ id: Contact.ID, _ company: Company.ID) throws -> Contact {
        try inside(company) { try Self.found(try $0.contacts.contact(id), "contact") }
    }

    /// Stores a contact. Throws `invalid` with the field's name.
    public func addContact(_ details: ContactDetails, _ company: Company.ID) throws -> Contact {
        try inside(company) { transaction in
            try Self.check(details, transaction)
            let contact = try transaction.contacts.insert(details)
            try transaction.events.append(.contactCreated, subject: contact.id.rawValue)
            return contact
        }
    }

    /// Replaces a contact's details; the same details again change nothing and make no event. Throws `notFound`,
    /// `invalid`.
    public func changeContact(
        _ id: Contact.ID, _ details: ContactDetails, _ company: Company.ID
    ) throws -> Contact {
        try inside(company) { transaction in
            let current = try Self.found(try transaction.contacts.contact(id), "contact")
            guard current.details != details else { return current }
            try Self.check(details, transaction)
            let contact = try Self.found(try transaction.contacts.update(id, details), "contact")
            try transaction.events.append(.contactUpdated, subject: id.rawValue)
            return contact
        }
    }

    /// Deletes a contact; one with documents is archived instead and `conflict` says so.
    public func removeContact(_ id: Contact.ID, _ company: Company.ID) throws {
        let isDeleted = try inside(company) { transaction in
            let contact = try Self.found(try transaction.contacts.contact(id), "contact")
            if !contact.isArchived { try transaction.events.append(.contactDeleted, subject: contact.id.rawValue) }
            return try transaction.contacts.delete(id)
        }
        guard isDeleted else {
            throw Refusal(.conflict, "This contact has documents. It was archived instead of deleted.")
        }
    }

    private static func check(_ details: ContactDetails, _ transaction: any StorageTransaction) throws {
        var fields: [String: String] = [:]
        if details.name.isEmpty || details.name.count > 255 { fields["name"] = "needs 1 to 255 characters" }
        for (index, email) in details.emails.enumerated() where EmailAddress.normalized(email) == nil {
            fields["emails.\(index)"] = "is no e-mail address"
        }
        if let organization = details.organizationID {
            let found = try transaction.contacts.contact(organization)
            if found?.details.kind != .organization { fields["organization_id"] = "is no organization of yours" }
            if details.kind == .organization { fields["organization_id"] = "belongs on a person only" }
        }
        guard fields.isEmpty else { throw Refusal(.invalid, "Some fields of the contact are wrong.", fields: fields) }
    }

    /// Products by name.
    public func products(_ company: Company.ID, search: String?, page: PageRequest) throws -> Listing<Product> {
        try inside(company) { try $0.catalog.list(search: search, page: page) }
    }

    /// One product. Throws `notFound`.
    public func product(_ id: Product.ID, _ company: Company.ID) throws -> Product {
        try inside(company) { try Self.found(try $0.catalog.product(id), "product") }
    }

    /// Stores a product. Throws `invalid`, or `conflict` for a code that is taken.
    public func addProduct(_ details: ProductDetails, _ company: Company.ID) throws -> Product {
        try inside(company) { transaction in
            try Self.check(details)
            let product = try transaction.catalog.insert(details)
            try transaction.events.append(.productCreated, subject: product.id.rawValue)
            return product
        }
    }

    /// Replaces a product's details; the same details again change nothing and make no event. Throws `notFound`,
    /// `invalid`, `conflict`.
    public func changeProduct(
        _ id: Product.ID, _ details: ProductDetails, _ company: Company.ID
    ) throws -> Product {
        try inside(company) { transaction in
            let current = try Self.found(try transaction.catalog.product(id), "product")
            guard !current.details.isSame(as: details) else { return current }
            try Self.check(details)
            let product = try Self.found(try transaction.catalog.update(id, details), "product")
            try transaction.events.append(.productUpdated, subject: id.rawValue)
            return product
        }
    }

    /// Deletes a product; documents keep their lines. Throws `notFound`.
    public func removeProduct(_ id: Product.ID, _ company: Company.ID) throws {
        try inside(company) { transaction in
            guard try transaction.catalog.delete(id) else { throw Refusal(.notFound, "There is no such product.") }
            try transaction.events.append(.productDeleted, subject: id.rawValue)
        }
    }

    private static func check(_ details: ProductDetails) throws {
        var fields: [String: String] = [:]
        if details.name.isEmpty || details.name.count > 255 { fields["name"] = "needs 1 to 255 characters" }
        if Set(details.prices.map(\.currency)).count != details.prices.count {
            fields["prices"] = "has a currency twice"
        }
        if details.prices.contains(where: { $0.minorUnits < 0 }) { fields["prices"] = "must not be negative" }
        guard fields.isEmpty else { throw Refusal(.invalid, "Some fields of the product are wrong.", fields: fields) }
    }
}
