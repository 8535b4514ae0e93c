public import FoundationEssentials

/// The rules by which deals ask for quotes.
public protocol TriggerStore {
    /// All triggers, by pipeline, then by age.
    func triggers() throws -> [QuoteTrigger]
    /// Makes a trigger or replaces the one with its id. A stage counts from now on when it is new to the trigger, or when
    /// the trigger was off before. Throws `conflict` when another trigger has one of the stages.
    func save(_ trigger: QuoteTrigger) throws
    /// Removes a trigger; false when there is none.
    func delete(_ id: QuoteTrigger.ID) throws -> Bool
}

/// A deal's entry into a trigger's stage.
public struct DealEntry: Hashable, Sendable {
    /// The deal.
    public let dealID: Deal.ID
    /// The trigger; nil when somebody asks without one.
    public let triggerID: QuoteTrigger.ID?

    /// Makes an entry.
    public init(dealID: Deal.ID, triggerID: QuoteTrigger.ID? = nil) {
        self.dealID = dealID
        self.triggerID = triggerID
    }
}

/// What became of a deal's entry.
public enum EntryOutcome: Hashable, Sendable {
    /// Its quote is being drafted.
    case requested
    /// Too many came at once: it waits for a person.
    case held
    /// It was asked for before and is not finished.
    case pending
    /// It has its quote.
    case again
    /// There is no connection.
    case refused
}

/// How quotes came about.
public protocol DraftStore {
    /// A deal entered a stage: asks for its quote and queues the message, once. More than `flood.count` entries within
    /// `flood.seconds` wait for a person. A deal that has its quote keeps it; when it entered again is kept with it.
    func enter(_ entry: DealEntry, flood: FloodRule) throws -> EntryOutcome
    /// Asks again for the quote of a deal that waits for its contact; false when it does not.
    func wake(_ deal: Deal.ID) throws -> Bool
    /// Deals that wait for a contact, oldest first.
    func waiting(limit: Int) throws -> [WaitingDeal]
    /// Lets held deals be drafted, or drops them with the reason; says how many.
    func release(dropping reason: String?) throws -> Int
    /// The draft of a deal; nil when it never entered.
    func draft(of deal: Deal.ID) throws -> QuoteDraft?
    /// Keeps the deal as it was when the quote was made, and the quote.
    func ready(_ deal: Deal.ID, quote: Quote.ID, context: DealContext, drafter: String) throws
    /// Keeps why there is no quote: for good, or until the deal gets a contact.
    func fail(_ deal: Deal.ID, reason: String, waitsForContact: DealContext?) throws
    /// Fails what was asked for and is not drafted yet, because the work for it is cancelled: those deals may be asked
    /// for again. Says how many.
    @discardableResult
    func abandon(reason: String) throws -> Int
    /// Newest first, at most 50.
    func recent() throws -> [QuoteDraft]
    /// How many deals are held.
    func heldCount() throws -> Int
}

/// How many entries in how much time are too many to draft without asking.
public struct FloodRule: Hashable, Sendable {
    /// So many are drafted.
    public let count: Int
    /// Within so many seconds.
    public let seconds: Int

    /// Makes a rule.
    public init(count: Int = 25, seconds: Int = 600) {
        self.count = count
        self.seconds = seconds
    }
}

/// A deal whose quote waits until it has a contact.
public struct WaitingDeal: Hashable, Sendable {
    /// The deal.
    public let dealID: Deal.ID
    /// The person it had when it was last looked at.
    public let personID: Person.ID?
    /// The organization it had then.
    public let organizationID: Organization.ID?
    /// Whether that customer is linked to a contact now.
    public let isLinked: Bool

    /// Makes the value.
    public init(dealID: Deal.ID, personID: Person.ID?, organizationID: Organization.ID?, isLinked: Bool) {
        self.dealID = dealID
        self.personID = personID
        self.organizationID = organizationID
        self.isLinked = isLinked
    }
}

/// The record of how a quote came about.
public struct QuoteDraft: Hashable, Sendable {
    /// Where a draft stands.
    public enum State: String, Sendable, CaseIterable {
        /// A deal entered the stage; moved out by the drainer.
        case requested
        /// The deal has nobody to make a quote out to yet; moved out when it does.
        case waiting
        /// Too many deals entered at once; moved out by a person.
        case held
        /// The quote was made.
        case ready
        /// There is no quote, for a reason; moved out when the deal enters again.
        case failed
    }

    /// The deal.
    public let dealID: Deal.ID
    /// Where it stands.
    public let state: State
    /// The trigger whose stage it entered.
    public let triggerID: QuoteTrigger.ID?
    /// The quote, once ready.
    public let quoteID: Quote.ID?
    /// Its number, once ready.
    public let quoteNumber: String?
    /// Who drafted it, once ready.
    public let drafter: String?
    /// Why there is none.
    public let reason: String?
    /// When the deal entered.
    public let requestedAt: Date
    /// When it last entered again although it has its quote.
    public let againAt: Date?

    /// Makes a draft value.
    public init(
        dealID: Deal.ID, state: State, triggerID: QuoteTrigger.ID? = nil, quoteID: Quote.ID?, quoteNumber: String?,
        drafter: String? = nil, reason: String?, requestedAt: Date, againAt: Date? = nil
    ) {
        self.dealID = dealID
        self.state = state
        self.triggerID = triggerID
        self.quoteID = quoteID
        self.quoteNumber = quoteNumber
        self.drafter = drafter
        self.reason = reason
        self.requestedAt = requestedAt
        self.againAt = againAt
    }
}
