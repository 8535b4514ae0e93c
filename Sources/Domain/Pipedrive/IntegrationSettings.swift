public import FoundationEssentials

/// Which way records of a kind travel.
public enum SyncDirection: String, Sendable, CaseIterable {
    /// Pipedrive → PayDock.
    case pull
    /// PayDock → Pipedrive.
    case push
    /// Both ways.
    case both
    /// Both ways, for records added after the choice was made.
    case onlyNew = "only_new"

    /// Whether values come in from Pipedrive.
    public var pulls: Bool { self != .push }

    /// Whether values go out to Pipedrive.
    public var pushes: Bool { self != .pull }
}

/// What a person chose on the settings page.
public struct IntegrationSettings: Hashable, Sendable {
    /// Direction per kind.
    public var directions: [RecordKind: SyncDirection]
    /// Pipeline whose stages ask for a quote; nil while the trigger is off.
    public var trigger: QuoteTrigger?
    /// Event kinds that become notes.
    public var forwardedEvents: Set<BookEvent.Kind>

    /// Makes settings.
    public init(
        directions: [RecordKind: SyncDirection], trigger: QuoteTrigger?, forwardedEvents: Set<BookEvent.Kind>
    ) {
        self.directions = directions
        self.trigger = trigger
        self.forwardedEvents = forwardedEvents
    }

    /// What a new connection starts with: everything comes in, every event goes out, no trigger.
    public static let initial = IntegrationSettings(
        directions: [.organization: .pull, .person: .pull, .product: .pull], trigger: nil,
        forwardedEvents: Set(BookEvent.Kind.forwarded))
}

/// A deal that enters one of these stages of this pipeline asks for a quote.
public struct QuoteTrigger: Hashable, Sendable {
    /// The pipeline.
    public var pipelineID: Pipeline.ID
    /// One or more of its stages.
    public var stageIDs: Set<Stage.ID>
    /// When it was switched on: deals that entered before ask for nothing. Kept by the store; nil before it is saved.
    public var since: Date?

    /// Makes a trigger.
    public init(pipelineID: Pipeline.ID, stageIDs: Set<Stage.ID>, since: Date? = nil) {
        self.pipelineID = pipelineID
        self.stageIDs = stageIDs
        self.since = since
    }

    /// Whether something that happened then counts: an event from before the trigger was switched on does not.
    public func counts(_ moment: Date?) -> Bool {
        guard let moment, let since else { return true }
        return moment >= since
    }

    /// Whether a deal in that place asks for a quote.
    public func covers(pipelineID: Pipeline.ID?, stageID: Stage.ID) -> Bool {
        stageIDs.contains(stageID) && (pipelineID == nil || pipelineID == self.pipelineID)
    }
}
