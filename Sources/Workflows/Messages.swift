public import Domain

/// The queue as an operator sees it, over all companies.
public struct Messages: Sendable {
    private let storage: any Storage

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// How many messages there are, by kind and state.
    public func counts() throws -> [MessageCount] {
        try storage.transaction(.cron(nil)) { try $0.messageLog.counts() }
    }

    /// How the queue is doing.
    public struct Health: Sendable {
        /// How many messages there are, by kind and state.
        public let counts: [MessageCount]
        /// How fast they are finished.
        public let rates: [FinishRate]
        /// Connections whose messages wait.
        public let held: [HeldConnection]
        /// Drainers that live.
        public let drainers: [LiveDrainer]
    }

    /// Reads how the queue is doing.
    public func health() throws -> Health {
        try storage.transaction(.cron(nil)) {
            Health(
                counts: try $0.messageLog.counts(), rates: try $0.queueHealth.rates(),
                held: try $0.queueHealth.heldConnections(), drainers: try $0.queueHealth.drainers())
        }
    }

    /// Newest first.
    public func list(_ states: Set<OutboxMessage.State>?, limit: Int) throws -> [MessageRecord] {
        try storage.transaction(.cron(nil)) { try $0.messageLog.messages(states, limit: limit) }
    }

    /// Lets a message go out again at once. Throws `notFound`.
    public func retry(_ id: OutboxMessage.ID) throws {
        guard try storage.transaction(.cron(nil), { try $0.messageLog.retry(id) }) else {
            throw Refusal(.notFound, "There is no waiting or discarded message \(id).")
        }
    }

    /// Gives a waiting message up. Throws `notFound`.
    public func discard(_ id: OutboxMessage.ID) throws {
        guard try storage.transaction(.cron(nil), { try $0.messageLog.discard(id, reason: "By an operator") }) else {
            throw Refusal(.notFound, "There is no waiting message \(id).")
        }
    }
}
