public import Domain
public import FoundationEssentials

/// What the app's settings page shows and changes.
public struct Integration: Sendable {
    let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// Everything the settings page shows.
    public struct Overview: Sendable {
        /// The connection; nil before the first install.
        public let connection: Connection?
        /// Its grants, owner first.
        public let grants: [Grant]
        /// What was chosen.
        public let settings: IntegrationSettings
        /// Pipelines as last read.
        public let pipelines: [Pipeline]
        /// The last 50 runs, newest first.
        public let runs: [SyncRun]
        /// The rules by which deals ask for quotes.
        public let triggers: [QuoteTrigger]
        /// How many deals are held because too many entered at once.
        public let heldCount: Int
        /// The last 50 drafts, newest first.
        public let drafts: [QuoteDraft]
        /// How many records wait for a decision, and the first 200 of them.
        public let attentionCount: Int
        /// What waits for a decision, grouped by reason.
        public let attention: [AttentionRecord]
        /// Messages that wait after a failure, or were given up; the newest 50.
        public let troubled: [MessageRecord]
        /// Who connected, refreshed, disconnected; the newest 30.
        public let audit: [AuditLine]
        /// What has to be known about the connection beside its state.
        public let health: Health
        /// The newest preview since the connection was made.
        public let preview: Preview?
        /// Directions, custom fields, and whether a first preview was applied; nil without a connection.
        public let policy: SyncPolicy?
    }

    /// What has to be known about the connection beside its state.
    public struct Health: Sendable {
        /// Scopes that the product asks for and Pipedrive did not grant the owner.
        public let missingScopes: [String]
        /// The webhooks as they were last found; nil before the first look.
        public let webhooks: WebhookHealth?
        /// Until when Pipedrive is still told of a connection that was ended; nil when it was told.
        public let revokingUntil: Date?
    }

    /// Reads the overview.
    public func overview(_ company: Company.ID) throws -> Overview {
        try storage.transaction(.web(company)) { transaction in
            Overview(
                connection: try transaction.connections.connection(), grants: try transaction.connections.grants(),
                settings: try transaction.settings.settings(), pipelines: try transaction.settings.pipelines(),
                runs: try transaction.sync.recentRuns(), triggers: try transaction.triggers.triggers(),
                heldCount: try transaction.drafts.heldCount(), drafts: try transaction.drafts.recent(),
                attentionCount: try transaction.attention.count(),
                attention: try transaction.attention.records(limit: 200),
                troubled: try transaction.messageLog.messages([.retryable, .discarded], limit: 50),
                audit: try transaction.upkeep.audit(limit: 30), health: try Self.health(transaction),
                preview: try Self.preview(transaction), policy: try transaction.syncPolicy.policy())
        }
    }

    private static func health(_ transaction: any StorageTransaction) throws -> Health {
        let owner = try transaction.connections.connection().flatMap { $0.state == .live ? $0.ownerUserID : nil }
        let scopes = try owner.flatMap { try transaction.connectionHealth.grantedScopes(user: $0) }
        return Health(
            missingScopes: scopes.map { Credentials.missing(from: $0) } ?? [],
            webhooks: owner == nil ? nil : try transaction.connectionHealth.webhooks(),
            revokingUntil: try transaction.connectionHealth.revokingUntil())
    }

    /// Keeps new directions; true when a new preview of the first run is being made because of them.
    @discardableResult
    public func save(directions: [RecordKind: SyncDirection], company: Company.ID) throws -> Bool {
        try storage.transaction(.web(company)) { transaction in
            var settings = try transaction.settings.settings()
            let before = settings.directions
            settings.directions.merge(directions) { $1 }
            try transaction.settings.save(settings)
            guard before != settings.directions, try transaction.connections.connection()?.state == .live,
                try !RunGate.isOpen(transaction)
            else { return false }
            return try transaction.sync.start(.manual, mode: .preview) != nil
        }
    }

