public import Domain
public import Logging

/// Does the work of messages and says how it ended. Never throws: what went wrong is the result.
public struct Deliveries: Sendable {
    let events: EventRouting
    private let webhooks: WebhookRouting
    private let notes: NoteDelivery
    private let drafting: QuoteDrafting
    private let records: RecordTakeover
    private let pushes: RecordPush
    private let looks: RecordLook
    private let sync: SyncSteps
    private let subscribing: Subscribing
    private let revoking: Revoking
    private let mails: MailDelivery?
    private let links: AccountLinkDelivery?
    private let sweep: StageSweep
    private let tokens: AccessTokens

    /// Wires the use cases, one per kind of message.
    public init(
        events: EventRouting, webhooks: WebhookRouting, notes: NoteDelivery, drafting: QuoteDrafting,
        records: RecordTakeover, pushes: RecordPush, looks: RecordLook, sync: SyncSteps, subscribing: Subscribing,
        revoking: Revoking,
        sweep: StageSweep, tokens: AccessTokens, mails: MailDelivery? = nil, links: AccountLinkDelivery? = nil
    ) {
        self.events = events
        self.webhooks = webhooks
        self.notes = notes
        self.drafting = drafting
        self.records = records
        self.pushes = pushes
        self.looks = looks
        self.sync = sync
        self.subscribing = subscribing
        self.revoking = revoking
        self.mails = mails
        self.links = links
        self.sweep = sweep
        self.tokens = tokens
    }

    /// Posts notes of one company side by side: see `NoteDelivery`.
    func deliverNotes(
        _ held: [NoteDelivery.Held], company: Company.ID, slots: DeliverySlots,
        begins: @escaping @Sendable (OutboxMessage) -> Bool,
        report: @escaping @Sendable (OutboxMessage, Delivered, Double) -> Void
    ) async {
        await notes.deliver(held, company: company, slots: slots, begins: begins, report: report)
    }

    /// Does the work of a message that is no note.
    public func deliver(_ message: OutboxMessage, logger: Logger) async -> Delivered {
        // Rescue counts attempts too: work that takes its worker down with it must not come back for ever.
        guard message.attempt <= RetryPolicy.attemptLimit else {
            return Delivered(.discarded(reason: "Its workers were lost \(RetryPolicy.attemptLimit) times"))
        }
        do {
            return Delivered(try await attempt(message, logger: logger))
        } catch let failure as CRMFailure {
            return RetryPolicy.delivered(failure)
        } catch let failure as ModelFailure {
            return Self.delivered(failure)
        } catch let ended as ConnectionEnded {
            return Delivered(.cancelled(reason: ended.reason))
        } catch let refusal as Refusal where refusal.code != .unavailable {
            return Delivered(.discarded(reason: refusal.message))
        } catch {
            return Delivered(.failed(reason: "\(error)", retryAfterSeconds: nil, isUnclear: true))
        }
    }

    /// A model that does not answer says nothing about Pipedrive: no other message has to wait.
    private static func delivered(_ failure: ModelFailure) -> Delivered {
        switch failure.kind {
        case .passing(let retryAfter, let isUnclear):
            Delivered(
                .failed(reason: failure.description, retryAfterSeconds: retryAfter, isUnclear: isUnclear),
                httpStatus: failure.status)
        case .lasting: Delivered(.discarded(reason: failure.description))
        }
    }

    private func attempt(_ message: OutboxMessage, logger: Logger) async throws -> DeliveryResult {
        switch message.kind {
        case .webhook: return try webhooks.route(message.subject, company: message.companyID)
        case .event, .note:
            // Both go in batches: events are routed off the queue, notes share what they need.
            return .discarded(reason: "A message of this kind is not delivered alone")
        case .draft where DraftTrials.covers(message.subject):
            return try await DraftTrials(drafting.desk).run(message.subject, company: message.companyID)
        case .draft:
            return try await drafting.draft(
                message.subject, company: message.companyID, attempt: message.attempt, logger: logger)
        case .record where RecordLook.covers(message.subject):
            return try await looks.look(message.subject, company: message.companyID)
        case .record: return try await records.takeOver(message.subject, company: message.companyID)
        case .push: return try await pushes.push(message.subject, company: message.companyID)
        case .subscribe where message.subject == Subscribing.fieldsSubject:
            return try await subscribing.readFields(company: message.companyID)
        case .subscribe:
            return try await subscribing.subscribe(
                company: message.companyID, isHealthCheck: message.subject == Subscribing.healthSubject)
        case .revoke: return try await revoking.revoke(message.subject, company: message.companyID)
        case .mail:
            guard let mails else { return .snoozed(seconds: 300, reason: "This drainer sends no mail") }
            if let link = AccountLink.named(by: message.subject), let links {
                return try await links.deliver(link, company: message.companyID)
            }
            return try await mails.deliver(message.subject, company: message.companyID)
        case .sweep: return try await sweep.sweep(company: message.companyID)
        case .refresh:
            guard let user = Int64(message.subject) else { return .discarded(reason: "The message names no user") }
            return try await tokens.keepAlive(company: message.companyID, user: PipedriveUser.ID(user))
        case .sync:
            guard let id = SyncRun.ID(text: message.subject) else {
                return .discarded(reason: "The message names no run")
            }
            return try await sync.advance(id, company: message.companyID, logger: logger)
        }
    }

    /// What has to be said elsewhere when a message is out of attempts.
    func gaveUp(_ message: OutboxMessage, reason: String) throws {
        switch message.kind {
        case .sync:
            guard let id = SyncRun.ID(text: message.subject) else { return }
            try sync.fail(id, company: message.companyID, reason: reason)
        case .draft where DraftTrials.covers(message.subject):
            try DraftTrials(drafting.desk).gaveUp(message.subject, company: message.companyID, reason: reason)
        case .draft:
            guard let deal = Int64(message.subject) else { return }
            try drafting.fail(Deal.ID(deal), company: message.companyID, reason: reason)
        case .mail:
            if let link = AccountLink.named(by: message.subject) {
                try links?.gaveUp(link, company: message.companyID, reason: reason)
            } else {
                try mails?.gaveUp(message.subject, company: message.companyID, reason: reason)
            }
        default: break
        }
    }
}
