public import Domain

/// Posts the notes of events, each exactly once.
public struct NoteDelivery: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let leads: any LeadConversions
    private let tokens: AccessTokens
    private let publicURL: String

    /// Wires the use case; `publicURL` has no slash at the end.
    public init(
        storage: any Storage, crm: any CRM, leads: any LeadConversions, tokens: AccessTokens, publicURL: String
    ) {
        self.storage = storage
        self.crm = crm
        self.leads = leads
        self.tokens = tokens
        self.publicURL = publicURL
    }

    /// A message in hand.
    public typealias Held = (message: OutboxMessage, lease: Lease)

    /// Delivers messages of one company side by side; what they need of the database is read once for all of them.
    /// Each begins when it gets a slot, if `begins` still allows it then. `report` is called once for each, as soon as it
    /// is over, with the seconds since its own work began; not for those that did not begin.
    public func deliver(
        _ held: [Held], company: Company.ID, slots: DeliverySlots = DeliverySlots(),
        begins: @escaping @Sendable (OutboxMessage) -> Bool = { _ in true },
        report: @escaping @Sendable (OutboxMessage, Delivered, Double) -> Void
    ) async {
        let outline: Outline
        do {
            outline = try self.outline(of: held.map(\.message), company: company)
        } catch {
            // Nothing was sent: no attempt is lost.
            for entry in held {
                report(entry.message, Delivered(.snoozed(seconds: 1, reason: "The database did not answer")), 0)
            }
            return
        }
        let access = SharedAccess(tokens: tokens, company: company, stored: outline.stored)
        await withDiscardingTaskGroup { group in
            for (message, lease) in held {
                group.addTask {
                    guard await slots.take(company) else { return }
                    guard begins(message) else { return slots.give(back: company) }
                    let start = ContinuousClock.now
                    let delivered = await deliver(message, lease: lease, outline: outline, access: access)
                    slots.give(back: company)
                    report(message, delivered, (ContinuousClock.now - start) / .seconds(1))
                }
            }
        }
    }

    /// What the database says about a batch.
    private struct Outline: Sendable {
        let forwarded: Set<BookEvent.Kind>
        let details: [BookEvent.ID: EventDetails]
        let stored: AccessTokens.Stored
    }

    private func outline(of messages: [OutboxMessage], company: Company.ID) throws -> Outline {
        try storage.transaction(.cron(company)) { transaction in
            let details = try transaction.events.details(of: messages.compactMap { BookEvent.ID(text: $0.subject) })
            return Outline(
                forwarded: try transaction.settings.settings().forwardedEvents,
                details: Dictionary(details.map { ($0.event.id, $0) }) { first, _ in first },
                stored: try AccessTokens.stored(transaction))
        }
    }

    private func deliver(
        _ message: OutboxMessage, lease: Lease, outline: Outline, access: SharedAccess
    ) async -> Delivered {
        switch content(of: message, outline) {
        case .failure(let reason): return Delivered(reason.result)
        case .success(let note):
            do {
                return try await access.calling { access in
                    try await deliver(note, message, lease: lease, access: access)
                }
            } catch let failure as CRMFailure {
                return RetryPolicy.delivered(failure)
            } catch let ended as ConnectionEnded {
                return Delivered(.cancelled(reason: ended.reason))
            } catch {
                // Of the database, before anything was sent.
                return Delivered(.snoozed(seconds: 1, reason: "The database did not answer"))
            }
        }
    }

    /// Where an earlier attempt may have taken effect, the target's notes are searched for the reference first.
    private func deliver(
        _ note: Note, _ message: OutboxMessage, lease: Lease, access: PipedriveAccess
    ) async throws -> Delivered {
        guard let target = try await target(of: note, access: access) else {
            return Delivered(.discarded(reason: "The lead is gone, and no deal came of it"))
        }
        if message.hasUnclearAttempt || message.attempt > RetryPolicy.attemptLimit {
            if let earlier = try await found(note, at: target, message, access) { return earlier }
        }
        do {
            let id = try await crm.postNote(html: note.html, target: target, access: access.within(lease))
            return Delivered(.completed(note: "note \(id)"))
        } catch is LeasedAllowance.LeaseTooShort {
            return Delivered(.snoozed(seconds: 0, reason: "The lease had too little left to post"))
        }
    }

    /// How the message ends, or waits, by what is found; nil when it may be posted.
    private func found(
        _ note: Note, at target: NoteTarget, _ message: OutboxMessage, _ access: PipedriveAccess
    ) async throws -> Delivered? {
        let isEarly = message.repeatSeconds > 0.5
        let repeatSeconds = Int(message.repeatSeconds.rounded(.up))
        do {
            if let id = try await crm.findNote(containing: "\(note.reference)", target: target, access: access) {
                return Delivered(.completed(note: "note \(id)"))
            }
        } catch let failure as CRMFailure {
            // A look before its time is one too many, and one after the last attempt no other: neither costs an attempt.
            guard message.attempt > RetryPolicy.attemptLimit || isEarly, case .transient(_, let seconds) = failure.kind
            else { throw failure }
            let wait = isEarly ? repeatSeconds : RetryPolicy.waitSeconds
            return Delivered(
                .snoozed(seconds: max(seconds ?? wait, isEarly ? wait : 0), reason: failure.description),
                httpStatus: failure.status)
        }
        if isEarly {
            return Delivered(
                .snoozed(
                    seconds: repeatSeconds,
                    reason: "The note of the attempt that was cut off is not there"))
        }
        guard message.attempt > RetryPolicy.attemptLimit else { return nil }
        return Delivered(
            .discarded(reason: "\(RetryPolicy.attemptLimit) attempts failed, and the note is not there"))
    }

    private func target(of note: Note, access: PipedriveAccess) async throws -> NoteTarget? {
        guard case .lead(let id) = note.target else { return note.target }
        return try await leads.target(ofLead: id, access: access)
    }
}

