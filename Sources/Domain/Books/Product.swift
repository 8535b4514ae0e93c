public import FoundationEssentials

/// Something the company sells, with a price per currency.
public struct Product: Hashable, Sendable {
    /// Identifies a product.
    public typealias ID = Identifier<Product, UUID>

    /// The identifier.
    public let id: ID
    /// When it was made.
    public let createdAt: Date
    /// When it last changed.
    public let updatedAt: Date
    /// Everything a person can edit.
    public var details: ProductDetails

    /// Makes a product value.
    public init(id: ID, createdAt: Date, updatedAt: Date, details: ProductDetails) {
        self.id = id
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.details = details
    }

    /// The price in that currency, minor units, without tax unless `pricesIncludeTax`; nil when there is none.
    public func price(in currency: Currency) -> Int64? {
        details.prices.first { $0.currency == currency }?.minorUnits
    }
}

/// What a person can edit of a product.
public struct ProductDetails: Hashable, Sendable {
    /// Article code.
    public var code: String?
    /// Name as it stands on documents.
    public var name: String
    /// Longer text.
    public var description: String?
    /// Piece, hour, month.
    public var unit: String?
    /// The rate.
    public var tax: Percentage
    /// At most one price per currency, without tax.
    public var prices: [Money]
    /// Whether it may be put on new documents.
    public var isActive: Bool

    /// Makes the details; only a name is needed.
    public init(
        code: String? = nil, name: String, description: String? = nil, unit: String? = nil, tax: Percentage = .zero,
        prices: [Money] = [], isActive: Bool = true
    ) {
        self.code = code
        self.name = name
        self.description = description
        self.unit = unit
        self.tax = tax
        self.prices = prices
        self.isActive = isActive
    }

    /// Whether both say the same; the order of the prices says nothing.
    public func isSame(as other: ProductDetails) -> Bool {
        var (left, right) = (self, other)
        left.prices.sort { $0.currency < $1.currency }
        right.prices.sort { $0.currency < $1.currency }
        return left == right
    }
}
