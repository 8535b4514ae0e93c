/// What a drafter gets to see: this deal, this part of the catalog, nothing else.
public struct DraftingTask: Sendable {
    /// The deal.
    public let context: DealContext
    /// Products that may be offered.
    public let catalog: [Product]
    /// Catalog products of the deal's own products.
    public let linked: [CatalogItem.ID: Product]
    /// Language of the wording: `nl`, `en` or `de`.
    public let language: String
    /// Who offers.
    public let companyName: String

    /// Makes a task.
    public init(
        context: DealContext, catalog: [Product], linked: [CatalogItem.ID: Product], language: String,
        companyName: String
    ) {
        self.context = context
        self.catalog = catalog
        self.linked = linked
        self.language = language
        self.companyName = companyName
    }
}

/// What a drafter proposes. It names products and words; prices come from code.
public struct DraftProposal: Hashable, Sendable {
    /// A proposed line.
    public struct Line: Hashable, Sendable {
        /// What the line rests on.
        public enum Source: Hashable, Sendable {
            /// The deal's product at this position: its price, tax and discount hold.
            case dealProduct(Int)
            /// A catalog product: its price in the deal's currency holds.
            case catalog(Product.ID)
            /// A need without a product: a person sets the price.
            case need
        }

        /// What the line rests on.
        public let source: Source
        /// Wording; nil takes the product's name.
        public let wording: String?
        /// How many.
        public let quantity: Quantity

        /// Makes a line.
        public init(source: Source, wording: String?, quantity: Quantity) {
            self.source = source
            self.wording = wording
            self.quantity = quantity
        }
    }

    /// The lines, in order.
    public let lines: [Line]
    /// Subject and body for the customer.
    public let email: EmailText
    /// Who made it: `built-in`, or the model's name.
    public let drafter: String

    /// Makes a proposal.
    public init(lines: [Line], email: EmailText, drafter: String) {
        self.lines = lines
        self.email = email
        self.drafter = drafter
    }
}

/// Proposes the lines and the e-mail of a quote.
public protocol QuoteDrafter: Sendable {
    /// Always comes back with a proposal, or throws what went wrong outside.
    func propose(_ task: DraftingTask) async throws -> DraftProposal
}
