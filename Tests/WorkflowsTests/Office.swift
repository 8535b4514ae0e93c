import Domain
import DomainTestSupport
import FoundationEssentials
import Logging
import Synchronization
import Testing
import Workflows

/// The use cases over in-memory stores, a scripted Pipedrive and a clock that stands still.
struct Office {
    let storage = MemoryStorage()
    let pipedrive = ScriptedPipedrive()
    let secrets = FixedSecrets()
    let drafter: ScriptedDrafter
    let signal = HandSignal()
    let company = Company.ID.numbered(1)
    let now = Date.fixture
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(drafter: ScriptedDrafter = ScriptedDrafter()) {
        self.drafter = drafter
    }

    /// Connected to Pipedrive, with the trigger of the fixture.
    static func connected(drafter: ScriptedDrafter = ScriptedDrafter(), credentials: Credentials = .fixture()) -> Office
    {
        let office = Office(drafter: drafter)
        office.storage.connect(credentials: credentials)
        office.storage.tenant.settings = .fixture()
        office.storage.tenant.triggers = [.fixture()]
        return office
    }

    private var clock: @Sendable () -> Date { { .fixture } }
    var tokens: AccessTokens { AccessTokens(storage: storage, oauth: pipedrive, clock: clock) }
    var accounts: Accounts { Accounts(storage: storage, secrets: secrets) }
    var books: Books { Books(storage: storage, secrets: secrets, access: StorageAccess.api) }
    var pages: CustomerPages { CustomerPages(storage: storage, secrets: secrets) }
    var installs: Installs {
        Installs(
            storage: storage, secrets: secrets, oauth: pipedrive, webhooks: pipedrive,
            clientCredentials: Secret("client:secret"))
    }
    var integration: Integration { Integration(storage: storage) }
    var intake: WebhookIntake { WebhookIntake(store: storage, storage: storage, secrets: secrets) }
    var webhookRouting: WebhookRouting { WebhookRouting(storage: storage, webhooks: pipedrive) }
    var eventRouting: EventRouting { EventRouting(storage: storage) }
    var notes: NoteDelivery {
        NoteDelivery(
            storage: storage, crm: pipedrive, leads: pipedrive, tokens: tokens, publicURL: "https://paydock.example")
    }
    var drafting: QuoteDrafting {
        QuoteDrafting(
            storage: storage, crm: pipedrive, tokens: tokens, drafter: drafter, secrets: secrets, clock: clock)
    }
    var records: RecordTakeover { RecordTakeover(storage: storage, crm: pipedrive, tokens: tokens) }
    var pushes: RecordPush { RecordPush(storage: storage, crm: pipedrive, tokens: tokens) }
    var looks: RecordLook { RecordLook(storage: storage, crm: pipedrive, deals: pipedrive, tokens: tokens) }
    var sync: SyncSteps { SyncSteps(storage: storage, crm: pipedrive, tokens: tokens) }
    var subscribing: Subscribing {
        Subscribing(
            storage: storage, crm: pipedrive, webhooks: pipedrive, records: pipedrive, tokens: tokens, secrets: secrets,
            webhookURL: "https://paydock.example")
    }
    var sweep: StageSweep { StageSweep(storage: storage, deals: pipedrive, tokens: tokens, clock: clock) }
    var revoking: Revoking { Revoking(storage: storage, oauth: pipedrive) }
    var deliveries: Deliveries {
        Deliveries(
            events: eventRouting, webhooks: webhookRouting, notes: notes, drafting: drafting, records: records,
            pushes: pushes, looks: looks, sync: sync, subscribing: subscribing, revoking: revoking, sweep: sweep,
            tokens: tokens)
    }
    var drain: QueueDrain {
        QueueDrain(
            storage: storage, signal: signal, deliveries: deliveries, retry: RetryPolicy(), worker: "worker-1",
            leaseSeconds: 100_000)
    }

    /// The queue's messages of a kind.
    func messages(_ kind: OutboxMessage.Kind) -> [StoredMessage] {
        storage.read { $0.messages.filter { $0.new.kind == kind } }
    }

