import Domain
import DomainTestSupport
import FoundationEssentials
import Synchronization
import Testing
import Workflows

struct QueueDrainTests {
    private let office = Office.connected()

    private func queueNotes(_ count: Int) throws -> [BookEvent.ID] {
        try (0..<count).map { index in
            let quote = Quote.fixture(
                id: .numbered(UInt16(5000 + index)), state: .sent,
                content: .fixture(dealID: Deal.ID(Int64(index + 1))), publicToken: "t\(index)")
            office.storage.tenant.quotes.append(quote)
            return try office.storage.transaction(.web(office.company)) {
                try $0.events.append(.quoteSent, subject: quote.id.rawValue)
            }
        }
    }

    @Test func `everything that is due is done, and what it leaves behind too`() async throws {
        _ = try queueNotes(100)
        try await office.drainOnce()
        #expect(office.pipedrive.notes.count == 100)
        #expect(office.messages(.event).allSatisfy { $0.state == .completed })
        #expect(office.messages(.note).count == 100)
        #expect(office.messages(.note).allSatisfy { $0.state == .completed && $0.attempts == 1 })
    }

    @Test func `two drains side by side do each message once`() async throws {
        _ = try queueNotes(60)
        async let one: Void = office.drainOnce()
        async let other: Void = office.drainOnce()
        _ = try await (one, other)
        #expect(Set(office.pipedrive.notes.map(\.target)).count == 60)
        #expect(office.pipedrive.notes.count == 60)
    }

