public import Domain
import FoundationEssentials
import HTTPTransport
import LanguageModel
public import Logging
import Mail
import Pipedrive
import Postgres
import PostgresStore
import Sodium
public import Workflows

/// The live adapters, wired once per process.
public struct Environment: Sendable {
    /// Where everything is kept.
    public let storage: any Storage
    /// Randomness, digests and password hashes.
    public let secrets: any SecretSource
    /// The process's logger.
    public let logger: Logger
    /// The address that people and links use, without a slash at the end.
    public let publicURL: String
    /// The address that people write to.
    public let supportEmail: String
    /// Origin of Pipedrive's consent page.
    public let consentOrigin: String

    let settings: Settings
    private let panelStore: any PanelStore
    private let webhookStore: any WebhookStore
    private let crm: any CRM
    private let records: any CRMRecords
    private let dealGlancing: any DealGlancing
    private let dealListing: any DealListing
    private let leads: any LeadConversions
    private let webhooks: any CRMWebhooks
    private let oauth: any OAuthProvider
    private let clientCredentials: Secret
    private let drafter: any QuoteDrafter
    private let dailyTokens: Int

    /// Reads the settings and wires the adapters; connects to nothing yet.
    ///
    /// Throws `SettingsError` with the key's name, before anything was done.
    public init(process: String, settings: Settings, logger: Logger) throws {
        try SodiumLibrary.start()
        self.settings = settings
        self.logger = logger
        publicURL = try settings.url("PAYDOCK_PUBLIC_URL")
        supportEmail = settings.optional("PAYDOCK_SUPPORT_EMAIL") ?? "support@paydock.nl"
        consentOrigin = try settings.url("PIPEDRIVE_OAUTH_URL", default: "https://oauth.pipedrive.com")
        secrets = SodiumSecrets()
        let configuration = try Self.database(settings, process: process)
        let store = PostgresStorage(
            configuration, keys: try FileKeys(try settings.required("PAYDOCK_KEYRING")),
            process: Self.label(process))
        (storage, panelStore, webhookStore) = (store, store, store)
        let clientID = try settings.required("PIPEDRIVE_CLIENT_ID")
        let clientSecret = Secret(try settings.required("PIPEDRIVE_CLIENT_SECRET", isSecret: true))
        clientCredentials = Secret("\(clientID):\(clientSecret.reveal())")
        let pipedrive = try PipedriveConfiguration(
            clientID: clientID, clientSecret: clientSecret, oauthURL: consentOrigin,
            allowedHosts: settings.optional("PIPEDRIVE_ALLOWED_HOSTS")?.split(separator: ",").map(String.init) ?? [],
            redirectURL: "\(publicURL)/oauth/pipedrive/callback")
        let transport = CurlTransport(userAgent: "PayDock/\(Version.text)")
        let client = PipedriveClient(configuration: pipedrive, transport: transport)
        (crm, dealListing, dealGlancing, leads) = (client, client, client, client)
        records = client
        webhooks = PipedriveWebhooks(configuration: pipedrive, transport: transport)
        oauth = PipedriveOAuth(configuration: pipedrive, transport: transport)
        drafter = try Self.drafter(settings, transport: transport)
        dailyTokens = try settings.number("DRAFTING_DAILY_TOKENS", default: QuoteDrafting.dailyTokens)
    }

    /// The model of `DRAFTING_URL`, or the built-in drafter where none is named.
    ///
    /// Both questions about a deal have to end within the minute that a drainer gives to what it holds.
    static func drafter(_ settings: Settings, transport: CurlTransport? = nil) throws -> any QuoteDrafter {
        guard settings.optional("DRAFTING_URL") != nil else { return BuiltInDrafter() }
        let seconds = try settings.number("DRAFTING_TIMEOUT", default: 45)
        guard (5...50).contains(seconds) else {
            throw SettingsError(key: "DRAFTING_TIMEOUT", problem: "must be between 5 and 50 seconds")
        }
        let configuration = ModelConfiguration(
            url: try settings.url("DRAFTING_URL"),
            key: settings.optional("DRAFTING_API_KEY", isSecret: true).map { Secret($0) },
            model: try settings.required("DRAFTING_MODEL"), timeoutSeconds: seconds,
            answerLimit: try settings.number("DRAFTING_MAX_TOKENS", default: 4000))
        guard let configuration else {
            throw SettingsError(key: "DRAFTING_URL", problem: "must be an address without user, query or fragment")
        }
        return ModelDrafter(
            configuration: configuration,
            transport: transport ?? CurlTransport(userAgent: "PayDock/\(Version.text)"))
    }

    /// The model that drafts quotes; nil while the built-in drafter does.
    public var draftingModel: String? { settings.optional("DRAFTING_URL") == nil ? nil : drafter.name }

    /// Drafts to look at, without a quote.
    public var draftTrials: DraftTrials {
        DraftTrials(
            storage: storage, crm: crm, tokens: accessTokens, drafter: drafter, dailyTokens: dailyTokens)
    }

    /// Names this process in leases and in the audit trail.
    private static func label(_ process: String) -> String {
        "\(process) \(ProcessInfo.processInfo.hostName):\(ProcessInfo.processInfo.processIdentifier)"
    }

