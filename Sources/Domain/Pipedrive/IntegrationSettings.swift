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
    /// Event kinds that become notes.
    public var forwardedEvents: Set<BookEvent.Kind>
    /// Percent of the day's Pipedrive tokens that runs leave to the company's other apps.
    public var reservePercent: Int

    /// Makes settings.
    public init(
        directions: [RecordKind: SyncDirection], forwardedEvents: Set<BookEvent.Kind>,
        reservePercent: Int = initialReservePercent
    ) {
        self.directions = directions
        self.forwardedEvents = forwardedEvents
        self.reservePercent = reservePercent
    }

    /// What runs leave to other apps unless a person says otherwise.
    public static let initialReservePercent = 30
    /// What a person can choose: a run has to get on, too.
    public static let reserveRange = 0...90

    /// What a new connection starts with: everything comes in, every event goes out.
    public static let initial = IntegrationSettings(
        directions: [.organization: .pull, .person: .pull, .product: .pull],
        forwardedEvents: Set(BookEvent.Kind.forwarded))
}
