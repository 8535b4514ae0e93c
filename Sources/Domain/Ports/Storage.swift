/// Where everything is kept. Stores are only reached through a transaction, so what belongs together commits together.
public protocol Storage: Sendable {
    /// Runs `body` in one database transaction under the role and company of `access`.
    ///
    /// Commits when `body` returns, rolls back when it throws; the error is passed on. Blocks the calling thread for
    /// the database's time.
    func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result

    /// Refreshes the credentials of one grant under its row lock, held while `refresh` talks to Pipedrive.
    ///
    /// Reads the row again after the lock was had and calls `refresh` only when `isStale` still says so; what it
    /// returns is sealed and committed. Callers in one process wait for one of them. Throws `unavailable` when the
    /// lock could not be had in time, `notFound` when the grant has no credentials; what `refresh` throws is passed on
    /// after the lock was let go.
    func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials
}

/// Under which database role, and for which company, a transaction runs.
public struct StorageAccess: Hashable, Sendable {
    /// The runtime roles of the schema; each has only the grants that its work needs.
    public enum Role: String, Sendable {
        /// Pages, webhooks, panel.
        case web = "paydock_web"
        /// Drainer, nightly sync, operator.
        case cron = "paydock_cron"
        /// The regular API and the customer pages: no right on `vault`, `pipedrive` and `queue`.
        case api = "paydock_api"
    }

    /// The role.
    public let role: Role
    /// The company whose rows are visible; nil sees directory tables and, as cron, the queue.
    public let companyID: Company.ID?

    private init(_ role: Role, _ companyID: Company.ID?) {
        self.role = role
        self.companyID = companyID
    }

    /// Pages, webhooks, panel.
    public static func web(_ companyID: Company.ID?) -> StorageAccess { StorageAccess(.web, companyID) }
    /// Drainer, nightly sync, operator.
    public static func cron(_ companyID: Company.ID?) -> StorageAccess { StorageAccess(.cron, companyID) }
    /// The regular API and the customer pages.
    public static func api(_ companyID: Company.ID?) -> StorageAccess { StorageAccess(.api, companyID) }
}

/// The stores of one transaction. Each sees only the rows of the transaction's company.
public protocol StorageTransaction {
    /// Global keys → company.
    var directory: any DirectoryStore { get }
    /// Companies with work that comes with time.
    var schedule: any ScheduleStore { get }
    /// Companies, members, sessions, API keys.
    var accounts: any AccountStore { get }
    /// OAuth states and pending installs.
    var installs: any InstallStore { get }
    /// Customers.
    var contacts: any ContactStore { get }
    /// Products.
    var catalog: any CatalogStore { get }
    /// Quotes.
    var quotes: any QuoteStore { get }
    /// Invoices and payments.
    var invoices: any InvoiceStore { get }
    /// Subscriptions.
    var subscriptions: any SubscriptionStore { get }
    /// Which deal or lead a document belongs to.
    var documentDeals: any DocumentDealStore { get }
    /// The outbox of the books.
    var events: any EventStore { get }
    /// The connection to Pipedrive with its grants and webhooks.
    var connections: any ConnectionStore { get }
    /// Settings of the integration.
    var settings: any SettingsStore { get }
    /// Delivered webhooks.
    var inbox: any InboxStore { get }
    /// Sync runs and what they stage.
    var sync: any SyncStore { get }
    /// What runs and live changes did.
    var syncLog: any SyncLogStore { get }
    /// What the sync goes by, and how far it is.
    var syncPolicy: any SyncPolicyStore { get }
    /// Pairs of records.
    var pairs: any PairStore { get }
    /// What a run has to bring to Pipedrive.
    var syncTasks: any SyncTaskStore { get }
    /// Records that Pipedrive told of.
    var touched: any TouchedRecordStore { get }
    /// Which products were asked for their variations.
    var variations: any VariationStore { get }
    /// The rules by which deals ask for quotes.
    var triggers: any TriggerStore { get }
    /// Quote drafts.
    var drafts: any DraftStore { get }
    /// Records of draftings.
    var draftRecords: any DraftRecordStore { get }
    /// What drafting costs.
    var draftSpend: any DraftSpendStore { get }
    /// What was seen of records that no contact is linked to.
    var snapshots: any SnapshotStore { get }
    /// The figures that the panel shows.
    var figures: any FigureStore { get }
    /// Messages.
    var queue: any QueueStore { get }
    /// The queue as a drainer works on it.
    var drain: any DrainStore { get }
    /// What is kept for a while only.
    var retention: any RetentionStore { get }
    /// Drainers, as they tell of themselves.
    var drainers: any DrainerStore { get }
    /// What connections may still ask of Pipedrive.
    var callBudgets: any CallBudgetStore { get }
    /// How the queue is doing.
    var queueHealth: any QueueHealth { get }
    /// What has to be doubted after a restore.
    var restoration: any RestorationStore { get }
    /// Messages as a person looks at them.
    var messageLog: any MessageLog { get }
    /// What a person has to decide.
    var attention: any AttentionStore { get }
    /// Tokens that are still to be revoked.
    var revocations: any RevocationStore { get }
    /// Members of the company.
    var members: any MemberStore { get }
    /// Links that are mailed to people.
    var accountLinks: any AccountLinkStore { get }
    /// Scopes, webhooks and what is still to be told.
    var connectionHealth: any ConnectionHealthStore { get }
    /// What comes round again for a connection.
    var upkeep: any UpkeepStore { get }
    /// Recurring work.
    var chores: any ChoreStore { get }
    /// Keys of the regular API.
    var apiKeys: any APIKeyStore { get }
    /// Answers kept for `Idempotency-Key`.
    var keptAnswers: any KeptAnswerStore { get }
    /// Mails with documents.
    var mails: any MailStore { get }
    /// Counts of the lists.
    var listCounts: any ListCountStore { get }
}
