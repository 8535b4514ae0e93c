public import Domain

extension Integration {
    /// What the Events tab shows beside the switches.
    public struct NoteOverview: Sendable {
        /// How notes fare.
        public let figures: NoteFigures
        /// Why all of them wait; nil when they do not.
        public let held: HeldConnection?
        /// Notes that were given up, newest first, at most 100.
        public let discarded: [MessageRecord]

        /// Makes the value.
        public init(figures: NoteFigures, held: HeldConnection?, discarded: [MessageRecord]) {
            self.figures = figures
            self.held = held
            self.discarded = discarded
        }
    }

    /// Reads how the company's notes fare.
    public func notes(_ company: Company.ID) throws -> NoteOverview {
        try storage.transaction(.web(company)) { transaction in
            NoteOverview(
                figures: try transaction.queueHealth.noteFigures(),
                held: try transaction.queueHealth.heldConnections().first,
                discarded: Array(
                    try transaction.messageLog.messages([.discarded], limit: 500).filter { $0.kind == .note }
                        .prefix(100)))
        }
    }

    /// Lets all notes that were given up go out again; says how many.
    public func retryDiscardedNotes(_ company: Company.ID) throws -> Int {
        try storage.transaction(.web(company)) { try $0.messageLog.retryDiscarded(.note) }
    }

    /// Queues a test note. Throws `conflict` without a live connection.
    public func test(_ note: TestNote, _ company: Company.ID) throws {
        try storage.transaction(.web(company)) { transaction in
            guard try transaction.connections.connection()?.state == .live else {
                throw Refusal(.conflict, "Connect Pipedrive first.")
            }
            try transaction.queue.add(
                NewMessage(kind: .note, subject: note.subject, idempotencyKey: note.subject, lane: "deal:\(note.deal)"))
        }
    }
}
