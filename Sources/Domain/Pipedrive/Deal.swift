public import FoundationEssentials

/// A Pipedrive deal with what a quote is made from.
public struct Deal: Hashable, Sendable {
    /// Pipedrive's identifier, unique within one Pipedrive company.
    public typealias ID = Identifier<Deal, Int64>

    /// Where a deal stands in Pipedrive.
    public enum Status: String, Sendable {
        /// Being worked on.
        case open
        /// Closed with success.
        case won
        /// Closed without.
        case lost
        /// Thrown away.
        case deleted
    }

    /// The identifier.
    public let id: ID
    /// Title.
    public let title: String
    /// Where it stands.
    public let status: Status
    /// Whether it was deleted.
    public let isDeleted: Bool
    /// Whether it was archived.
    public let isArchived: Bool
    /// The pipeline it is in.
    public let pipelineID: Pipeline.ID
    /// The stage it is in.
    public let stageID: Stage.ID
    /// Currency of the deal and of all its products.
    public let currency: Currency
    /// The deal's own value, where given.
    public let value: Money?
    /// The person.
    public let personID: Person.ID?
    /// The organization.
    public let organizationID: Organization.ID?
    /// When it entered its stage.
    public let stageChangedAt: Date?
    /// When it was made.
    public let addedAt: Date?
    /// Custom fields by name, values as text with option labels.
    public let customFields: [String: String]

    /// Makes a deal value.
    public init(
        id: ID, title: String, status: Status, isDeleted: Bool = false, isArchived: Bool = false,
        pipelineID: Pipeline.ID, stageID: Stage.ID, currency: Currency, value: Money? = nil,
        personID: Person.ID? = nil, organizationID: Organization.ID? = nil, stageChangedAt: Date? = nil,
        addedAt: Date? = nil, customFields: [String: String] = [:]
    ) {
        self.id = id
        self.title = title
        self.status = status
        self.isDeleted = isDeleted
        self.isArchived = isArchived
        self.pipelineID = pipelineID
        self.stageID = stageID
        self.currency = currency
        self.value = value
        self.personID = personID
        self.organizationID = organizationID
        self.stageChangedAt = stageChangedAt
        self.addedAt = addedAt
        self.customFields = customFields
    }
}

/// One product on a deal. Amounts are in the deal's currency.
public struct DealProduct: Hashable, Sendable {
    /// Pipedrive's product; nil when it was deleted since.
    public let itemID: CatalogItem.ID?
    /// The variation of it that was chosen.
    public let variationID: CatalogItem.ID?
    /// Name on the deal.
    public let name: String
    /// What a person wrote beside it.
    public let comments: String
    /// How many.
    public let quantity: Quantity
    /// Price of one.
    public let itemPrice: Money
    /// Tax percentage.
    public let tax: Percentage
    /// How the price relates to tax.
    public let taxMethod: TaxMethod
    /// What is taken off.
    public let discount: Discount
    /// How often it is charged.
    public let billingFrequency: BillingFrequency
    /// How often a recurring price is charged; nil is until further notice.
    public let billingCycles: Int?
    /// Disabled products stay on the deal and count for nothing.
    public let isEnabled: Bool
    /// What the line comes to by the exact figures on the deal, in minor units; nil when it is what they say rounded.
    ///
    /// A deal may have a price of 0.125 or a discount of 33.333 %, which no document's line can hold.
    public let exact: ExactFigures?
    /// Why a figure of this line cannot be used; the line then has no price until a person sets it.
    public let problem: String?
    /// What a person should look at although the price stands.
    public let caution: String?

    /// Figures with more decimals than a line of a document holds.
    public struct ExactFigures: Hashable, Sendable {
        /// Quantity × price less the discount, rounded once, in minor units.
        public let amount: Int64
        /// The figures in words of digits: `1000 × 0.125 − 33.333 %`.
        public let calculation: String

        /// Makes the figures.
        public init(amount: Int64, calculation: String) {
            self.amount = amount
            self.calculation = calculation
        }
    }

    /// Makes a deal product value.
    public init(
        itemID: CatalogItem.ID?, name: String, comments: String = "", quantity: Quantity, itemPrice: Money,
        tax: Percentage, taxMethod: TaxMethod, discount: Discount = .none,
        billingFrequency: BillingFrequency = .oneTime, billingCycles: Int? = nil, isEnabled: Bool = true,
        exact: ExactFigures? = nil, problem: String? = nil, caution: String? = nil,
        variationID: CatalogItem.ID? = nil
    ) {
        self.itemID = itemID
        self.variationID = variationID
        self.name = name
        self.comments = comments
        self.quantity = quantity
        self.itemPrice = itemPrice
        self.tax = tax
        self.taxMethod = taxMethod
        self.discount = discount
        self.billingFrequency = billingFrequency
        self.billingCycles = billingCycles
        self.isEnabled = isEnabled
        self.exact = exact
        self.problem = problem
        self.caution = caution
    }
}

extension DealProduct {
    /// What it may stand for in our catalog, the closest first.
    public var itemIDs: [CatalogItem.ID] { [variationID, itemID].compactMap(\.self) }
}

/// A discount on the whole deal, beside those of its products.
public struct DealDiscount: Hashable, Sendable {
    /// What it is called.
    public let description: String
    /// How much.
    public let discount: Discount
    /// Why it cannot be used; a person then has to look at it.
    public let problem: String?

    /// Makes a deal discount value.
    public init(description: String, discount: Discount, problem: String? = nil) {
        self.description = description
        self.discount = discount
        self.problem = problem
    }
}

/// A Pipedrive pipeline with its stages in order.
public struct Pipeline: Hashable, Sendable {
    /// Pipedrive's identifier.
    public typealias ID = Identifier<Pipeline, Int64>

    /// The identifier.
    public let id: ID
    /// Name.
    public let name: String
    /// Its stages, in order.
    public let stages: [Stage]

    /// Makes a pipeline value.
    public init(id: ID, name: String, stages: [Stage]) {
        self.id = id
        self.name = name
        self.stages = stages
    }
}

/// A stage of a pipeline.
public struct Stage: Hashable, Sendable {
    /// Pipedrive's identifier.
    public typealias ID = Identifier<Stage, Int64>

    /// The identifier.
    public let id: ID
    /// Name.
    public let name: String
    /// Whether it was deleted in Pipedrive since it was last read; its name is kept for those who chose it.
    public let isDeleted: Bool

    /// Makes a stage value.
    public init(id: ID, name: String, isDeleted: Bool = false) {
        self.id = id
        self.name = name
        self.isDeleted = isDeleted
    }
}

/// Everything a quote is drafted from.
public struct DealContext: Hashable, Sendable {
    /// The deal.
    public let deal: Deal
    /// Its products, in their order.
    public let products: [DealProduct]
    /// Discounts on the whole deal.
    public let discounts: [DealDiscount]
    /// Its person.
    public let person: Person?
    /// Its organization.
    public let organization: Organization?
    /// The deal's newest notes as plain text, ours left out.
    public let notes: [String]

    /// Makes the context.
    public init(
        deal: Deal, products: [DealProduct], discounts: [DealDiscount] = [], person: Person?,
        organization: Organization?, notes: [String] = []
    ) {
        self.deal = deal
        self.products = products
        self.discounts = discounts
        self.person = person
        self.organization = organization
        self.notes = notes
    }
}
