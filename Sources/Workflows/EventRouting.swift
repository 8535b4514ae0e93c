public import Domain

/// Finds out whether events of the books become notes.
public struct EventRouting: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// Routes the company's oldest events, at most `limit`; says how many there were. All in one transaction: an event
    /// leaves the queue only with its note.
    ///
    /// An event becomes a note if there is a connection, its kind is switched on and a deal is linked. Notes of one deal
    /// share a lane, so that they go out in the order of their events.
    public func route(_ company: Company.ID, limit: Int = 500) throws -> Int {
        try storage.transaction(.cron(company)) { transaction in
            let taken = try transaction.drain.takeEvents(limit: limit)
            guard !taken.isEmpty else { return 0 }
            let state = try transaction.connections.connection()?.state
            let isConnected = state != nil && state != .disconnected
            let forwarded = isConnected ? try transaction.settings.settings().forwardedEvents : []
            let ids = taken.compactMap { BookEvent.ID(text: $0.subject) }
            let details = isConnected ? try transaction.events.details(of: ids) : []
            let byID = Dictionary(details.map { ($0.event.id, $0) }) { first, _ in first }
            try transaction.drain.settle(
                taken.map { event in
                    guard isConnected else { return RoutedEvent(event: event, note: nil, reason: "Not connected") }
                    return Self.routed(event, BookEvent.ID(text: event.subject).flatMap { byID[$0] }, forwarded)
                })
            return taken.count
        }
    }

    private static func routed(
        _ taken: TakenEvent, _ details: EventDetails?, _ forwarded: Set<BookEvent.Kind>
    ) -> RoutedEvent {
        func nothing(_ reason: String) -> RoutedEvent { RoutedEvent(event: taken, note: nil, reason: reason) }
        guard let details else { return nothing("No such event") }
        guard details.event.kind.noteText != nil else { return nothing("Not forwarded") }
        guard forwarded.contains(details.event.kind) else { return nothing("Switched off") }
        guard let document = details.document else { return nothing("The document is gone") }
        guard let lane = document.dealID.map({ "deal:\($0)" }) ?? document.leadID.map({ "lead:\($0)" }) else {
            return nothing("No deal is linked")
        }
        return RoutedEvent(
            event: taken,
            note: NewMessage(
                kind: .note, subject: taken.subject, idempotencyKey: taken.subject, lane: lane,
                causedAt: details.event.occurredAt),
            reason: "The note is queued")
    }
}
