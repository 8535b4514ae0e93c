public import Domain
import DomainTestSupport
import FoundationEssentials
import Logging
import Synchronization
import Workflows

/// What a storm is made of.
public struct StormSettings: Sendable, CustomStringConvertible {
    /// What people do.
    public var history: UInt64
    /// In which order and how often it is delivered, what is lost, who is killed.
    public var delivery: UInt64
    /// Of every kind.
    public var direction: SyncDirection
    /// Whether no two edits between two syncs touch the same field.
    public var isCalm: Bool
    /// Times that people work between two full runs.
    public var epochs: Int
    /// Things that people do in each.
    public var acts: Int

    /// Makes settings.
    public init(
        history: UInt64, delivery: UInt64, direction: SyncDirection = .both, isCalm: Bool, epochs: Int = 3,
        acts: Int = 8
    ) {
        self.history = history
        self.delivery = delivery
        self.direction = direction
        self.isCalm = isCalm
        self.epochs = epochs
        self.acts = acts
    }

    /// With its seeds.
    public var description: String {
        "history \(history), delivery \(delivery), \(direction.rawValue), \(isCalm ? "calm" : "conflicting")"
    }
}

/// A history of what people do on both sides, with the sync at work meanwhile: delivered in any order, repeated, lost,
/// with processes killed. Runs on one thread, so that a seed gives the same storm each time.
public final class Storm {
    let settings: StormSettings
    let storage = MemoryStorage()
    let pipedrive = StormPipedrive()
    let company = Company.ID.numbered(1)
    let logger = Logger(label: "storm") { _ in SwiftLogNoOpLogHandler() }
    var history: StormRandom
    var delivery: StormRandom
    var people: StormPeople
    var isCalmWeather = false
    /// Whether the answer to every write is lost, once it has taken effect.
    var losesEveryAnswer = false
    /// What broke a promise, in words.
    public private(set) var broken: [String] = []
    /// Processes that were killed.
    public private(set) var killCount = 0
    /// Hears of everything that happens, for looking into a seed.
    public var tracer: ((String) -> Void)?
    private var depth = 0
    private var deliveryCount: Int64 = 0
    private var seconds = 0.0

    /// Prepares a storm.
    public init(_ settings: StormSettings) {
        self.settings = settings
        history = StormRandom(seed: settings.history)
        delivery = StormRandom(seed: settings.delivery &* 31 &+ 7)
        people = StormPeople(isCalm: settings.isCalm)
        storage.connect()
        storage.edit { state in
            state.tenants[company]?.ruled = RuledState()
            state.tenants[company]?.isApplied = true
            state.tenants[company]?.settings.directions = [
                .organization: settings.direction, .person: settings.direction, .product: settings.direction,
            ]
        }
    }

    func note(_ words: String) { broken.append(words) }

    /// Runs it to its end; what broke a promise is in `broken`.
    public func run() async throws {
        isCalmWeather = true
        try people.begin(self)
        try await settle()
        for epoch in 1...settings.epochs {
            isCalmWeather = false
            people.startEpoch(epoch)
            people.plan(settings.acts, &history)
            while people.hasActs {
                try people.act(self)
                for _ in 0..<delivery.below(4) { try await disturb() }
            }
            isCalmWeather = true
            if delivery.chance(0.5) { try deliverAll() } else { while pipedrive.takeEvent(0) != nil {} }
            try await settle()
            check(afterEpoch: epoch)
        }
        try await checkThatAnotherRunWritesNothing()
        if settings.direction != .both { try await turnBothWays() }
    }

    /// Whatever the direction was, values travel both ways once that is chosen.
    private func turnBothWays() async throws {
        storage.edit { state in
            for kind in RecordKind.allCases { state.tenants[company]?.settings.directions[kind] = .both }
        }
        try await settle()
        checkPairs(storage.tenant.ruled ?? RuledState(), settings.epochs + 1)
        try await checkThatAnotherRunWritesNothing()
    }

    // MARK: Weather

    /// One thing that the sync, or the network, does.
    private func disturb() async throws {
        switch delivery.below(10) {
        case 0, 1, 2: try deliverOne()
        case 3: _ = pipedrive.takeEvent(delivery.below(pipedrive.events.count))
        case 4 where !isRunning: try startRun()
        case 5: advance(Double(delivery.below(40)))
        default: try await handleOne()
        }
        people.look(self)
    }

    func advance(_ more: Double) {
        seconds += more
        let now = Date.fixture.addingTimeInterval(seconds)
        storage.edit { $0.now = now }
        pipedrive.advance(to: now)
    }

    private func deliverOne() throws {
        let count = pipedrive.events.count
        guard count > 0, let event = pipedrive.takeEvent(delivery.below(count)) else { return }
        try deliver(event)
        if delivery.chance(0.15) { try deliver(event) }
    }

    private func deliverAll() throws {
        while let event = pipedrive.takeEvent(delivery.below(pipedrive.events.count)) { try deliver(event) }
    }

    private func deliver(_ event: WebhookEvent) throws {
        tracer?("delivered: \(event.entity) \(event.entityID) \(event.mergedInto.map { "into \($0)" } ?? "")")
        deliveryCount += 1
        let number = deliveryCount
        storage.edit { $0.tenants[company]?.inbox[number] = StormPipedrive.body(event) }
        try storage.transaction(.cron(company)) {
            _ = try $0.queue.add(NewMessage(kind: .webhook, subject: "\(number)"))
        }
    }

    // MARK: The queue

    private var open: [StoredMessage] {
        storage.read { $0.messages.filter { $0.state == .available } }
    }

