import Domain
import FoundationEssentials

/// What the fake stores keep. One test, one thread, one instance.
final class Tables: @unchecked Sendable {
    let company = Company(
        id: Company.ID(text: "00000000-0000-0000-0000-00000000000c") ?? Company.ID(UUID()), name: "Bloem & Zn",
        currency: .eur, country: "NL", timeZone: "Europe/Amsterdam")
    lazy var member = Member(
        id: Member.ID(UUID()), companyID: company.id, email: "anna@bloem.example", role: .owner)
    let now = Date(timeIntervalSince1970: 1_795_489_200)
    var isDown = false
    /// What every transaction is refused with.
    var refusal: Refusal?
    /// Idempotency keys are held by a request that is still in progress.
    var keysAreHeld = false
    var sessions: [[UInt8]: Session] = [:]
    var loginFailures = 0
    var contacts: [Contact] = []
    var products: [Product] = []
    var quotes: [Quote] = []
    var invoices: [Invoice] = []
    var subscriptions: [Subscription] = []
    var events: [BookEvent.Kind] = []
    var connection: Connection?
    var settings = IntegrationSettings.initial
    var pipelines: [Pipeline] = []
    var runs: [SyncRun] = []
    var previews: [SyncRun] = []
    var currentPreview: SyncRun.ID?
    /// Runs that were started: their mode, and whose plan they do.
    var started: [String] = []
    var changes: [SyncRun.ID?: [SyncChange]] = [:]
    var isApplied = true
    var mapping = FieldMapping()
    var customFields: [CustomField] = []
    var questions = AttentionList()
    var attentionAnswer = AttentionAnswer.done
    var decisions: [String] = []
    var queued: [String] = []
    var triggers: [QuoteTrigger] = []
    var floodAnswers: [String?] = []
    var drafts: [QuoteDraft] = []
    var draftRecords: [DraftRecord] = []
    var states: [[UInt8]: [UInt8]] = [:]
    var parked: [[UInt8]: PipedriveUser] = [:]
    var panelView: PanelView?
    var panelSubject: PanelSubject?
    var dealGlance: DealGlance?
    var seenDetails: ContactDetails?
    var links: [String: Contact.ID] = [:]
    var webhookBodies: [[UInt8]] = []
    var webhookIsLive = true
    var audit: [AuditLine] = []
    var attention: [AttentionRecord] = []
    var troubled: [MessageRecord] = []
    var noteFigures = NoteFigures()
    var heldConnections: [HeldConnection] = []
    var drainers: [LiveDrainer] = []
    var rates: [FinishRate] = []
    var messageCounts: [MessageCount] = []
    var keys: [APIKey] = []
    var requestNumber = 0
    var keptAnswers: [[UInt8]: (requestHash: [UInt8], answer: KeptAnswer?)] = [:]
    var mails: [Mail] = []
    var others: [Member] = []
    var accountLinks: [(link: AccountLink, tokenHash: [UInt8]?)] = []
    var scopes: Set<String>? = Set(Credentials.requestedScopes)
    var grantIsAdmin = true
    var webhookHealth: WebhookHealth?
    var failedDeliveries = 0
    var revokingUntil: Date?

    static let apiKey = "ftj_test"
    static let cookie = "the-cookie"
    static let csrf = "the-csrf-token"
    static let webhookPath = "hook-path"

    /// Identifiers in a fixed order, so that snapshots hold still.
    private var nextID: UInt8 = 0
    func freshID() -> UUID {
        nextID += 1
        return UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, nextID))
    }

    func logIn(csrf: String = Tables.csrf) {
        let hash = FakeSecrets.hash(Self.cookie)
        sessions[hash] = Session(member: member, company: company, csrfToken: Secret(csrf), tokenHash: hash)
    }

    func addContact(_ name: String, kind: Contact.Kind = .organization) -> Contact {
        let contact = Contact(
            id: Contact.ID(freshID()), createdAt: now, updatedAt: now, isArchived: false,
            details: ContactDetails(kind: kind, name: name, emails: ["info@example.com"]))
        contacts.append(contact)
        return contact
    }

    func addQuote(
        _ state: Quote.State, lines: [DocumentLine], email: EmailText = EmailText(subject: "Offer", body: "Dear all"),
        token: String = "public-quote", addressee: String? = nil, addresseeEmail: String? = nil
    ) -> Quote {
        let contact = addContact("Acme")
        let quote = Quote(
            id: Quote.ID(freshID()), number: "Q2026-0001", state: state,
            content: DocumentContent(
                contactID: contact.id, addressee: addressee, addresseeEmail: addresseeEmail, currency: .eur,
                lines: lines,
                externalID: "pipedrive:deal:7", dealID: Deal.ID(7)),
            email: email, validUntil: CalendarDay(dayNumber: 21_000), publicToken: token, createdAt: now,
            updatedAt: now)
        quotes.append(quote)
        return quote
    }
}
