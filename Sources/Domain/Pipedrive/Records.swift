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
    /// What its custom field for the language says; nil when the settings name none.
    public let language: String?
    /// Pipedrive's labels (work, home) by address and number.
    public let labels: [String: String]
    /// Whether it was deleted in Pipedrive.
    public let isDeleted: Bool
    /// When it was added.
    public let addedAt: Date?
    /// When it last changed.
    public let updatedAt: Date?

    /// Makes a person value.
    public init(
        id: ID, name: String, organizationID: Organization.ID? = nil, emails: [String] = [], phones: [String] = [],
        language: String? = nil, labels: [String: String] = [:], isDeleted: Bool = false, addedAt: Date? = nil,
        updatedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.organizationID = organizationID
        self.emails = emails
        self.phones = phones
        self.language = language
        self.labels = labels
        self.isDeleted = isDeleted
        self.addedAt = addedAt
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
    /// What its custom field for the VAT number says; nil when the settings name none.
    public let vatNumber: String?
    /// What its custom field for the KvK number says; nil when the settings name none.
    public let kvkNumber: String?
    /// What its custom field for the language says; nil when the settings name none.
    public let language: String?
    /// Whether it was deleted in Pipedrive.
    public let isDeleted: Bool
    /// When it was added.
    public let addedAt: Date?
    /// When it last changed.
    public let updatedAt: Date?

    /// Makes an organization value.
    public init(
        id: ID, name: String, address: PostalAddress = PostalAddress(), vatNumber: String? = nil,
        kvkNumber: String? = nil, language: String? = nil, isDeleted: Bool = false, addedAt: Date? = nil,
        updatedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.vatNumber = vatNumber
        self.kvkNumber = kvkNumber
        self.language = language
        self.isDeleted = isDeleted
        self.addedAt = addedAt
        self.updatedAt = updatedAt
    }

    /// The organizations of these persons, by number, each with its persons' addresses.
    public static func addresses(of persons: [Person]) -> [Int64: [String]] {
        persons.filter { !$0.isDeleted }.reduce(into: [:]) { addresses, person in
            guard let organization = person.organizationID else { return }
            addresses[organization.rawValue, default: []] += person.emails
        }
    }
}

/// A Pipedrive product, or one variation of it, as the product needs it.
public struct CatalogItem: Hashable, Sendable {
    /// Pipedrive's identifier, unique within one Pipedrive company. A variation's holds its product's number too.
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
    /// Every price as Pipedrive keeps it, those included that we can't hold: a change has to send them all back.
    public let priceDetails: [PriceDetail]
    /// Whether it was deleted in Pipedrive.
    public let isDeleted: Bool
    /// When it was added.
    public let addedAt: Date?
    /// When it last changed.
    public let updatedAt: Date?

    /// Makes a product value.
    public init(
        id: ID, name: String, code: String? = nil, description: String? = nil, unit: String? = nil,
        tax: Percentage = .zero, prices: [Money] = [], isLinkable: Bool = true, priceDetails: [PriceDetail] = [],
        isDeleted: Bool = false, addedAt: Date? = nil, updatedAt: Date? = nil
    ) {
        self.id = id
        self.name = name
        self.code = code
        self.description = description
        self.unit = unit
        self.tax = tax
        self.prices = prices
        self.isLinkable = isLinkable
        self.priceDetails = priceDetails
        self.isDeleted = isDeleted
        self.addedAt = addedAt
        self.updatedAt = updatedAt
    }
}

/// A price of a product with what Pipedrive keeps beside it.
public struct PriceDetail: Hashable, Sendable {
    /// Currency code, custom ones included.
    public let currency: String
    /// The amount, as sent.
    public let price: ScaledDecimal?
    /// What it costs, as sent.
    public let cost: ScaledDecimal?
    /// Direct cost, as sent.
    public let directCost: ScaledDecimal?
    /// Notes.
    public let notes: String

    /// Makes a price.
    public init(
        currency: String, price: ScaledDecimal?, cost: ScaledDecimal? = nil, directCost: ScaledDecimal? = nil,
        notes: String = ""
    ) {
        self.currency = currency
        self.price = price
        self.cost = cost
        self.directCost = directCost
        self.notes = notes
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
