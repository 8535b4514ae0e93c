public import FoundationEssentials

/// The customer's rule: a deal that enters one of these stages of this pipeline asks for a quote.
///
/// A connection may have several; a stage belongs to at most one of them.
public struct QuoteTrigger: Hashable, Sendable {
    /// Identifies a trigger.
    public typealias ID = Identifier<QuoteTrigger, UUID>

    /// What becomes of a need in the deal's text that no product of the catalog fits.
    public enum UnmetNeeds: String, Sendable, CaseIterable {
        /// A line without a price, for a person to fill.
        case line
        /// Only a remark beside the quote; a quote that would be empty gets the line all the same.
        case remark
    }

    /// The identifier.
    public var id: ID
    /// The pipeline.
    public var pipelineID: Pipeline.ID
    /// One or more of its stages.
    public var stageIDs: Set<Stage.ID>
    /// Whether deals that enter ask for a quote.
    public var isOn: Bool
    /// Language of the quote's wording and e-mail: `nl`, `en` or `de`; nil is the contact's.
    public var language: String?
    /// How many days the quote can be accepted.
    public var validityDays: Int
    /// The customer's own words to the model.
    public var instructions: String
    /// What becomes of needs without a product.
    public var unmetNeeds: UnmetNeeds
    /// Since when each stage asks: deals that entered before ask for nothing. Kept by the store.
    public var since: [Stage.ID: Date]

    /// Makes a trigger.
    public init(
        id: ID, pipelineID: Pipeline.ID, stageIDs: Set<Stage.ID>, isOn: Bool = true, language: String? = nil,
        validityDays: Int = 30, instructions: String = "", unmetNeeds: UnmetNeeds = .line,
        since: [Stage.ID: Date] = [:]
    ) {
        self.id = id
        self.pipelineID = pipelineID
        self.stageIDs = stageIDs
        self.isOn = isOn
        self.language = language
        self.validityDays = validityDays
        self.instructions = instructions
        self.unmetNeeds = unmetNeeds
        self.since = since
    }

    /// The languages that quotes can be worded in.
    public static let languages = ["nl", "en", "de"]
    /// How many characters the instructions may have.
    public static let longestInstructions = 2000
    /// How many days a quote may be valid.
    public static let validityRange = 1...365

    /// Whether a deal that came into the stage at that moment asks for a quote.
    ///
    /// A moment that is not known counts; one before the stage was switched on does not.
    public func asks(pipelineID: Pipeline.ID?, stageID: Stage.ID, at moment: Date?) -> Bool {
        guard isOn, stageIDs.contains(stageID), pipelineID == nil || pipelineID == self.pipelineID else { return false }
        guard let moment, let since = since[stageID] else { return true }
        return moment >= since
    }

    /// When the first of its stages was switched on; nil before it is saved.
    public var firstSince: Date? { since.values.min() }
}
