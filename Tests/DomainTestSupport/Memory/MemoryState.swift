public import Domain
public import FoundationEssentials

/// Everything that the fake storage keeps, as one value.
public struct MemoryState {
    /// The database's clock.
    public var now: Date
    /// Whether every transaction fails.
    public var isDown = false
    /// Kinds of messages whose results can't be written.
    public var failsToFinish: Set<OutboxMessage.Kind> = []
    /// Whether claims bring more than is asked for, as for a drainer that claims ahead.
    public var claimsAhead = false
    /// How many transactions failed because the database was down.
    public var downCount = 0
    /// The companies.
    public var tenants: [Company.ID: Tenant] = [:]
    /// Which company has a Pipedrive company.
    public var claims: [PipedriveCompany.ID: Company.ID] = [:]
    /// OAuth states, with the session they are bound to.
    public var oauthStates: [[UInt8]: (sessionHash: [UInt8], expiresAt: Date)] = [:]
    /// Parked installs by their ticket's hash.
    public var parked: [[UInt8]: (credentials: Credentials, user: PipedriveUser, expiresAt: Date)] = [:]
    /// Failed logins.
    public var loginFailures: [(key: String, at: Date)] = []
    /// The queue.
    public var messages: [StoredMessage] = []
    /// Connections that are held back, or failed lately.
    public var gates: [Company.ID: MemoryGate] = [:]
    /// Drainers that live, with what they hold.
    public var drainers: [String: Int] = [:]
    /// What is left of the budgets; everything for an urgency that is not there.
    public var slices: [CallUrgency: CallSlice] = [:]
    /// Of how many calls each slice was that somebody asked for.
    public var sliceSizes: [Int] = []
    /// Who claimed a chore, and when it is due again.
    public var chores: [String: Date] = [:]
    /// The last sign of work, as it would stand in a backup.
    public var workedAt: Date?
    /// When what was restored was gone through.
    public var goneThroughAt: Date?
    /// Under which access each committed transaction ran.
    public var roles: [StorageAccess] = []
    private var lastNumber: UInt16 = 1000
    private var lastTick = 0.0

    init(now: Date) {
        self.now = now
    }

    mutating func freshID() -> UUID {
        lastNumber += 1
        return .numbered(lastNumber)
    }

    /// The clock as a statement sees it: a microsecond later each time.
    mutating func tick() -> Date {
        lastTick += 1
        return now.addingTimeInterval(lastTick / 1_000_000)
    }

    mutating func add(_ message: NewMessage, company: Company.ID) -> Bool {
        if let key = message.idempotencyKey,
            messages.contains(where: { $0.new.idempotencyKey == key && $0.new.kind == message.kind })
        {
            return false
        }
        messages.append(StoredMessage(id: Int64(messages.count + 1), companyID: company, new: message))
        return true
    }
}

/// How a connection's gate stands.
public struct MemoryGate: Hashable, Sendable {
    /// Failures in a row.
    public var failures: Int
    /// Seconds until one message may go ahead; tests lower it by hand.
    public var seconds: Double
    /// Whether it is closed.
    public var isClosed: Bool
    /// Whether a message went ahead and is not back yet.
    public var isProbing = false

    /// Makes a gate.
    public init(failures: Int, seconds: Double, isClosed: Bool) {
        (self.failures, self.seconds, self.isClosed) = (failures, seconds, isClosed)
    }
}

/// A message of the fake queue.
public struct StoredMessage {
    /// Its number.
    public let id: Int64
    /// Its company.
    public let companyID: Company.ID
    /// What was asked for.
    public let new: NewMessage
    /// Where it stands.
    public var state = OutboxMessage.State.available
    /// Attempts that were begun and count.
    public var attempts = 0
    /// How often it was claimed.
    public var claims = 0
    /// Seconds until the work may be repeated; tests lower it by hand.
    public var repeatInSeconds = 0.0
    /// Whether an earlier attempt's outcome is unknown.
    public var hasUnclearAttempt = false
    /// Who holds it.
    public var worker: String?
    /// Seconds until it is due; tests lower it by hand.
    public var dueInSeconds = 0.0
    /// Why it ended, or waits.
    public var reason: String?

    var isOpen: Bool { [.available, .scheduled, .running, .retryable].contains(state) }
}

