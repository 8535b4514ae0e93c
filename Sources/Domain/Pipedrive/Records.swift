public import FoundationEssentials

/// A Pipedrive person, as the product needs it.
public struct Person: Hashable, Sendable {
    /// Pipedrive's identifier, unique within one Pipedrive company.
    public typealias ID = Identifier<Person, Int64>

    /// The identifier.
    public let id: ID
    /// Full name.
    public let name: String
    /// The organization it belongs to.
    public let organizationID: Organization.ID?
    /// Addresses, primary first, blanks left out.
    public let emails: [String]
    /// Telephone numbers, primary first, blanks left out.
    public let phones: [String]
    /// Whether it was deleted in Pipedrive.
    public let isDeleted: Bool
    /// When it last changed.
    public let updatedAt: Date?

    /// Makes a person value.
    public init(
        id: ID, name: String, organizationID: Organization.ID? = nil, emails: [String] = [], phones: [String] = [],
        isDeleted: Bool = false, updatedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.organizationID = organizationID
        self.emails = emails
        self.phones = phones
        self.isDeleted = isDeleted
        self.updatedAt = updatedAt
    }
}

/// A Pipedrive organization, as the product needs it.
public struct Organization: Hashable, Sendable {
    /// Pipedrive's identifier, unique within one Pipedrive company.
    public typealias ID = Identifier<Organization, Int64>

    /// The identifier.
    public let id: ID
    /// Name.
    public let name: String
    /// Address parts, where Pipedrive knows them.
    public let address: PostalAddress
    /// Whether it was deleted in Pipedrive.
    public let isDeleted: Bool
    /// When it last changed.
    public let updatedAt: Date?

    /// Makes an organization value.
    public init(
        id: ID, name: String, address: PostalAddress = PostalAddress(), isDeleted: Bool = false, updatedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.isDeleted = isDeleted
        self.updatedAt = updatedAt
    }
}

/// A Pipedrive product, as the product needs it.
public struct CatalogItem: Hashable, Sendable {
    /// Pipedrive's identifier, unique within one Pipedrive company.
    public typealias ID = Identifier<CatalogItem, Int64>

    /// The identifier.
    public let id: ID
    /// Name.
    public let name: String
    /// Article code.
    public let code: String?
    /// Longer text.
    public let description: String?
    /// Piece, hour, month.
    public let unit: String?
    /// Tax percentage.
    public let tax: Percentage
    /// One price per currency.
    public let prices: [Money]
    /// Whether it may be put on a deal.
    public let isLinkable: Bool
    /// Whether it was deleted in Pipedrive.
    public let isDeleted: Bool
    /// When it last changed.
    public let updatedAt: Date?

    /// Makes a product value.
    public init(
        id: ID, name: String, code: String? = nil, description: String? = nil, unit: String? = nil,
        tax: Percentage = .zero, prices: [Money] = [], isLinkable: Bool = true, isDeleted: Bool = false,
        updatedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.code = code
        self.description = description
        self.unit = unit
        self.tax = tax
        self.prices = prices
        self.isLinkable = isLinkable
        self.isDeleted = isDeleted
        self.updatedAt = updatedAt
    }
}

/// The kinds of records that travel between Pipedrive and PayDock.
public enum RecordKind: String, Sendable, CaseIterable {
    /// Pipedrive organizations; read first, because persons point at them.
    case organization
    /// Pipedrive persons.
    case person
    /// Pipedrive products.
    case product
}
