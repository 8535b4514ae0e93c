public import FoundationEssentials

/// A customer of the company: a person or an organization on our side.
public struct Contact: Hashable, Sendable {
    /// Identifies a contact.
    public typealias ID = Identifier<Contact, UUID>

    /// What the contact is.
    public enum Kind: String, Sendable, CaseIterable {
        /// A human being.
        case person
        /// A company, foundation or authority.
        case organization
    }

    /// The identifier.
    public let id: ID
    /// When it was made.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date
    /// Archived contacts keep their documents and are left out of lists and matching.
    public let isArchived: Bool
    /// Everything a person can edit.
    public var details: ContactDetails

    /// Makes a contact value.
    public init(id: ID, createdAt: Date, updatedAt: Date, isArchived: Bool, details: ContactDetails) {
        self.id = id
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.isArchived = isArchived
        self.details = details
    }
}

/// What a person can edit of a contact.
public struct ContactDetails: Hashable, Sendable {
    /// Person or organization.
    public var kind: Contact.Kind
    /// Full name.
    public var name: String
    /// The organization that a person belongs to.
    public var organizationID: Contact.ID?
    /// Addresses as typed; the first is the primary one.
    public var emails: [String]
    /// Telephone numbers; the first is the primary one.
    public var phones: [String]
    /// Postal address.
    public var address: PostalAddress
    /// VAT identification number.
    public var vatNumber: String?
    /// Number in the Dutch trade register.
    public var kvkNumber: String?
    /// Language of documents and e-mails: `nl`, `en` or `de`.
    public var language: String?
    /// Identifier in the customer's own system.
    public var externalID: String?

    /// Makes the details; only kind and name are needed.
    public init(
        kind: Contact.Kind, name: String, organizationID: Contact.ID? = nil, emails: [String] = [],
        phones: [String] = [], address: PostalAddress = PostalAddress(), vatNumber: String? = nil,
        kvkNumber: String? = nil, language: String? = nil, externalID: String? = nil
    ) {
        self.kind = kind
        self.name = name
        self.organizationID = organizationID
        self.emails = emails
        self.phones = phones
        self.address = address
        self.vatNumber = vatNumber
        self.kvkNumber = kvkNumber
        self.language = language
        self.externalID = externalID
    }
}

/// Parts of a postal address; each may be missing.
public struct PostalAddress: Hashable, Sendable {
    /// Street with house number.
    public var street: String?
    /// Postal code.
    public var postalCode: String?
    /// Town.
    public var city: String?
    /// Country as written.
    public var country: String?

    /// Makes an address.
    public init(street: String? = nil, postalCode: String? = nil, city: String? = nil, country: String? = nil) {
        self.street = street
        self.postalCode = postalCode
        self.city = city
        self.country = country
    }
}
