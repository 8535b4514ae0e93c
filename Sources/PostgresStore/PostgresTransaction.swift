public import Domain
public import Postgres

/// The stores of one transaction, all on its connection.
struct PostgresTransaction: StorageTransaction {
    let connection: PostgresConnection
    let access: StorageAccess
    let vault: Vault

    var directory: any DirectoryStore { PostgresDirectory(connection: connection, access: access) }
    var schedule: any ScheduleStore { PostgresSchedule(connection: connection) }
    var accounts: any AccountStore { PostgresAccounts(connection: connection, access: access) }
    var installs: any InstallStore { PostgresInstalls(connection: connection, vault: vault) }
    var contacts: any ContactStore { PostgresContacts(connection: connection, access: access) }
    var catalog: any CatalogStore { PostgresCatalog(connection: connection, access: access) }
    var quotes: any QuoteStore { PostgresQuotes(connection: connection, access: access) }
    var invoices: any InvoiceStore { PostgresInvoices(connection: connection, access: access) }
    var subscriptions: any SubscriptionStore { PostgresSubscriptions(connection: connection, access: access) }
    var documentDeals: any DocumentDealStore { PostgresDocumentDeals(connection: connection, access: access) }
    var events: any EventStore { PostgresEvents(connection: connection, access: access) }
    var connections: any ConnectionStore {
        PostgresConnections(database: connection, access: access, vault: vault)
    }
    var settings: any SettingsStore { PostgresSettings(connection: connection, access: access, vault: vault) }
    var inbox: any InboxStore { PostgresInbox(connection: connection, access: access) }
    var sync: any SyncStore { PostgresSync(connection: connection, access: access) }
    var syncLog: any SyncLogStore { PostgresSyncLog(connection: connection, access: access) }
    var syncPolicy: any SyncPolicyStore { PostgresSyncPolicy(connection: connection, access: access) }
    var pairs: any PairStore { PostgresPairs(connection: connection, access: access) }
    var syncTasks: any SyncTaskStore { PostgresSyncTasks(connection: connection, access: access) }
    var touched: any TouchedRecordStore { PostgresTouchedRecords(connection: connection, access: access) }
    var variations: any VariationStore { PostgresVariations(connection: connection, access: access) }
    var triggers: any TriggerStore { PostgresTriggers(connection: connection, access: access) }
    var drafts: any DraftStore { PostgresDrafts(connection: connection, access: access) }
    var draftRecords: any DraftRecordStore { PostgresDraftRecords(connection: connection, access: access) }
    var draftSpend: any DraftSpendStore { PostgresDraftSpend(connection: connection, access: access) }
    var snapshots: any SnapshotStore { PostgresSnapshots(connection: connection, access: access) }
    var figures: any FigureStore { PostgresFigures(connection: connection) }
    var queue: any QueueStore { PostgresQueue(connection: connection, access: access) }
    var drain: any DrainStore { PostgresDrain(connection: connection, access: access) }
    var retention: any RetentionStore { PostgresRetention(connection: connection) }
    var drainers: any DrainerStore { PostgresDrainers(connection: connection) }
    var callBudgets: any CallBudgetStore { PostgresCallBudgets(connection: connection, access: access) }
    var queueHealth: any QueueHealth { PostgresQueueHealth(connection: connection, access: access) }
    var restoration: any RestorationStore { PostgresRestoration(connection: connection, access: access) }
    var messageLog: any MessageLog { PostgresMessageLog(connection: connection, access: access) }
    var attention: any AttentionStore { PostgresAttention(connection: connection, access: access) }
    var revocations: any RevocationStore {
        PostgresRevocations(connection: connection, access: access, vault: vault)
    }
    var members: any MemberStore { PostgresMembers(connection: connection, access: access) }
    var accountLinks: any AccountLinkStore { PostgresAccountLinks(connection: connection, access: access) }
    var connectionHealth: any ConnectionHealthStore {
        PostgresConnectionHealth(connection: connection, access: access)
    }
    var upkeep: any UpkeepStore { PostgresUpkeep(connection: connection, access: access) }
    var chores: any ChoreStore { PostgresChores(connection: connection) }
    var apiKeys: any APIKeyStore { PostgresAPIKeys(connection: connection, access: access) }
    var keptAnswers: any KeptAnswerStore { PostgresKeptAnswers(connection: connection, access: access) }
    var mails: any MailStore { PostgresMails(connection: connection, access: access) }
    var listCounts: any ListCountStore { ListCounts(connection: connection) }
}

extension StorageAccess {
    /// The company of a transaction that writes rows. Throws when the caller opened it for none.
    func company() throws -> Company.ID {
        guard let companyID else {
            throw Refusal(.invalid, "This needs a company, and the transaction was opened without one.")
        }
        return companyID
    }
}

extension Identifier: PostgresBindable where RawValue: PostgresBindable {
    /// The bare value.
    public var postgresBind: PostgresBind { rawValue.postgresBind }
}

extension CalendarDay: PostgresBindable {
    /// `YYYY-MM-DD`.
    public var postgresBind: PostgresBind { .text(description) }
}

extension PostgresRow {
    func day(_ name: String) throws -> CalendarDay {
        let text = try string(name)
        guard let day = CalendarDay(text) else { throw StoredValueError(column: name) }
        return day
    }

    func currency(_ name: String) throws -> Currency {
        guard let currency = Currency(try string(name)) else { throw StoredValueError(column: name) }
        return currency
    }

    func state<State: RawRepresentable<String>>(_ name: String, _ type: State.Type = State.self) throws -> State {
        guard let state = State(rawValue: try string(name)) else { throw StoredValueError(column: name) }
        return state
    }
}

/// A value in the database that this version of the program does not know.
struct StoredValueError: Error, CustomStringConvertible {
    let column: String

    var description: String { "The column \(column) holds a value that this version does not know" }
}
