/// Messages of the transaction's company.
public protocol QueueStore {
    /// Adds a message; false when its idempotency key exists, also on a finished one.
    @discardableResult
    func add(_ message: NewMessage) throws -> Bool
    /// Cancels what waits or runs for the connection; mails, events and revocations stay. Says how many.
    func cancelWaiting(reason: String) throws -> Int
    /// Lets messages go on that wait: after a reconnect.
    func wake() throws
}

/// The queue as a drainer works on it, over all companies and as cron.
public protocol DrainStore {
    /// Companies with events that are not routed yet; at most `limit`.
    func companiesWithEvents(limit: Int) throws -> [Company.ID]
    /// Takes the transaction's company's oldest events off the queue, for this transaction. Empty when another one is
    /// at it: events of a company are routed by one at a time, so that the notes of a deal keep their order.
    func takeEvents(limit: Int) throws -> [TakenEvent]
    /// Queues the notes of taken events and writes down what became of each.
    func settle(_ events: [RoutedEvent]) throws
    /// Claims available messages under a lease: by priority, then age, fair over companies; of a lane only the first
    /// that is not finished; of a connection that is held back none, or one.
    func claim(_ request: ClaimRequest) throws -> [OutboxMessage]
    /// Writes the results of claimed messages with their attempts, and what follows for the connections' gates. The
    /// messages whose lease was lost meanwhile are left out of what it returns: their results count for nothing.
    func finish(_ attempts: [FinishedAttempt], worker: String) throws -> Set<OutboxMessage.ID>
    /// Makes leases last so many seconds from now; returns those messages that are still held.
    func renew(_ messages: [OutboxMessage], worker: String, seconds: Double) throws -> Set<OutboxMessage.ID>
    /// Returns messages whose lease ran out, in the last `backSeconds` or ever, and notes of other drainers whose session
    /// is gone; says how many. All are due at once; what may have taken effect is only looked for until `repeatSeconds`
    /// after its lease's end.
    func rescue(worker: String, repeatSeconds: Double, backSeconds: Double?) throws -> Int
}

/// What a drainer wants.
public struct ClaimRequest: Hashable, Sendable {
    /// Who holds the leases.
    public let worker: String
    /// At most so many.
    public let limit: Int
    /// How long the leases last.
    public let leaseSeconds: Double
    /// At most so many of one company, counted with what is held of it.
    public let share: Int
    /// What this worker holds already.
    public let held: [Company.ID: Int]
    /// Nothing of a priority above this number.
    public let lowestPriority: Int

    /// Makes a request.
    public init(
        worker: String, limit: Int, leaseSeconds: Double = 30, share: Int = .max, held: [Company.ID: Int] = [:],
        lowestPriority: Int = 9
    ) {
        self.worker = worker
        self.limit = limit
        self.leaseSeconds = leaseSeconds
        self.share = share
        self.held = held
        self.lowestPriority = lowestPriority
    }
}

/// An attempt that is over.
public struct FinishedAttempt: Hashable, Sendable {
    /// The message.
    public let message: OutboxMessage
    /// What is written about it.
    public let outcome: AttemptOutcome
    /// HTTP status, where there was an answer.
    public let httpStatus: Int?
    /// The beginning of the answer.
    public let excerpt: String?

    /// Makes the value.
    public init(message: OutboxMessage, outcome: AttemptOutcome, httpStatus: Int? = nil, excerpt: String? = nil) {
        self.message = message
        self.outcome = outcome
        self.httpStatus = httpStatus
        self.excerpt = excerpt
    }
}

/// An event off the queue.
public struct TakenEvent: Hashable, Sendable {
    /// The message that told of it.
    public let messageID: OutboxMessage.ID
    /// The event's identifier, as the message has it.
    public let subject: String

    /// Makes the value.
    public init(messageID: OutboxMessage.ID, subject: String) {
        self.messageID = messageID
        self.subject = subject
    }
}

/// What became of an event.
public struct RoutedEvent: Hashable, Sendable {
    /// The event.
    public let event: TakenEvent
    /// The message that follows; nil for none.
    public let note: NewMessage?
    /// What happened, in words.
    public let reason: String

    /// Makes the value.
    public init(event: TakenEvent, note: NewMessage?, reason: String) {
        self.event = event
        self.note = note
        self.reason = reason
    }
}

/// Drainers, as they tell of themselves.
public protocol DrainerStore {
    /// Says that a drainer lives and has something to do. With `hears` its session is open, by which others see whether
    /// it lives.
    func checkIn(worker: String, held: Int, hears: Bool) throws
    /// Says that it waits for the next seconds, while it holds so many messages. With `hears`, writers notify it. Returns the seconds until
    /// the next message becomes due; nil when none waits for its time.
    func idle(worker: String, held: Int, seconds: Double, hears: Bool) throws -> Double?
    /// Says that it ends, and forgets those that were not heard of for long.
    func checkOut(worker: String) throws
    /// Lets claims pass over what was finished long ago.
    func raiseFloors() throws
}

/// Work that comes back, claimed by one process at a time.
public protocol ChoreStore {
    /// True for the one caller that gets to do the chore now; the next time is `everySeconds` later.
    func claim(_ name: String, everySeconds: Int) throws -> Bool
    /// For how many seconds work has been due; negative before that, nil when it was never done.
    func secondsOverdue(_ name: String) throws -> Double?
}

/// Wakes a drainer when a message was added.
public protocol QueueSignal: Sendable {
    /// First whether notifications arrive at all, found out by sending one; then one element per notification, until
    /// the stream is let go. As long as it hears, others can see that `worker` lives. A lost notification is no harm: drainers poll too.
    func wakeUps(worker: String) -> AsyncStream<QueueWakeUp>
}

/// What a queue signal says.
public enum QueueWakeUp: Hashable, Sendable {
    /// A notification of its own came back: writers' will too.
    case hears
    /// None came back, or the session was lost, for this reason: polling alone serves.
    case isDeaf(reason: String)
    /// A message was added.
    case rang
}