    private var isRunning: Bool { storage.tenant.runs.contains { $0.state == .running } }

    func startRun() throws {
        _ = try storage.transaction(.cron(company)) { try $0.sync.start(.manual, mode: .full) }
    }

    private func handleOne() async throws {
        let open = open
        guard !open.isEmpty else { return }
        let process =
            delivery.chance(0.12)
            ? StormProcess(dyingAfter: 1 + delivery.below(14), afterEffect: delivery.chance(0.5)) : StormProcess()
        _ = try await handle(open[delivery.below(open.count)], process)
    }

    /// The result; nil when the process was killed, and the message will be tried again.
    private func handle(_ message: StoredMessage, _ process: StormProcess) async throws -> DeliveryResult? {
        setState(message.id, .running)
        do {
            let result = try await work(message, process)
            if process.isDead { throw StormProcess.Killed() }
            tracer?("\(message.new.kind) \(message.new.subject): \(result)")
            switch result {
            case .completed, .cancelled, .discarded: setState(message.id, .completed)
            case .again, .snoozed, .failed: setState(message.id, .available)
            }
            return result
        } catch is StormProcess.Killed {
            killCount += 1
            tracer?("\(message.new.kind) \(message.new.subject): killed after \(process.steps) steps")
            setState(message.id, .available)
            return nil
        } catch let failure as CRMFailure {
            tracer?("\(message.new.kind) \(message.new.subject): \(failure)")
            setState(message.id, .available)
            return .failed(reason: "", retryAfterSeconds: nil, isUnclear: false)
        }
    }

    private func setState(_ id: Int64, _ state: OutboxMessage.State) {
        storage.edit { all in
            guard let place = all.messages.firstIndex(where: { $0.id == id }) else { return }
            all.messages[place].state = state
        }
    }

    private func work(_ message: StoredMessage, _ process: StormProcess) async throws -> DeliveryResult {
        let storage = ProcessStorage(storage: self.storage, process: process)
        let weather = Weather(self)
        let crm = ProcessPipedrive(
            pipedrive: pipedrive, process: process, fault: { weather.fault(isWrite: $0) },
            meanwhile: { try await weather.meanwhile() })
        let tokens = AccessTokens(storage: storage, oauth: ScriptedPipedrive(), clock: { .fixture })
        switch message.new.kind {
        case .webhook:
            return try WebhookRouting(storage: storage, webhooks: pipedrive).route(
                message.new.subject, company: company)
        case .record:
            return try await RecordTakeover(storage: storage, crm: crm, tokens: tokens)
                .takeOver(message.new.subject, company: company)
        case .push:
            return try await RecordPush(storage: storage, crm: crm, tokens: tokens)
                .push(message.new.subject, company: company)
        case .sync:
            guard let id = SyncRun.ID(text: message.new.subject) else { return .discarded(reason: "No run") }
            return try await SyncSteps(storage: storage, crm: crm, tokens: tokens)
                .advance(id, company: company, logger: logger)
        default: return .completed(note: nil)
        }
    }

    /// What requests meet. All of a storm runs on one thread, one thing after the other.
    private final class Weather: @unchecked Sendable {
        private let storm: Storm

        init(_ storm: Storm) { self.storm = storm }

        func fault(isWrite: Bool) -> StormPipedrive.Fault? {
            if storm.losesEveryAnswer { return isWrite ? .after : nil }
            guard !storm.isCalmWeather, storm.delivery.chance(isWrite ? 0.2 : 0.05) else { return nil }
            return [.before, .after, .wait][storm.delivery.below(3)]
        }

        /// People go on working, and others read and write, while a request is under way.
        func meanwhile() async throws {
            guard !storm.isCalmWeather, storm.depth < 2, storm.delivery.chance(0.3) else { return }
            storm.depth += 1
            defer { storm.depth -= 1 }
            if storm.delivery.chance(0.5), storm.people.hasActs { try storm.people.act(storm) }
            try await storm.disturb()
        }
    }

    // MARK: Calm

    /// A full run, begun now, to its end, and everything that waits.
    func settle() async throws {
        try await drain()
        try startRun()
        try await drain()
        people.look(self)
    }

    /// Until the queue is empty, or the process that does it is killed.
    func drain(_ process: StormProcess = StormProcess()) async throws {
        var patience = 3000
        while !open.isEmpty {
            var didSomething = false
            for message in open {
                let result = try await handle(message, process)
                if process.isDead { return }
                if case .snoozed(let seconds, _) = result {
                    advance(Double(max(seconds, 1)))
                } else if case .failed = result {
                    advance(5)
                } else {
                    didSomething = true
                }
            }
            // What a dead process had taken or leased is free again after a minute.
            if !didSomething { advance(31) }
            patience -= 1
            if patience == 0 {
                note("The queue does not become empty: \(open.map { "\($0.new.kind) \($0.new.subject)" })")
                return
            }
        }
    }

    func checkThatAnotherRunWritesNothing() async throws {
        let before = (
            pipedrive.writeCount, storage.tenant.ruled?.writeCount, Set(locals), pipedrive.records
        )
        try await settle()
        let after = (pipedrive.writeCount, storage.tenant.ruled?.writeCount, Set(locals), pipedrive.records)
        if before != after {
            let changed = after.2.subtracting(before.2).map { "\($0.values)" }
            note(
                "A second run wrote \(after.0 - before.0) records there, \((after.1 ?? 0) - (before.1 ?? 0)) here: "
                    + changed.joined(separator: ", "))
        }
    }
}