    /// Keeps a trigger, new or changed. Throws `invalid` for stages that are not the pipeline's, `conflict` when another
    /// trigger has one of them.
    public func save(_ trigger: QuoteTrigger, company: Company.ID) throws {
        try storage.transaction(.web(company)) { transaction in
            try Self.check(trigger, try transaction.triggers.triggers(), try transaction.settings.pipelines())
            // The row that remembers how far the sweep has looked.
            try transaction.settings.save(try transaction.settings.settings())
            try transaction.triggers.save(trigger)
        }
    }

    private static func check(_ trigger: QuoteTrigger, _ triggers: [QuoteTrigger], _ pipelines: [Pipeline]) throws {
        let stages = pipelines.first { $0.id == trigger.pipelineID }?.stages ?? []
        let kept = triggers.first { $0.id == trigger.id && $0.pipelineID == trigger.pipelineID }?.stageIDs ?? []
        let known = Set(stages.filter { !$0.isDeleted }.map(\.id)).union(kept)
        guard !trigger.stageIDs.isEmpty, trigger.stageIDs.isSubset(of: known) else {
            throw Refusal(.invalid, "Choose one or more stages of one pipeline.", fields: ["stages": "choose a stage"])
        }
        guard QuoteTrigger.validityRange.contains(trigger.validityDays) else {
            throw Refusal(
                .invalid, "A quote can be valid for 1 to 365 days.", fields: ["validity_days": "is out of range"])
        }
        guard trigger.instructions.count <= QuoteTrigger.longestInstructions else {
            throw Refusal(
                .invalid, "The instructions can have \(QuoteTrigger.longestInstructions) characters.",
                fields: ["instructions": "are too long"])
        }
    }

    /// Removes a trigger. Throws `notFound`.
    public func deleteTrigger(_ id: QuoteTrigger.ID, company: Company.ID) throws {
        guard try storage.transaction(.web(company), { try $0.triggers.delete(id) }) else {
            throw Refusal(.notFound, "This trigger is not there any more.")
        }
    }

    /// Drafts the quotes that were held because too many deals entered at once, or drops them; says how many.
    ///
    /// Throws `conflict` when they are to be drafted and nothing is connected; they stay held then.
    public func answerFlood(drafts: Bool, company: Company.ID) throws -> Int {
        try storage.transaction(.web(company)) { transaction in
            let state = try transaction.connections.connection()?.state
            guard !drafts || state == .live || state == .reconnect else {
                throw Refusal(.conflict, "Connect Pipedrive first: these quotes are drafted from its deals.")
            }
            return try transaction.drafts.release(dropping: drafts ? nil : QuoteDraft.declined)
        }
    }

    /// Has pipelines and stages read again. Throws `conflict` without a live connection.
    public func refreshStages(_ company: Company.ID) throws {
        try storage.transaction(.web(company)) { transaction in
            guard let connection = try transaction.connections.connection(), connection.state == .live else {
                throw Refusal(.conflict, "Connect Pipedrive first.")
            }
            try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
        }
    }

    /// Keeps which events become notes.
    public func save(forwardedEvents: Set<BookEvent.Kind>, company: Company.ID) throws {
        try change(company) { $0.forwardedEvents = forwardedEvents }
    }

    func change(_ company: Company.ID, _ edit: (inout IntegrationSettings) -> Void) throws {
        try storage.transaction(.web(company)) { transaction in
            var settings = try transaction.settings.settings()
            edit(&settings)
            try transaction.settings.save(settings)
        }
    }

    /// Lets a message that waits or was given up go out again at once. Throws `notFound` when there is none such.
    public func retry(_ message: OutboxMessage.ID, company: Company.ID) throws {
        let isOurs = try storage.transaction(.web(company)) { try $0.messageLog.retry(message) }
        guard isOurs else { throw Refusal(.notFound, "This delivery does not wait any more.") }
    }
}