/// The rows of one company.
public struct Tenant {
    /// The company.
    public var company: Company
    /// Members with the hashes of their passwords.
    public var members: [(member: Member, passwordHash: Secret)] = []
    /// Hashes of its API keys.
    public var apiKeyHashes: Set<[UInt8]> = []
    /// Sessions with their end.
    public var sessions: [(session: Session, expiresAt: Date)] = []
    /// Customers.
    public var contacts: [Contact] = []
    /// Catalog.
    public var products: [Product] = []
    /// Quotes.
    public var quotes: [Quote] = []
    /// Invoices.
    public var invoices: [Invoice] = []
    /// Subscriptions.
    public var subscriptions: [Subscription] = []
    /// The outbox of the books.
    public var events: [BookEvent] = []
    /// The connection.
    public var connection: Connection?
    /// Its grants, oldest first.
    public var grants: [Grant] = []
    /// Credentials per Pipedrive user.
    public var credentials: [PipedriveUser.ID: Credentials] = [:]
    /// The audit trail.
    public var audit: [(action: String, detail: String)] = []
    /// What was chosen.
    public var settings = IntegrationSettings.initial
    /// Pipelines as last read.
    public var pipelines: [Pipeline] = []
    /// Where Pipedrive delivers.
    public var endpoint: WebhookEndpoint?
    /// Webhooks at Pipedrive.
    public var webhooks: [WebhookSubscription] = []
    /// Delivered bodies by number.
    public var inbox: [Int64: [UInt8]] = [:]
    /// Webhook events that were seen.
    public var seenEvents: Set<String> = []
    /// Sync runs, newest first.
    public var runs: [SyncRun] = []
    /// Where running runs go on.
    public var checkpoints: [SyncRun.ID: SyncCheckpoint] = [:]
    /// Pages that runs staged.
    public var staged: [RecordPage] = []
    /// Products that were asked for their variations, by the run that did.
    public var asked: [CatalogItem.ID: SyncRun.ID] = [:]
    /// Variations that are linked.
    public var linkedVariations: [Int64] = []
    /// Records that were taken over last.
    public var takenOver: [Int64] = []
    /// Records that were asked for then, and not there.
    public var missing: [Int64] = []
    /// Kinds that runs took over, in order.
    public var applied: [RecordKind] = []
    /// How often a run began a list again.
    public var restarts = 0
    /// What runs wait for.
    public var waits: [SyncRun.ID: String] = [:]
    /// Whether a first preview was applied.
    public var isApplied = true
    /// Previews that are out of date.
    public var stalePreviews: Set<SyncRun.ID> = []
    /// What runs and live changes did.
    public var changes: [(run: SyncRun.ID?, change: SyncChange)] = []
    /// What a person is asked, and how it is answered.
    public var questions = AttentionList()
    /// Answers to what a person decides, by the record; what is not there is done.
    public var answers: [String: AttentionAnswer] = [:]
    /// What a person decided, in order.
    public var decisions: [String] = []
    /// The chosen custom fields.
    public var mapping = FieldMapping()
    /// Custom fields as last read.
    public var customFields: [RecordKind: [CustomField]] = [:]
    /// How often it was forgotten that Pipedrive's lists were read.
    public var forgottenLists = 0
    /// How often pairs were made to meet anew because they may have been synced with another Pipedrive company since.
    public var outdatedPairs = 0
    /// What the sync keeps where it follows the rules; nil where tests script it.
    public var ruled: RuledState?
    /// Records that webhooks told of.
    public var touched: [RecordKind: [TouchedRecord]] = [:]
    /// Those that somebody is reading, and until when.
    public var taken: [TouchedRecord: Date] = [:]
    /// Merges that webhooks told of.
    public var merged: [String] = []
    /// Persons that a run has to bring to Pipedrive.
    public var tasks: [SyncTask] = []
    /// What is due for records of Pipedrive once they are read.
    public var remoteChanges: [RemoteChange] = []
    /// Records that somebody else is writing.
    public var busy: [Int64] = []
    /// Where records of ours stand with Pipedrive.
    public var standings: [UUID: LocalStanding] = [:]
    /// How writes to Pipedrive ended, in order.
    public var settled: [String] = []
    /// Contacts of Pipedrive's persons and organizations.
    public var links: [RecordKind: [Int64: Contact.ID]] = [:]
    /// Records that fit two contacts: never linked by themselves.
    public var ambiguous: Set<Int64> = []
    /// Catalog products of Pipedrive's products.
    public var linkedProducts: [CatalogItem.ID: Product] = [:]
    /// The rules by which deals ask for quotes.
    public var triggers: [QuoteTrigger] = []
    /// Deals that wait for a contact, as they were last looked at.
    public var waitingDeals: [Deal.ID: Deal] = [:]
    /// How quotes came about, newest first.
    public var drafts: [QuoteDraft] = []
    /// Records of draftings, newest first.
    public var draftRecords: [DraftRecord] = []
    /// What drafting has cost today.
    public var draftSpend = DraftSpend(tokens: 0, questions: 0)
    /// Refresh tokens that are still to be revoked.
    public var revocations: [String: Secret] = [:]
    /// Up to when the sweep has looked.
    public var sweptThrough: Date?
    /// Users whose grants were idle for long.
    public var idleGrants: [PipedriveUser.ID] = []
    /// What waits for a decision.
    public var attention: [AttentionRecord] = []
    /// Keys of the regular API by hash.
    public var apiKeys: [[UInt8]: APIKey] = [:]
    /// Answers kept for idempotency keys, with the hash of their request.
    public var keptAnswers: [[UInt8]: (requestHash: [UInt8], answer: KeptAnswer?)] = [:]
    /// Mails with documents.
    public var mails: [Mail] = []
    /// Links that were mailed or shown, with their token's hash.
    public var accountLinks: [(link: AccountLink, tokenHash: [UInt8]?)] = []
    /// When sessions were used last, by their token's hash.
    public var sessionsSeen: [[UInt8]: Date] = [:]
    /// How the webhooks were found.
    public var webhookHealth: WebhookHealth?
    /// Whether a delivery could not be stored.
    public var hasFailedDelivery = false
    /// What the panel's query finds.
    public var panelRecords: [PanelRecord] = []
    /// Deals as they were last seen.
    public var dealGlances: [Deal.ID: DealGlance] = [:]
    /// Persons and organizations as they were last seen, by `kind:id`.
    public var recordDetails: [String: ContactDetails] = [:]

    /// A company without rows.
    public init(company: Company) {
        self.company = company
    }

    /// The kinds of its events, in order.
    public var eventKinds: [BookEvent.Kind] { events.map(\.kind) }
}
