public import FoundationEssentials

/// What a delivered webhook says. It is a hint: the record itself is always fetched again.
public struct WebhookEvent: Hashable, Sendable {
    /// What happened to the record.
    public enum Action: String, Sendable {
        /// It was made.
        case create
        /// It changed.
        case change
        /// It was deleted, or merged into another.
        case delete
    }

    /// What happened.
    public let action: Action
    /// Pipedrive's word for the kind of record: `deal`, `person`, `organization`, `product` and others.
    public let entity: String
    /// The record.
    public let entityID: Int64
    /// The Pipedrive company that it says it comes from.
    public let companyID: PipedriveCompany.ID
    /// Pipedrive's identifier of the event, the same in every retry.
    public let eventID: String
    /// When it happened.
    public let occurredAt: Date?
    /// For a deal that came into its stage by this event: that place.
    public let enteredStage: EnteredStage?
    /// The record that this one was merged into, when that is why it went.
    public let mergedInto: Int64?

    /// A deal's new place.
    public struct EnteredStage: Hashable, Sendable {
        /// The pipeline, where the payload has it.
        public let pipelineID: Pipeline.ID?
        /// The stage.
        public let stageID: Stage.ID

        /// Makes the place.
        public init(pipelineID: Pipeline.ID?, stageID: Stage.ID) {
            self.pipelineID = pipelineID
            self.stageID = stageID
        }
    }

    /// Makes an event value.
    public init(
        action: Action, entity: String, entityID: Int64, companyID: PipedriveCompany.ID, eventID: String,
        occurredAt: Date?, enteredStage: EnteredStage?, mergedInto: Int64? = nil
    ) {
        self.action = action
        self.entity = entity
        self.entityID = entityID
        self.companyID = companyID
        self.eventID = eventID
        self.occurredAt = occurredAt
        self.enteredStage = enteredStage
        self.mergedInto = mergedInto
    }
}
