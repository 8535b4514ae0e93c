/// What a drafter gets to see: this deal, this part of the catalog, the trigger's words, nothing else.
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
    /// The customer's own words to the model.
    public let instructions: String
    /// What becomes of needs without a product.
    public let unmetNeeds: QuoteTrigger.UnmetNeeds

    /// Makes a task.
    public init(
        context: DealContext, catalog: [Product], linked: [CatalogItem.ID: Product], language: String,
        companyName: String, instructions: String = "", unmetNeeds: QuoteTrigger.UnmetNeeds = .line
    ) {
        self.context = context
        self.catalog = catalog
        self.linked = linked
        self.language = language
        self.companyName = companyName
        self.instructions = instructions
        self.unmetNeeds = unmetNeeds
    }

    /// Whether the deal's own products make the lines, so that nobody has to propose any.
    public var hasOwnProducts: Bool { context.products.contains(where: \.isEnabled) }

    /// Everything a person wrote in the deal, most telling first: title, fields by name, remarks on lines, notes.
    public var texts: [String] { [context.deal.title] + fieldTexts + context.notes }

    /// The custom fields' values by name, then the remarks on lines that are disabled.
    public var fieldTexts: [String] {
        context.deal.customFields.sorted { $0.key < $1.key }.map(\.value)
            + context.products.map(\.comments).filter { !$0.isEmpty }
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
        /// The piece of the deal's text that asks for it; nil for the deal's own products.
        public let evidence: String?

        /// Makes a line.
        public init(source: Source, wording: String?, quantity: Quantity, evidence: String? = nil) {
            self.source = source
            self.wording = wording
            self.quantity = quantity
            self.evidence = evidence
        }
    }

    /// The lines, in order.
    public let lines: [Line]
    /// Subject and body for the customer.
    public let email: EmailText
    /// Who made it: `built-in`, or the model's name.
    public let drafter: String
    /// How it came about.
    public let trail: DraftTrail

    /// Makes a proposal.
    public init(lines: [Line], email: EmailText, drafter: String, trail: DraftTrail = .none) {
        self.lines = lines
        self.email = email
        self.drafter = drafter
        self.trail = trail
    }
}

/// Proposes the lines and the e-mail of a quote.
public protocol QuoteDrafter: Sendable {
    /// What it is called: `built-in`, or the model's name.
    var name: String { get }
    /// Comes back with a proposal that passed the checks.
    ///
    /// With `patience` a failure that passes is thrown as `ModelFailure`, so that it is tried again later; without, the
    /// built-in drafter takes over, as it does for every other failure. So in the end a proposal always comes.
    func propose(
        _ task: DraftingTask, allowance: any DraftAllowance, patience: DraftPatience
    ) async throws -> DraftProposal
}

/// Whether a model that does not answer is waited for.
public enum DraftPatience: Hashable, Sendable {
    /// It is asked again later.
    case later
    /// Somebody waits, or it was asked often enough.
    case none
}

/// Leave to ask a model, out of what a company may spend on one day.
public protocol DraftAllowance: Sendable {
    /// Sets tokens aside; false when the day's limit does not allow them.
    func reserve(_ tokens: Int) throws -> Bool
    /// Replaces what was set aside by what it cost in the end.
    func settle(reserved: Int, spent: Int) throws
}

/// No limit: for evaluations, which an operator pays for.
public struct UnlimitedAllowance: DraftAllowance {
    /// Makes it.
    public init() {}
    /// Always.
    public func reserve(_ tokens: Int) throws -> Bool { true }
    /// Keeps nothing.
    public func settle(reserved: Int, spent: Int) throws {}
}