    /// Queues a message beside everything else.
    func queue(_ kind: OutboxMessage.Kind, _ subject: String, lane: String? = nil) throws {
        try storage.transaction(.cron(company)) {
            _ = try $0.queue.add(NewMessage(kind: kind, subject: subject, lane: lane))
        }
    }

    /// Empties the queue once.
    func drainOnce() async throws {
        try await drain.run(.whenNothingIsDue, logger: logger, isStopping: { false })
    }

    /// What comes of one message, a note with so much of its lease left: by default more than any test takes.
    func delivered(_ message: OutboxMessage, leaseSeconds: Double = 100_000) async -> DeliveryResult {
        guard message.kind == .note else { return await deliveries.deliver(message, logger: logger).result }
        let results = Mutex<[Delivered]>([])
        await notes.deliver([(message, Lease(seconds: leaseSeconds))], company: message.companyID) { _, delivered, _ in
            results.withLock { $0.append(delivered) }
        }
        let all = results.withLock { $0 }
        #expect(all.count == 1)
        return all.first?.result ?? .again
    }

    /// A stored contact.
    func contact(_ details: ContactDetails = .fixture()) throws -> Contact {
        try storage.transaction(.web(company)) { try $0.contacts.insert(details) }
    }

    /// A stored quote of a new contact, in a state.
    func quote(
        _ state: Quote.State = .concept, lines: [DocumentLine] = [.fixture()], dealID: Deal.ID? = nil,
        validUntil: CalendarDay = .fixture.adding(days: 30)
    ) throws -> Quote {
        let contact = try contact()
        let made = Quote.fixture(
            state: state, content: .fixture(contactID: contact.id, lines: lines, dealID: dealID),
            validUntil: validUntil)
        storage.tenant.quotes.append(made)
        return made
    }

    /// A stored invoice of a new contact, in a state: 121.00 unless the lines say otherwise.
    func invoice(
        _ state: Invoice.State = .concept, lines: [DocumentLine] = [.fixture()], dealID: Deal.ID? = nil,
        dueOn: CalendarDay = .fixture.adding(days: 30)
    ) throws -> Invoice {
        let contact = try contact()
        let made = Invoice.fixture(
            state: state, content: .fixture(contactID: contact.id, lines: lines, dealID: dealID), dueOn: dueOn)
        storage.tenant.invoices.append(made)
        return made
    }

    /// An event of a sent quote for deal 7.
    func quoteEvent(_ kind: BookEvent.Kind = .quoteSent, dealID: Deal.ID? = Deal.ID(7)) throws -> BookEvent.ID {
        let quote = try quote(.sent, dealID: dealID)
        return try storage.transaction(.web(company)) { try $0.events.append(kind, subject: quote.id.rawValue) }
    }
}

/// What Pipedrive's side answers, in short.
extension CRMFailure {
    static let timeOut = CRMFailure(
        .transient(mayHaveTakenEffect: true, retryAfterSeconds: nil), reason: "No answer in time")
    static let serverError = CRMFailure(
        .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil), status: 503, reason: "Not available")
    static let refusedGrant = CRMFailure(.grantRefused, status: 400, reason: "The grant is no good")
    static let unauthorized = CRMFailure(.unauthorized, status: 401, reason: "The token was refused")
    static let notFound = CRMFailure(.rejected, status: 404, reason: "Not there")
}

extension DeliveryResult {
    /// The note or reason.
    var words: String {
        switch self {
        case .completed(let note): note ?? ""
        case .again: ""
        case .snoozed(_, let reason), .failed(let reason, _, _), .discarded(let reason), .cancelled(let reason): reason
        }
    }
    var isCompleted: Bool { if case .completed = self { true } else { false } }
    var isDiscarded: Bool { if case .discarded = self { true } else { false } }
}

/// An `Authorization: Basic` header.
func basic(_ text: String) -> String { "Basic \(Data(text.utf8).base64EncodedString())" }

/// Runs the body and hands back the refusal it throws.
func refusal(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> Refusal? {
    await #expect(throws: Refusal.self, sourceLocation: location) { try await body() }
}
