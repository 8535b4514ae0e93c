public import FoundationEssentials

/// The connection to Pipedrive with its grants and webhooks.
public protocol ConnectionStore {
    /// The company's connection; nil when it never had one.
    func connection() throws -> Connection?
    /// Makes or renews the connection and the user's grant, and seals the credentials: one step, harmless if repeated.
    /// The first user becomes the owner; a live owner stays.
    func connect(user: PipedriveUser, credentials: Credentials) throws -> Connection
    /// All grants, owner first.
    func grants() throws -> [Grant]
    /// Believes that Pipedrive refused a refresh token, if the grant still holds that one: the grant is dead then. When
    /// it was the owner's, the oldest live grant of an admin takes over; with none left the connection has to be made
    /// again. Says what the connection has become; nil when the grant has other credentials by now.
    func markReconnect(user: PipedriveUser.ID, refused: Secret) throws -> Connection?
    /// Ends one grant and deletes its credentials. The oldest live grant of an admin takes over; with none left the
    /// connection is disconnected. Says what the connection has become.
    func endGrant(user: PipedriveUser.ID) throws -> Connection?
    /// Ends the connection: grants ended, credentials deleted, webhooks forgotten. False when it was ended before.
    func disconnect() throws -> Bool
    /// The opened credentials of a grant; nil when it has none.
    func credentials(user: PipedriveUser.ID) throws -> Credentials?
    /// Adds a line to the connection's audit trail; `detail` holds no secret.
    func audit(_ action: String, detail: String) throws
}

/// Settings of the integration and the webhooks that serve it.
public protocol SettingsStore {
    /// What a person chose; the initial settings before that.
    func settings() throws -> IntegrationSettings
    /// Keeps new settings.
    func save(_ settings: IntegrationSettings) throws
    /// Pipelines as last read from Pipedrive; stages that were deleted since are marked.
    func pipelines() throws -> [Pipeline]
    /// Keeps the pipelines.
    func save(pipelines: [Pipeline]) throws
    /// Makes the opaque path and the Basic credentials of the connection's webhooks, once; the same ones later.
    func webhookEndpoint(new: WebhookEndpoint) throws -> WebhookEndpoint
    /// Keeps what was subscribed at Pipedrive.
    func save(subscriptions: [WebhookSubscription]) throws
    /// What was subscribed at Pipedrive.
    func subscriptions() throws -> [WebhookSubscription]
}

/// Where and how Pipedrive delivers to one connection.
public struct WebhookEndpoint: Hashable, Sendable {
    /// The last part of the path: unguessable.
    public let path: String
    /// Basic credentials, user name.
    public let user: Secret
    /// Basic credentials, password.
    public let password: Secret

    /// Makes an endpoint.
    public init(path: String, user: Secret, password: Secret) {
        self.path = path
        self.user = user
        self.password = password
    }
}

/// Delivered webhooks, kept as they came.
public protocol InboxStore {
    /// A delivery's bytes; nil when retention removed it.
    func body(_ id: Int64) throws -> [UInt8]?
    /// Remembers that an event was seen; false when it was seen before.
    func isFirst(eventID: String) throws -> Bool
}

/// One page of records, all of one kind.
public enum RecordPage: Sendable {
    /// Organizations.
    case organizations([Organization])
    /// Persons.
    case persons([Person])
    /// Products.
    case products([CatalogItem])

    /// The kind.
    public var kind: RecordKind {
        switch self {
        case .organizations: .organization
        case .persons: .person
        case .products: .product
        }
    }

    /// How many.
    public var count: Int {
        switch self {
        case .organizations(let records): records.count
        case .persons(let records): records.count
        case .products(let records): records.count
        }
    }

    /// Pipedrive's identifiers, in order.
    public var ids: [Int64] {
        switch self {
        case .organizations(let records): records.map(\.id.rawValue)
        case .persons(let records): records.map(\.id.rawValue)
        case .products(let records): records.map(\.id.rawValue)
        }
    }

    /// Those of this page that have one of these identifiers.
    public func only(_ ids: Set<Int64>) -> RecordPage {
        switch self {
        case .organizations(let records): .organizations(records.filter { ids.contains($0.id.rawValue) })
        case .persons(let records): .persons(records.filter { ids.contains($0.id.rawValue) })
        case .products(let records): .products(records.filter { ids.contains($0.id.rawValue) })
        }
    }

