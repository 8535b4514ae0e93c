import Domain
import FoundationEssentials

/// One transaction over a copy of the state.
final class MemoryTransaction: StorageTransaction {
    let access: StorageAccess
    var state: MemoryState

    init(access: StorageAccess, state: MemoryState) {
        self.access = access
        self.state = state
    }

    /// A store was reached without a company, or by a role that has no right on it.
    struct NotGranted: Error {}

    /// The company's rows.
    func tenant() throws -> Tenant {
        guard let id = access.companyID, let tenant = state.tenants[id] else { throw NotGranted() }
        return tenant
    }

    /// Changes the company's rows.
    func edit<Value>(_ body: (inout Tenant) throws -> Value) throws -> Value {
        guard let id = access.companyID, var tenant = state.tenants[id] else { throw NotGranted() }
        let value = try body(&tenant)
        state.tenants[id] = tenant
        return value
    }

    /// What the regular API's role must not reach.
    func integration() throws {
        guard access.role != .api else { throw NotGranted() }
    }

    var directory: any DirectoryStore { MemoryDirectory(transaction: self) }
    var schedule: any ScheduleStore { MemoryDirectory(transaction: self) }
    var accounts: any AccountStore { MemoryAccounts(transaction: self) }
    var installs: any InstallStore { MemoryInstalls(transaction: self) }
    private var isRuled: Bool { access.companyID.flatMap { state.tenants[$0] }?.ruled != nil }
    var contacts: any ContactStore {
        isRuled ? RuledContacts(transaction: self) : MemoryContacts(transaction: self)
    }
    var catalog: any CatalogStore {
        isRuled ? RuledCatalog(transaction: self) : MemoryCatalog(transaction: self)
    }
    var quotes: any QuoteStore { MemoryQuotes(transaction: self) }
    var invoices: any InvoiceStore { MemoryInvoices(transaction: self) }
    var subscriptions: any SubscriptionStore { MemorySubscriptions(transaction: self) }
    var documentDeals: any DocumentDealStore { MemoryDocumentDeals(transaction: self) }
    var events: any EventStore { MemoryEvents(transaction: self) }
    var connections: any ConnectionStore { MemoryConnections(transaction: self) }
    var settings: any SettingsStore { MemorySettings(transaction: self) }
    var inbox: any InboxStore { MemoryInbox(transaction: self) }
    var sync: any SyncStore { MemorySync(transaction: self) }
    var syncLog: any SyncLogStore { MemorySyncLog(transaction: self) }
    var syncPolicy: any SyncPolicyStore { MemorySyncPolicy(transaction: self) }
    var pairs: any PairStore { isRuled ? RuledPairs(transaction: self) : MemoryPairs(transaction: self) }
    var syncTasks: any SyncTaskStore {
        isRuled ? RuledTasks(transaction: self) : MemorySyncTasks(transaction: self)
    }
    var touched: any TouchedRecordStore { MemoryTouchedRecords(transaction: self) }
    var variations: any VariationStore { MemoryVariations(transaction: self) }
    var triggers: any TriggerStore { MemoryTriggers(transaction: self) }
    var drafts: any DraftStore { MemoryDrafts(transaction: self) }
    var draftRecords: any DraftRecordStore { MemoryDraftRecords(transaction: self) }
    var draftSpend: any DraftSpendStore { MemoryDraftSpend(transaction: self) }
    var snapshots: any SnapshotStore { MemorySnapshots(transaction: self) }
    var figures: any FigureStore { MemorySnapshots(transaction: self) }
    var queue: any QueueStore { MemoryQueue(transaction: self) }
    var drain: any DrainStore { MemoryDrain(transaction: self) }
    var retention: any RetentionStore { MemoryDrainers(transaction: self) }
    var drainers: any DrainerStore { MemoryDrainers(transaction: self) }
    var callBudgets: any CallBudgetStore { MemoryDrainers(transaction: self) }
    var queueHealth: any QueueHealth { MemoryDrainers(transaction: self) }
    var restoration: any RestorationStore { MemoryRestoration(transaction: self) }
    var messageLog: any MessageLog { MemoryMessageLog(transaction: self) }
    var attention: any AttentionStore { MemoryAttention(transaction: self) }
    var revocations: any RevocationStore { MemoryUpkeep(transaction: self) }
    var members: any MemberStore { MemoryMembers(transaction: self) }
    var accountLinks: any AccountLinkStore { MemoryMembers(transaction: self) }
    var connectionHealth: any ConnectionHealthStore { MemoryMembers(transaction: self) }
    var upkeep: any UpkeepStore { MemoryUpkeep(transaction: self) }
    var chores: any ChoreStore { MemoryQueue(transaction: self) }
    var apiKeys: any APIKeyStore { MemoryAPI(transaction: self) }
    var keptAnswers: any KeptAnswerStore { MemoryAPI(transaction: self) }
    var mails: any MailStore { MemoryMails(transaction: self) }
    var listCounts: any ListCountStore { MemoryAPI(transaction: self) }
}
