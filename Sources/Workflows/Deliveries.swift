public import Domain
public import Logging

/// Does the work of one message and says how it ended. Never throws: what went wrong is the result.
public struct Deliveries: Sendable {
    private let events: EventRouting
    private let webhooks: WebhookRouting
    private let notes: NoteDelivery
    private let drafting: QuoteDrafting
    private let records: RecordTakeover
    private let looks: RecordLook
    private let sync: SyncSteps
    private let subscribing: Subscribing
    private let revoking: Revoking
    private let mails: MailDelivery?
    private let sweep: StageSweep
    private let tokens: AccessTokens

    /// Wires the use cases, one per kind of message.
    public init(
        events: EventRouting, webhooks: WebhookRouting, notes: NoteDelivery, drafting: QuoteDrafting,
        records: RecordTakeover, looks: RecordLook, sync: SyncSteps, subscribing: Subscribing, revoking: Revoking,
        sweep: StageSweep, tokens: AccessTokens, mails: MailDelivery? = nil
    ) {
        self.events = events
        self.webhooks = webhooks
        self.notes = notes
        self.drafting = drafting
        self.records = records
        self.looks = looks
        self.sync = sync
        self.subscribing = subscribing
        self.revoking = revoking
        self.mails = mails
        self.sweep = sweep
        self.tokens = tokens
    }

    /// How long a message waits that Pipedrive does not serve now, in seconds.
    static let waitSeconds = 60

    /// Does the work.
    public func deliver(_ message: OutboxMessage, logger: Logger) async -> DeliveryResult {
        do {
            return try await attempt(message, logger: logger)
        } catch let failure as CRMFailure {
            return Self.result(of: failure)
        } catch let refusal as Refusal where refusal.code != .unavailable {
            return .discarded(reason: refusal.message)
        } catch {
            return .failed(reason: "\(error)", retryAfterSeconds: nil, isUnclear: true)
        }
    }

    private func attempt(_ message: OutboxMessage, logger: Logger) async throws -> DeliveryResult {
        switch message.kind {
        case .event: return try events.route(message.subject, company: message.companyID)
        case .webhook: return try webhooks.route(message.subject, company: message.companyID)
        case .note: return try await notes.deliver(message)
        case .draft: return try await drafting.draft(message.subject, company: message.companyID, logger: logger)
        case .record where RecordLook.covers(message.subject):
            return try await looks.look(message.subject, company: message.companyID)
        case .record: return try await records.takeOver(message.subject, company: message.companyID)
        case .subscribe: return try await subscribing.subscribe(company: message.companyID)
        case .revoke: return try await revoking.revoke(message.subject, company: message.companyID)
        case .mail:
            guard let mails else { return .snoozed(seconds: 300, reason: "This drainer sends no mail") }
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

    /// DESIGN's answers: what waits, what is tried again, what never succeeds.
    static func result(of failure: CRMFailure) -> DeliveryResult {
        switch failure.kind {
        case .unauthorized, .grantRefused:
            return .snoozed(seconds: waitSeconds, reason: failure.description)
        case .wait(let seconds):
            return .snoozed(seconds: max(seconds ?? waitSeconds, 1), reason: failure.description)
        case .rejected:
            return .discarded(reason: failure.description)
        case .transient(let mayHaveTakenEffect, let retryAfter):
            return .failed(
                reason: failure.description, retryAfterSeconds: retryAfter, isUnclear: mayHaveTakenEffect)
        }
    }

    /// What has to be said elsewhere when a message is out of attempts.
    func gaveUp(_ message: OutboxMessage, reason: String) throws {
        switch message.kind {
        case .sync:
            guard let id = SyncRun.ID(text: message.subject) else { return }
            try sync.fail(id, company: message.companyID, reason: reason)
        case .draft:
            guard let deal = Int64(message.subject) else { return }
            try drafting.fail(Deal.ID(deal), company: message.companyID, reason: reason)
        case .mail: try mails?.gaveUp(message.subject, company: message.companyID, reason: reason)
        default: break
        }
    }
}