    /// Those of this page that were added since.
    public func added(since moment: Date) -> RecordPage {
        func isNew(_ addedAt: Date?) -> Bool { addedAt.map { $0 >= moment } ?? true }
        return switch self {
        case .organizations(let records): .organizations(records.filter { isNew($0.addedAt) })
        case .persons(let records): .persons(records.filter { isNew($0.addedAt) })
        case .products(let records): .products(records.filter { isNew($0.addedAt) })
        }
    }
}

/// Sync runs and what they stage.
public protocol SyncStore {
    /// Starts a run and queues its first step; nil when one of this connection is running already. With `plan`, a
    /// preview, it does what that one said and nothing beside it. From the first run on that is no preview, the
    /// connection may be written to.
    func start(_ cause: SyncRun.Cause, mode: SyncRun.Mode, plan: SyncRun.ID?) throws -> SyncRun.ID?
    /// Where a running run goes on; nil when it has ended.
    func position(_ id: SyncRun.ID) throws -> SyncPosition?
    /// Keeps a page and moves the checkpoint, together. `readAt` is the database's clock before the request went out.
    func stage(_ page: RecordPage, run: SyncRun.ID, readAt: Date, next: SyncCheckpoint, tokenCost: Int) throws
    /// Begins the list of a kind again because Pipedrive does not know our cursor any more; what is staged is kept.
    /// False when that was done too often.
    func restart(_ id: SyncRun.ID, _ kind: RecordKind) throws -> Bool
    /// Moves the checkpoint of a running run, and adds what was spent.
    func move(_ id: SyncRun.ID, to next: SyncCheckpoint, tokenCost: Int) throws
    /// Ends a run.
    func finish(_ id: SyncRun.ID, _ state: SyncRun.State, outcome: String?) throws
    /// Keeps what a run waits for, until its next step.
    func wait(_ id: SyncRun.ID, for reason: String) throws
    /// Runs that write, newest first, at most 50.
    func recentRuns() throws -> [SyncRun]
    /// Forgets that Pipedrive's lists were ever read: nothing is made there before they were.
    func forgetLists() throws
    /// Lets pairs of the connected Pipedrive company meet as for the first time where ours was synced with a record of
    /// another Pipedrive company since: what stands in both is no longer what this one was last synced with.
    func forgetOutdatedPairs() throws
    /// The contact linked to a Pipedrive person or organization.
    func contact(_ kind: RecordKind, recordID: Int64) throws -> Contact.ID?
}

extension SyncStore {
    /// Starts a run that does what it finds.
    public func start(_ cause: SyncRun.Cause, mode: SyncRun.Mode) throws -> SyncRun.ID? {
        try start(cause, mode: mode, plan: nil)
    }
}

/// Where a running run stands.
public struct SyncPosition: Hashable, Sendable {
    /// Where it goes on.
    public let checkpoint: SyncCheckpoint
    /// What it is for.
    public let mode: SyncRun.Mode

    /// Makes a position.
    public init(checkpoint: SyncCheckpoint, mode: SyncRun.Mode) {
        self.checkpoint = checkpoint
        self.mode = mode
    }
}

/// What has to come round again for a connection.
public protocol UpkeepStore {
    /// Up to when the sweep has looked; nil before the first one.
    func sweptThrough() throws -> Date?
    /// Moves that on.
    func save(sweptThrough: Date) throws
    /// Users with live grants whose credentials were not refreshed for so long.
    func idleGrants(seconds: Int) throws -> [PipedriveUser.ID]
    /// The latest lines of the connection's audit trail, newest first.
    func audit(limit: Int) throws -> [AuditLine]
}

/// A line of a connection's audit trail.
public struct AuditLine: Hashable, Sendable {
    /// What happened.
    public let action: String
    /// How, without secrets.
    public let detail: String
    /// When.
    public let happenedAt: Date

    /// Makes a line.
    public init(action: String, detail: String, happenedAt: Date) {
        self.action = action
        self.detail = detail
        self.happenedAt = happenedAt
    }
}
