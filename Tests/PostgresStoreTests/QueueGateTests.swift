import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QueueGateTests {
    private func failed(_ message: OutboxMessage, in stores: Stores) throws -> Bool {
        try stores.finish(
            message,
            AttemptOutcome(.retryable, .failed, detail: "HTTP 500", delaySeconds: 0, gate: .failed(seconds: 600)))
    }

    @Test func `three failures close the gate, after its time one message goes, and its success opens it`() throws {
        try withStores { stores throws in
            for number in 1...9 { try stores.add("\(number)") }
            let other = try stores.makeCompany()
            for message in try stores.messages(limit: 3) { #expect(try failed(message, in: stores)) }
            try stores.add("theirs", company: other)
            #expect(try stores.claim() == ["theirs"])
            let held = try stores.everywhere { try $0.queueHealth.heldConnections() }
            #expect(held.map(\.companyID) == [stores.company] && held.first?.failureCount == 3)
            try stores.endWaits()
            let probes = race(4) { _ in try stores.messages(limit: 5) }.compactMap(\.value).flatMap(\.self)
            #expect(probes.count == 1 && probes.allSatisfy(\.isProbe))
            let probe = try #require(probes.first)
            #expect(try failed(probe, in: stores))
            #expect(try stores.claim() == [])
            try stores.endWaits()
            let second = try #require(try stores.messages().first)
            #expect(try stores.finish(second, .completed(note: nil)))
            #expect(try stores.everywhere { try $0.queueHealth.heldConnections() }.isEmpty)
            #expect(try stores.claim().count == 8)
        }
    }

    @Test func `a success in between starts the count anew`() throws {
        try withStores { stores throws in
            for number in 1...6 { try stores.add("\(number)") }
            let messages = try stores.messages()
            for message in messages.prefix(2) { #expect(try failed(message, in: stores)) }
            #expect(try stores.finish(messages[2], .completed(note: nil)))
            for message in messages[3...4] { #expect(try failed(message, in: stores)) }
            #expect(try stores.everywhere { try $0.queueHealth.heldConnections() }.isEmpty)
        }
    }

    @Test func `a limit holds the connection; what went out before says nothing about it, waking opens it`() throws {
        try withStores { stores throws in
            for number in 1...5 { try stores.add("\(number)") }
            let messages = try stores.messages(limit: 3)
            let waits = AttemptOutcome(
                .scheduled, .snoozed, detail: "429", delaySeconds: 600, isCounted: false, gate: .closed(seconds: 600))
            #expect(try stores.finish(messages[0], waits))
            #expect(try stores.finish(messages[1], .completed(note: nil)))
            #expect(try stores.claim() == [])
            try stores.cron { _ = try $0.queue.add(NewMessage(kind: .webhook, subject: "hook")) }
            #expect(try stores.claim() == ["hook"])
            try stores.web { try $0.queue.wake() }
            #expect(Set(try stores.claim()) == ["1", "4", "5"])
        }
    }

    /// The seconds for which the gate stays closed.
    private func closedSeconds(_ stores: Stores) throws -> Double {
        let row = try stores.raw(
            "select extract(epoch from closed_until - clock_timestamp())::double precision as value from queue.gate")
        return try row.first?.double("value") ?? 0
    }

    @Test func `who went ahead and was told to wait holds the connection for that time, not for its lease's`() throws {
        try withStores { stores throws in
            for number in 1...5 { try stores.add("\(number)") }
            func wait(_ message: OutboxMessage, _ gate: AttemptOutcome.Gate) throws -> Bool {
                try stores.finish(
                    message,
                    AttemptOutcome(.scheduled, .snoozed, detail: "429", delaySeconds: 5, isCounted: false, gate: gate))
            }
            func probe() throws -> OutboxMessage {
                try stores.endWaits()
                let probe = try #require(try stores.messages(leaseSeconds: 500).first)
                #expect(try probe.isProbe && closedSeconds(stores) > 400)
                return probe
            }
            #expect(try wait(try #require(try stores.messages(limit: 1).first), .closed(seconds: 5)))
            #expect(try wait(try probe(), .closed(seconds: 50)))
            #expect(try closedSeconds(stores) <= 50)
            #expect(try wait(try probe(), .failed(seconds: 50)))
            #expect(try closedSeconds(stores) <= 50)
            // What says nothing about the connection lets another one go ahead.
            #expect(try wait(try probe(), .unchanged))
            let next = try stores.messages()
            #expect(next.count == 1 && next.first?.isProbe == true)
        }
    }

    private static let short = AttemptOutcome(
        .scheduled, .snoozed, detail: "429", delaySeconds: 5, isCounted: false, gate: .closed(seconds: 5))
    private static let long = AttemptOutcome(
        .scheduled, .snoozed, detail: "429", delaySeconds: 600, isCounted: false, gate: .closed(seconds: 600))

    @Test(arguments: [
        AttemptOutcome(.completed, .completed, gate: .open), AttemptOutcome(.cancelled, .cancelled),
        AttemptOutcome(.retryable, .failed, delaySeconds: 5, gate: .failed(seconds: 5)), short,
    ])
    func `who went ahead ends no wait that another answer told while it was out`(result: AttemptOutcome) throws {
        try withStores { stores throws in
            for number in 1...6 { try stores.add("\(number)") }
            let early = try stores.messages(limit: 3)
            #expect(try stores.finish(early[0], Self.short))
            try stores.endWaits()
            let probe = try #require(try stores.messages(limit: 1).first)
            #expect(probe.isProbe)
            // It was sent before anything was known of the new wait, as were the two that still are out.
            #expect(try stores.finish(early[1], Self.long))
            #expect(try stores.finish(probe, result))
            #expect(try closedSeconds(stores) > 500)
            #expect(try stores.finish(early[2], .completed(note: nil)))
            #expect(try closedSeconds(stores) > 500)
            #expect(try stores.claim() == [])
            try stores.endWaits()
            let next = try #require(try stores.messages().first)
            #expect(next.isProbe)
            #expect(try stores.finish(next, .completed(note: nil)))
            #expect(try stores.number("select count(*) as value from queue.gate") == 0)
        }
    }

    @Test func `failures after a wait was told, and a success among them, do not shorten it`() throws {
        try withStores { stores throws in
            for number in 1...6 { try stores.add("\(number)") }
            let early = try stores.messages(limit: 5)
            #expect(try stores.finish(early[0], Self.long))
            for message in early[1...3] { #expect(try failed(message, in: stores)) }
            #expect(try stores.finish(early[4], .completed(note: nil)))
            let seconds = try closedSeconds(stores)
            #expect(seconds > 500 && seconds <= 600)
            #expect(try stores.everywhere { try $0.queueHealth.heldConnections() }.map(\.failureCount) == [0])
            #expect(try stores.claim() == [])
        }
    }
}

extension Stores {
    /// The gates' waits are over.
    func endWaits() throws {
        try raw(
            """
            update queue.gate set
                told_until = least(told_until, clock_timestamp() - interval '1 second'),
                failing_until = least(failing_until, clock_timestamp() - interval '1 second'),
                probing_until = least(probing_until, clock_timestamp() - interval '1 second')
            """)
    }
}
