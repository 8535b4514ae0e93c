/// How a line's price relates to tax (Pipedrive's `tax_method` uses the same three words).
public enum TaxMethod: String, Hashable, Sendable, CaseIterable {
    /// The price is without tax; tax comes on top.
    case exclusive
    /// The price holds the tax.
    case inclusive
    /// No tax is charged.
    case none
}

/// What is taken off a line.
public enum Discount: Hashable, Sendable {
    /// Nothing.
    case none
    /// A share of quantity × price.
    case percentage(Percentage)
    /// A fixed amount off the whole line, in minor units of the document's currency.
    case amount(Int64)
}

/// How often a line's price is charged (the words are Pipedrive's `billing_frequency`).
public enum BillingFrequency: String, Hashable, Sendable, CaseIterable {
    /// Once.
    case oneTime = "one-time"
    /// Every year.
    case annually
    /// Twice a year.
    case semiAnnually = "semi-annually"
    /// Four times a year.
    case quarterly
    /// Every month.
    case monthly
    /// Every week.
    case weekly
}

/// One line of a quote, an invoice or a subscription.
public struct DocumentLine: Hashable, Sendable {
    /// The wording on the document.
    public var description: String
    /// How many.
    public var quantity: Quantity
    /// Price of one, in minor units of the document's currency; nil when a person still has to set it.
    public var unitPrice: Int64?
    /// Whether `unitPrice` holds the tax.
    public var taxMethod: TaxMethod
    /// The rate.
    public var tax: Percentage
    /// What is taken off.
    public var discount: Discount
    /// The catalog's product, if the line is one.
    public var productID: Product.ID?
    /// A heading or a remark: no quantity, no price.
    public var isTextLine: Bool
    /// How often it is charged.
    public var billingFrequency: BillingFrequency
    /// How many times a recurring price is charged; nil is until further notice.
    public var billingCycles: Int?
    /// What a person should look at before sending, in one sentence.
    public var flag: String?

    /// Makes a line; the defaults are one piece, once, without discount.
    public init(
        description: String, quantity: Quantity = .one, unitPrice: Int64?, taxMethod: TaxMethod = .exclusive,
        tax: Percentage, discount: Discount = .none, productID: Product.ID? = nil, isTextLine: Bool = false,
        billingFrequency: BillingFrequency = .oneTime, billingCycles: Int? = nil, flag: String? = nil
    ) {
        self.description = description
        self.quantity = quantity
        self.unitPrice = unitPrice
        self.taxMethod = taxMethod
        self.tax = tax
        self.discount = discount
        self.productID = productID
        self.isTextLine = isTextLine
        self.billingFrequency = billingFrequency
        self.billingCycles = billingCycles
        self.flag = flag
    }

    /// Quantity × price minus discount, rounded once, in minor units; nil when it does not fit.
    ///
    /// With an inclusive price it holds the tax. A discount never turns a line negative.
    public func amount() -> Int64? {
        guard !isTextLine, let unitPrice else { return 0 }
        let exact = Int128(quantity.tenThousandths) * Int128(unitPrice)
        let scaled: Int128
        switch discount {
        case .none:
            scaled = ScaledDecimal.divide(exact, by: 10_000)
        case .percentage(let percentage):
            scaled = ScaledDecimal.divide(exact * Int128(10_000 - percentage.basisPoints), by: 100_000_000)
        case .amount(let units):
            let gross = ScaledDecimal.divide(exact, by: 10_000)
            scaled = gross >= 0 ? max(0, gross - Int128(max(units, 0))) : gross
        }
        guard scaled.magnitude <= UInt128(Money.bound) else { return nil }
        return Int64(scaled)
    }
}