    @Test func `notes of one deal go out in the order of their events`() async throws {
        let quote = try office.quote(.sent, dealID: Deal.ID(7))
        for kind in [BookEvent.Kind.quoteSent, .quoteViewed, .quoteAccepted] {
            _ = try office.storage.transaction(.web(office.company)) {
                try $0.events.append(kind, subject: quote.id.rawValue)
            }
            try await office.drainOnce()
        }
        #expect(
            office.pipedrive.notes.map { String($0.html.prefix { $0 != "<" }) } == [
                "📧 Quote sent", "👁️ Quote viewed", "Quote accepted",
            ])
    }

    @Test func `a failed attempt waits for its backoff, and the sixth is the last`() async throws {
        _ = try queueNotes(1)
        office.pipedrive.edit { $0.failures["postNote"] = Array(repeating: .serverError, count: 6) }
        try await office.drainOnce()
        let base = try #require(office.messages(.note).first)
        #expect(base.state == .retryable)
        #expect((24...36).contains(base.dueInSeconds))
        for _ in 2...6 {
            office.storage.edit { state in
                state.gates = [:]
                for index in state.messages.indices { state.messages[index].dueInSeconds = 0 }
            }
            try await office.drainOnce()
        }
        #expect(office.messages(.note).map(\.state) == [.discarded])
        #expect(office.messages(.note).map(\.attempts) == [6])
        #expect(office.pipedrive.count("postNote") == 6)
        #expect(office.pipedrive.notes.isEmpty)
    }

    @Test func `a wait costs no attempt`() async throws {
        _ = try queueNotes(1)
        office.pipedrive.edit { $0.failures["postNote"] = [CRMFailure(.wait(seconds: 9), status: 429, reason: "Slow")] }
        try await office.drainOnce()
        #expect(office.messages(.note).map(\.attempts) == [0])
        #expect(office.messages(.note).map(\.dueInSeconds) == [9])
        #expect(office.messages(.note).map(\.state) == [.scheduled])
    }

    @Test func `after three failures the connection is held back, and one message tries it`() async throws {
        _ = try queueNotes(6)
        office.pipedrive.edit { $0.failures["postNote"] = Array(repeating: .serverError, count: 6) }
        try await office.drainOnce()
        // All six were in hand at once, so each paid with an attempt of its own.
        #expect(office.messages(.note).map(\.attempts) == Array(repeating: 1, count: 6))
        office.storage.edit { for index in $0.messages.indices { $0.messages[index].dueInSeconds = 0 } }
        try await office.drainOnce()
        #expect(office.pipedrive.count("postNote") == 6)
        office.storage.edit { $0.gates[office.company]?.seconds = 0 }
        try await office.drainOnce()
        #expect(office.pipedrive.notes.count == 6)
        #expect(office.storage.read { $0.gates }.isEmpty)
    }

    @Test func `what has nothing to do with Pipedrive goes on while a connection is held back`() async throws {
        office.storage.edit { $0.gates[office.company] = MemoryGate(failures: 3, seconds: 60, isClosed: true) }
        try office.queue(.webhook, "7")
        _ = try queueNotes(1)
        try await office.drainOnce()
        #expect(office.messages(.webhook).map(\.state) == [.completed])
        #expect(office.messages(.note).map(\.state) == [.available])
    }

    @Test func `nothing is claimed when it is told to stop`() async throws {
        _ = try queueNotes(3)
        try await office.drain.run(.whenNothingIsDue, logger: office.logger, isStopping: { true })
        #expect(office.messages(.event).allSatisfy { $0.state == .available })
    }

    @Test func `what is in hand is finished when it is told to stop`() async throws {
        let stop = Flag()
        let gate = Gate(drafter: .fixture())
        let drain = office.drain(drafter: gate)
        office.pipedrive.edit { script in
            for id in 1...3 { script.deals[Deal.ID(Int64(id))] = .fixture(deal: .fixture(id: Deal.ID(Int64(id)))) }
        }
        for id in 1...3 {
            _ = try office.storage.transaction(.cron(office.company)) {
                try $0.drafts.enter(DealEntry(dealID: Deal.ID(Int64(id))), flood: FloodRule())
            }
        }
        let running = Task {
            try await drain.run(.after(.seconds(3600)), logger: office.logger, isStopping: { stop.isSet })
        }
        await gate.waitUntilBegun(3)
        stop.set()
        try office.queue(.note, "later")
        gate.open()
        _ = try await running.value
        #expect(office.messages(.draft).allSatisfy { $0.state == .completed })
        #expect(office.storage.tenant.quotes.count == 3)
        #expect(office.messages(.note).map(\.state) == [.available])
    }

    @Test func `what has not begun when the grace is over is handed back, and has cost no attempt`() async throws {
        // A machine that stands still may let a whole run pass before anything is claimed: then a longer one.
        for seconds in [0.3, 3, 30, 300] {
            let office = Office.connected()
            let gate = Gate(drafter: .fixture())
            office.storage.edit { $0.claimsAhead = true }
            office.pipedrive.edit { script in
                for id in 1...3 { script.deals[Deal.ID(Int64(id))] = .fixture(deal: .fixture(id: Deal.ID(Int64(id)))) }
            }
            for id in 1...3 {
                _ = try office.storage.transaction(.cron(office.company)) {
                    try $0.drafts.enter(DealEntry(dealID: Deal.ID(Int64(id))), flood: FloodRule())
                }
            }
            let drain = office.drain(
                drafter: gate, limits: QueueDrain.Limits(messages: 1, perCompany: 1), grace: .milliseconds(100))
            let summary = try await drain.run(
                .after(.seconds(seconds)), logger: office.logger, isStopping: { false })
            gate.open()
            let messages = office.messages(.draft)
            guard gate.begunCount > 0 else { continue }
            #expect(gate.begunCount == 1)
            #expect(summary.lost == 1 && summary.waiting == 2)
            #expect(messages.filter { $0.state == .running }.map(\.attempts) == [1])
            let back = messages.filter { $0.state == .scheduled }
            #expect(back.count == 2 && back.allSatisfy { $0.attempts == 0 && $0.claims == 1 && $0.dueInSeconds == 0 })
            #expect(back.allSatisfy { !$0.hasUnclearAttempt })
            return
        }
        Issue.record("Nothing was ever claimed")
    }

    @Test func `a result that cannot be written is thrown at the end, and cancels nothing in hand`() async throws {
        let gate = Gate(drafter: .fixture())
        let drain = office.drain(drafter: gate)
        office.pipedrive.edit { $0.deals[Deal.ID(1)] = .fixture(deal: .fixture(id: Deal.ID(1))) }
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(1)), flood: FloodRule())
        }
        let running = Task { try await drain.run(.after(.seconds(3600)), logger: office.logger, isStopping: { false }) }
        await gate.waitUntilBegun(1)
        // A second message whose result fails to be written while the first is in hand.
        office.storage.edit { $0.failsToFinish = [.webhook] }
        try office.queue(.webhook, "nonsense")
        office.signal.ring()
        while office.storage.read({ $0.downCount }) == 0 { await Task.yield() }
        // Time for a cancellation to arrive, if there were one; nothing is lost when it is too short.
        for _ in 0..<5000 { await Task.yield() }
        gate.open()
        await #expect(throws: MemoryStorage.Down.self) { try await running.value }
        #expect(office.messages(.draft).map(\.state) == [.completed])
        #expect(!gate.wasCancelled)
    }

    @Test func `a signal wakes a drain that waits`() async throws {
        let stop = Flag()
        let running = Task { [drain = office.drain, logger = office.logger] in
            try await drain.run(.after(.seconds(3600)), logger: logger, isStopping: { stop.isSet })
        }
        _ = try queueNotes(1)
        office.signal.ring()
        while office.pipedrive.notes.isEmpty { await Task.yield() }
        stop.set()
        office.signal.ring()
        _ = try await running.value
        #expect(office.messages(.note).map(\.state) == [.completed])
    }
}

extension Office {
    /// A drain whose drafts stand still at a gate.
    func drain(
        drafter: any QuoteDrafter, limits: QueueDrain.Limits = QueueDrain.Limits(), grace: Duration = QueueDrain.grace
    ) -> QueueDrain {
        let drafting = QuoteDrafting(
            storage: storage, crm: pipedrive, tokens: tokens, drafter: drafter, secrets: secrets, clock: { .fixture })
        let deliveries = Deliveries(
            events: eventRouting, webhooks: webhookRouting, notes: notes, drafting: drafting, records: records,
            pushes: pushes, looks: looks, sync: sync, subscribing: subscribing, revoking: revoking, sweep: sweep,
            tokens: tokens)
        return QueueDrain(
            storage: storage, signal: signal, deliveries: deliveries, retry: RetryPolicy(), worker: "worker-1",
            limits: limits, grace: grace)
    }
}
