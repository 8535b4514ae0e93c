import Domain
import FoundationEssentials

/// The stores that the web side reaches, in memory.
struct FakeStorage: Storage {
    let tables: Tables

    struct Down: Error {}

    func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        if tables.isDown { throw Down() }
        if let refusal = tables.refusal { throw refusal }
        return try body(FakeTransaction(tables: tables))
    }

    func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        throw NotServed()
    }
}

/// A store method that the web side does not call was called.
struct NotServed: Error {}

struct FakeTransaction: StorageTransaction {
    let tables: Tables

    var directory: any DirectoryStore { FakeAccounts(tables: tables) }
    var accounts: any AccountStore { FakeAccounts(tables: tables) }
    var installs: any InstallStore { FakeInstalls(tables: tables) }
    var contacts: any ContactStore { FakeContacts(tables: tables) }
    var catalog: any CatalogStore { FakeCatalog(tables: tables) }
    var quotes: any QuoteStore { FakeQuotes(tables: tables) }
    var invoices: any InvoiceStore { FakeInvoices(tables: tables) }
    var subscriptions: any SubscriptionStore { FakeSubscriptions(tables: tables) }
    var documentDeals: any DocumentDealStore { FakeDocumentDeals(tables: tables) }
    var events: any EventStore { FakeEvents(tables: tables) }
    var connections: any ConnectionStore { FakeConnections(tables: tables) }
    var settings: any SettingsStore { FakeSettings(tables: tables) }
    var inbox: any InboxStore { FakeInbox(tables: tables) }
    var sync: any SyncStore { FakeSync(tables: tables) }
    var syncLog: any SyncLogStore { FakeSync(tables: tables) }
    var syncPolicy: any SyncPolicyStore { FakeSyncWork(tables: tables) }
    var pairs: any PairStore { FakeSyncWork(tables: tables) }
    var syncTasks: any SyncTaskStore { FakeSyncWork(tables: tables) }
    var touched: any TouchedRecordStore { FakeSyncWork(tables: tables) }
    var variations: any VariationStore { FakeSyncWork(tables: tables) }
    var triggers: any TriggerStore { FakeTriggers(tables: tables) }
    var drafts: any DraftStore { FakeDrafts(tables: tables) }
    var draftRecords: any DraftRecordStore { FakeDrafts(tables: tables) }
    var draftSpend: any DraftSpendStore { FakeDrafts(tables: tables) }
    var snapshots: any SnapshotStore { FakeSnapshots(tables: tables) }
    var figures: any FigureStore { FakeSnapshots(tables: tables) }
    var queue: any QueueStore { FakeQueue(tables: tables) }
    var schedule: any ScheduleStore { FakeQueue(tables: tables) }
    var chores: any ChoreStore { FakeQueue(tables: tables) }
    var drain: any DrainStore { FakeDrain(tables: tables) }
    var retention: any RetentionStore { FakeDrain(tables: tables) }
    var drainers: any DrainerStore { FakeDrain(tables: tables) }
    var callBudgets: any CallBudgetStore { FakeDrain(tables: tables) }
    var queueHealth: any QueueHealth { FakeDrain(tables: tables) }
    var restoration: any RestorationStore { FakeRestoration(tables: tables) }
    var messageLog: any MessageLog { FakeInspection(tables: tables) }
    var attention: any AttentionStore { FakeInspection(tables: tables) }
    var revocations: any RevocationStore { FakeInspection(tables: tables) }
    var upkeep: any UpkeepStore { FakeInspection(tables: tables) }
    var members: any MemberStore { FakeMembers(tables: tables) }
    var accountLinks: any AccountLinkStore { FakeMembers(tables: tables) }
    var connectionHealth: any ConnectionHealthStore { FakeMembers(tables: tables) }
    var apiKeys: any APIKeyStore { FakeAPI(tables: tables) }
    var keptAnswers: any KeptAnswerStore { FakeAPI(tables: tables) }
    var mails: any MailStore { FakeMails(tables: tables) }
    var listCounts: any ListCountStore { FakeAPI(tables: tables) }
}
