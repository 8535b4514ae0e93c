public import Domain

/// Finds out whether an event of the books becomes a note.
public struct EventRouting: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// Queues the note of an event, if there is a connection, the kind is switched on and a deal is linked.
    ///
    /// Notes of one deal share a lane, so that they go out in the order of their events.
    public func route(_ subject: String, company: Company.ID) throws -> DeliveryResult {
        guard let id = BookEvent.ID(text: subject) else { return .discarded(reason: "The message names no event") }
        return try storage.transaction(.cron(company)) { transaction in
            guard let event = try transaction.events.event(id) else { return .discarded(reason: "No such event") }
            guard event.kind.noteText != nil else { return .completed(note: "Not forwarded") }
            let state = try transaction.connections.connection()?.state
            guard let state, state != .disconnected else { return .completed(note: "Not connected") }
            guard try transaction.settings.settings().forwardedEvents.contains(event.kind) else {
                return .completed(note: "Switched off")
            }
            guard let document = try transaction.events.document(of: event) else {
                return .completed(note: "The document is gone")
            }
            guard let lane = document.dealID.map({ "deal:\($0)" }) ?? document.leadID.map({ "lead:\($0)" }) else {
                return .completed(note: "No deal is linked")
            }
            try transaction.queue.add(
                NewMessage(kind: .note, subject: subject, idempotencyKey: subject, lane: lane))
            return .completed(note: "The note is queued")
        }
    }
}
