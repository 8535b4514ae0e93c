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
    /// What a drainer does in each turn: `finish`, `renew`, `rescue`, `claim` and `companiesWithEvents`, in this order.
    func turn(_ turn: DrainTurn) throws -> DrainTurn.Outcome
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

extension DrainStore {
    /// A turn step by step. A store may do all of it in one round trip.
    public func turn(_ turn: DrainTurn) throws -> DrainTurn.Outcome { try inSteps(turn) }

    /// A turn step by step.
    public func inSteps(_ turn: DrainTurn) throws -> DrainTurn.Outcome {
        var outcome = DrainTurn.Outcome()
        outcome.ours = try finish(turn.results, worker: turn.worker)
        if !turn.renewals.isEmpty {
            outcome.renewed = try renew(turn.renewals, worker: turn.worker, seconds: turn.leaseSeconds)
        }
        if let due = turn.rescue {
            _ = try rescue(worker: turn.worker, repeatSeconds: due.repeatSeconds, backSeconds: due.backSeconds)
        }
        if let request = turn.claim {
            outcome.claimed = try claim(request)
            if turn.companyLimit > 0 { outcome.companies = try companiesWithEvents(limit: turn.companyLimit) }
        }
        return outcome
    }
}

/// What a drainer does in one transaction: results out, messages in.
public struct DrainTurn: Sendable {
    /// Who has the messages in hand.
    public var worker: String
    /// Attempts that are over.
    public var results: [FinishedAttempt]
    /// Messages whose leases are renewed.
    public var renewals: [OutboxMessage]
    /// How long they last then.
    public var leaseSeconds: Double
    /// Set when lost messages are to be returned.
    public var rescue: Rescue?
    /// Set when more is wanted.
    public var claim: ClaimRequest?
    /// Of so many companies with events is told, when more is wanted.
    public var companyLimit = 0

    /// See `DrainStore.rescue`.
    public struct Rescue: Hashable, Sendable {
        /// When what may have taken effect may be repeated.
        public let repeatSeconds: Double
        /// How far back is looked; nil: ever.
        public let backSeconds: Double?

        /// Makes the value.
        public init(repeatSeconds: Double, backSeconds: Double?) {
            self.repeatSeconds = repeatSeconds
            self.backSeconds = backSeconds
        }
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Of the results those that count; the others' leases were lost.
        public var ours: Set<OutboxMessage.ID> = []
        /// Of the renewals those that are still held.
        public var renewed: Set<OutboxMessage.ID> = []
        /// Messages, now this worker's.
        public var claimed: [OutboxMessage] = []
        /// Companies with events that are not routed yet.
        public var companies: [Company.ID] = []
        /// Whether there was nothing to do.
        public var isEmpty: Bool { claimed.isEmpty && companies.isEmpty }

        /// Nothing.
        public init() {}
    }

    /// Makes a turn of nothing.
    public init(worker: String, leaseSeconds: Double) {
        self.worker = worker
        self.leaseSeconds = leaseSeconds
        results = []
        renewals = []
    }
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