    /// The database of `PAYDOCK_DATABASE_URL`.
    static func database(_ settings: Settings, process: String) throws -> PostgresConfiguration {
        PostgresConfiguration(
            url: try settings.required("PAYDOCK_DATABASE_URL", isSecret: true), applicationName: process,
            isPooled: try settings.flag("PAYDOCK_DATABASE_POOLED"))
    }

    /// Connecting and disconnecting.
    public var installs: Installs {
        Installs(
            storage: storage, secrets: secrets, oauth: oauth, webhooks: webhooks, clientCredentials: clientCredentials)
    }

    /// The sidebar.
    public func panel() throws -> Panel {
        let user = try settings.optional("PIPEDRIVE_PANEL_USER") ?? settings.required("PIPEDRIVE_CLIENT_ID")
        let secret = try settings.required("PIPEDRIVE_CLIENT_SECRET", isSecret: true)
        let password = settings.optional("PIPEDRIVE_PANEL_PASSWORD", isSecret: true) ?? secret
        return Panel(
            store: panelStore, storage: storage, secrets: secrets, credentials: Secret("\(user):\(password)"),
            tokenKey: Secret(settings.optional("PIPEDRIVE_PANEL_JWT_SECRET", isSecret: true) ?? secret),
            requiresToken: try settings.flag("PIPEDRIVE_PANEL_JWT_REQUIRED"))
    }

    /// Taking webhooks in.
    public var intake: WebhookIntake { WebhookIntake(store: webhookStore, storage: storage, secrets: secrets) }

    /// Whether documents go out by mail: only when `PAYDOCK_SENDMAIL` names a mail program.
    public var mailing: Mailing? { settings.optional("PAYDOCK_SENDMAIL").map { _ in Mailing(publicURL: publicURL) } }

    private var mailer: SendmailMailer? { settings.optional("PAYDOCK_SENDMAIL").map { SendmailMailer(command: $0) } }

    private var mails: MailDelivery {
        MailDelivery(
            storage: storage, mailer: mailer, senderAddress: supportEmail, publicURL: publicURL, clock: { Date() })
    }

    private var links: AccountLinkDelivery {
        AccountLinkDelivery(
            storage: storage, mailer: mailer, secrets: secrets, senderAddress: supportEmail, publicURL: publicURL,
            clock: { Date() })
    }

    /// Access to Pipedrive, refreshed when needed.
    public var accessTokens: AccessTokens { AccessTokens(storage: storage, oauth: oauth, clock: { Date() }) }

    /// The look at the webhooks of all connections.
    public var webhookWatch: WebhookWatch { WebhookWatch(storage: storage) }

    /// What comes with time.
    public var housekeeping: Housekeeping { Housekeeping(storage: storage) }

    /// What is kept for a while only.
    public var retention: Retention { Retention(storage: storage) }

    /// The nightly runs.
    public var nightlyRuns: NightlyRuns { NightlyRuns(storage: storage) }

    /// The drain with everything it delivers.
    public func queueDrain(_ limits: QueueDrain.Limits = QueueDrain.Limits()) throws -> QueueDrain {
        let clock: @Sendable () -> Date = { Date() }
        let tokens = accessTokens
        let webhookURL = try settings.url("PAYDOCK_WEBHOOK_URL", default: publicURL)
        let deliveries = Deliveries(
            events: EventRouting(storage: storage), webhooks: WebhookRouting(storage: storage, webhooks: webhooks),
            notes: NoteDelivery(storage: storage, crm: crm, leads: leads, tokens: tokens, publicURL: publicURL),
            drafting: QuoteDrafting(
                storage: storage, crm: crm, tokens: tokens, drafter: drafter, secrets: secrets,
                dailyTokens: dailyTokens, clock: clock),
            records: RecordTakeover(storage: storage, crm: records, tokens: tokens),
            pushes: RecordPush(storage: storage, crm: records, tokens: tokens),
            looks: RecordLook(storage: storage, crm: crm, deals: dealGlancing, tokens: tokens),
            sync: SyncSteps(storage: storage, crm: records, tokens: tokens),
            subscribing: Subscribing(
                storage: storage, crm: crm, webhooks: webhooks, records: records, tokens: tokens,
                secrets: secrets, webhookURL: webhookURL),
            revoking: Revoking(storage: storage, oauth: oauth),
            sweep: StageSweep(storage: storage, deals: dealListing, tokens: tokens, clock: clock), tokens: tokens,
            mails: mails, links: links)
        let listening = PostgresConfiguration(
            url: try settings.optional("PAYDOCK_LISTEN_URL", isSecret: true)
                ?? settings.required("PAYDOCK_DATABASE_URL", isSecret: true),
            applicationName: "queue-drainer listen")
        return QueueDrain(
            storage: storage, signal: PostgresSignal(listening), deliveries: deliveries,
            retry: RetryPolicy(baseSeconds: try settings.number("PAYDOCK_RETRY_BASE", default: 30)),
            worker: Self.worker(), limits: limits)
    }

    // Host and process say where to look; the rest tells it from one of the same number, in a container or after a crash.
    private static func worker() -> String {
        let process = ProcessInfo.processInfo
        let mark = String(UInt16.random(in: .min ... .max), radix: 16)
        return "\(process.hostName):\(process.processIdentifier):\(mark)"
    }
}
