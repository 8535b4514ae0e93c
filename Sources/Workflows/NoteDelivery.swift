public import Domain

/// Posts the note of an event, exactly once.
public struct NoteDelivery: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let tokens: AccessTokens
    private let publicURL: String

    /// Wires the use case; `publicURL` has no slash at the end.
    public init(storage: any Storage, crm: any CRM, tokens: AccessTokens, publicURL: String) {
        self.storage = storage
        self.crm = crm
        self.tokens = tokens
        self.publicURL = publicURL
    }

    /// Delivers. Where an earlier attempt may have taken effect, the deal's notes are searched for the reference first.
    public func deliver(_ message: OutboxMessage) async throws -> DeliveryResult {
        guard let id = BookEvent.ID(text: message.subject) else {
            return .discarded(reason: "The message names no event")
        }
        let found = try storage.transaction(.cron(message.companyID)) { transaction in
            try transaction.events.event(id).map { ($0, try transaction.events.document(of: $0)) }
        }
        guard let (event, document) = found, let document else { return .discarded(reason: "The document is gone") }
        guard let target = document.dealID.map(NoteTarget.deal) ?? document.leadID.map(NoteTarget.lead) else {
            return .cancelled(reason: "No deal is linked any more")
        }
        let reference = EventReference(id)
        let link = "\(publicURL)/\(document.isQuote ? "q" : "i")/\(document.publicToken)"
        guard let html = NoteContent.html(kind: event.kind, document: document, link: link, reference: reference)
        else { return .discarded(reason: "This event is never posted") }
        let crm = self.crm
        let isUnclear = message.hasUnclearAttempt
        let note = try await tokens.calling(message.companyID) { access in
            if isUnclear,
                let earlier = try await crm.findNote(containing: "\(reference)", target: target, access: access)
            {
                return earlier
            }
            return try await crm.postNote(html: html, target: target, access: access)
        }
        return .completed(note: "note \(note)")
    }
}