extension NoteDelivery {
    /// What is posted, and where.
    private struct Note: Sendable {
        let html: String
        let target: NoteTarget
        let reference: EventReference
    }

    private struct Unsendable: Error {
        let result: DeliveryResult
    }

    private func content(of message: OutboxMessage, _ outline: Outline) -> Result<Note, Unsendable> {
        if let test = TestNote(subject: message.subject) {
            return .success(
                Note(
                    html: NoteContent.test(reference: test.reference), target: .deal(test.deal),
                    reference: test.reference))
        }
        func unsendable(_ result: DeliveryResult) -> Result<Note, Unsendable> { .failure(Unsendable(result: result)) }
        guard let id = BookEvent.ID(text: message.subject) else {
            return unsendable(.discarded(reason: "The message names no event"))
        }
        guard let details = outline.details[id], let document = details.document else {
            return unsendable(.discarded(reason: "The document is gone"))
        }
        // The switch counts now, not when the event happened.
        guard outline.forwarded.contains(details.event.kind) else {
            return unsendable(.cancelled(reason: "Switched off"))
        }
        guard let target = document.dealID.map(NoteTarget.deal) ?? document.leadID.map(NoteTarget.lead) else {
            return unsendable(.cancelled(reason: "No deal is linked any more"))
        }
        let reference = EventReference(id)
        // The page behind the login, not the customer's: a colleague who opens that one would count as the customer, and
        // its token would lie in the CRM.
        let subject = details.event.subjectID
        let page = document.isQuote ? "quotes/\(Quote.ID(subject).text)" : "invoices/\(Invoice.ID(subject).text)"
        guard
            let html = NoteContent.html(
                kind: details.event.kind, document: document, link: "\(publicURL)/\(page)", reference: reference)
        else { return unsendable(.discarded(reason: "This event is never posted")) }
        return .success(Note(html: html, target: target, reference: reference))
    }
}

/// The access of a batch: got once, and renewed once for all whom Pipedrive answers 401.
private actor SharedAccess {
    private let tokens: AccessTokens
    private let company: Company.ID
    private let stored: AccessTokens.Stored
    private var current: Task<PipedriveAccess, any Error>?

    init(tokens: AccessTokens, company: Company.ID, stored: AccessTokens.Stored) {
        self.tokens = tokens
        self.company = company
        self.stored = stored
    }

    private func access(refused: Secret? = nil) async throws -> PipedriveAccess {
        if let current {
            let known = try await current.value
            if known.accessToken != refused { return known }
        }
        let asking = Task { [tokens, company, stored] in
            // What was read with the batch serves until Pipedrive refuses it.
            guard refused != nil else { return try await tokens.access(stored, company: company, as: .note) }
            return try await tokens.access(company: company, refused: refused, as: .note)
        }
        current = asking
        return try await asking.value
    }

    nonisolated func calling(
        _ call: @Sendable (PipedriveAccess) async throws -> Delivered
    ) async throws -> Delivered {
        let first = try await access()
        do {
            return try await call(first)
        } catch let failure as CRMFailure where failure.kind == .unauthorized {
            return try await call(try await access(refused: first.accessToken))
        }
    }
}
