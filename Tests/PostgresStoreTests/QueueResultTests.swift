import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QueueResultTests {
    private static func state(_ stores: Stores) throws -> String? {
        try stores.text(
            "select state as value from (select state from queue.message union all select state from queue.finished) m")
    }

    private static func only(_ stores: Stores, worker: String = "w") throws -> OutboxMessage {
        let messages = try stores.messages(worker: worker)
        #expect(messages.count == 1)
        return try #require(messages.first)
    }

    private static func dueSeconds(_ stores: Stores) throws -> Double {
        let row = try stores.raw(
            "select extract(epoch from due_at - clock_timestamp())::double precision as value from queue.message")
        return try row.first?.double("value") ?? 0
    }

    @Test(arguments: [
        (DeliveryResult.completed(note: "note 5"), "completed"), (.discarded(reason: "gone"), "discarded"),
        (.cancelled(reason: "no longer wanted"), "cancelled"),
    ])
    func `a final result ends the message and its attempt`(result: DeliveryResult, state: String) throws {
        try withStores { stores throws in
            try stores.add("m")
            let message = try Self.only(stores)
            #expect(message.attempt == 1 && !message.hasUnclearAttempt)
            #expect(try stores.finish(message, result))
            #expect(try Self.state(stores) == state)
            #expect(try stores.claim() == [])
            let attempt = try stores.raw(
                """
                select a.outcome, a.number, a.worker, a.finished_at is not null as is_over,
                    m.finished_at is not null as is_done, m.reason = a.detail as is_same
                from queue.attempt a join (
                    select id, reason, finished_at from queue.message
                    union all select id, reason, finished_at from queue.finished) m on m.id = a.message_id
                """
            ).first
            let row = try #require(attempt)
            #expect(try row.string("outcome") == state && row.int("number") == 1 && row.string("worker") == "w")
            #expect(try row.bool("is_over") && row.bool("is_done") && row.bool("is_same"))
            #expect(try !stores.finish(message, result))
        }
    }

    @Test func `a failed attempt counts, waits for its time, and is discarded after the last`() throws {
        try withStores { stores throws in
            try stores.add("m")
            let failure = DeliveryResult.failed(reason: "HTTP 500", retryAfterSeconds: nil, isUnclear: false)
            #expect(try stores.finish(try Self.only(stores), failure, 600))
            #expect(try Self.state(stores) == "retryable")
            let seconds = try Self.dueSeconds(stores)
            #expect(seconds > 0 && seconds <= 600)
            #expect(try stores.claim() == [])
            try stores.web { try $0.queue.wake() }
            let second = try Self.only(stores)
            #expect(second.attempt == 2 && !second.hasUnclearAttempt)
            #expect(try stores.finish(second, failure, nil))
            #expect(try Self.state(stores) == "discarded")
            #expect(try stores.text("select reason as value from queue.message") == "HTTP 500")
            #expect(try stores.number("select count(*) as value from queue.attempt where outcome = 'failed'") == 2)
        }
    }

    @Test func `failures that a long piece of work got over do not add up`() throws {
        try withStores { stores throws in
            try stores.add("m")
            for _ in 0..<(RetryPolicy.attemptLimit * 2) {
                let message = try Self.only(stores)
                #expect(message.attempt == 1)
                #expect(
                    try stores.finish(message, .failed(reason: "HTTP 500", retryAfterSeconds: nil, isUnclear: false), 0)
                )
                let next = try Self.only(stores)
                #expect(next.attempt == 2)
                #expect(try stores.finish(next, .again))
            }
        }
    }

    @Test func `an unclear attempt is remembered through what follows`() throws {
        try withStores { stores throws in
            try stores.add("m")
            let unclear = DeliveryResult.failed(reason: "time-out", retryAfterSeconds: nil, isUnclear: true)
            #expect(try stores.finish(try Self.only(stores), unclear, 0))
            let second = try Self.only(stores)
            #expect(second.hasUnclearAttempt)
            #expect(try stores.finish(second, .failed(reason: "refused", retryAfterSeconds: nil, isUnclear: false), 0))
            #expect(try Self.only(stores).hasUnclearAttempt)
        }
    }

    @Test func `waiting and going on cost no attempt`() throws {
        try withStores { stores throws in
            try stores.add("m")
            for _ in 1...3 {
                let message = try Self.only(stores)
                #expect(message.attempt == 1)
                #expect(try stores.finish(message, .snoozed(seconds: 500, reason: "429")))
                #expect(try Self.state(stores) == "scheduled")
                let seconds = try Self.dueSeconds(stores)
                #expect(seconds > 0 && seconds <= 500)
                try stores.web { try $0.queue.wake() }
            }
            for _ in 1...3 {
                let message = try Self.only(stores)
                #expect(message.attempt == 1)
                #expect(try stores.finish(message, .again))
            }
            #expect(try Self.only(stores).attempt == 1)
            #expect(try stores.number("select count(*) as value from queue.attempt") == 6)
        }
    }

    @Test func `a message whose lease ran out is returned, and the late result counts for nothing`() throws {
        try withStores { stores throws in
            try stores.add("m")
            let lost = try Self.only(stores, worker: "same")
            #expect(try stores.rescue() == 0)
            try stores.raw("update queue.message set lease_until = clock_timestamp() - interval '1 second'")
            #expect(try stores.rescue() == 1)
            #expect(try stores.rescue() == 0)
            #expect(try !stores.finish(lost, .completed(note: nil), worker: "same"))
            let second = try Self.only(stores, worker: "same")
            #expect(second.attempt == 2 && second.hasUnclearAttempt)
            #expect(try !stores.finish(lost, .completed(note: nil), worker: "same"))
            #expect(try !stores.finish(second, .completed(note: nil), worker: "another"))
            #expect(try Self.state(stores) == "running")
            #expect(try stores.finish(second, .completed(note: nil), worker: "same"))
            let outcomes = try stores.raw("select outcome from queue.attempt order by started_at")
                .map { try $0.string("outcome") }
            #expect(outcomes == ["rescued", "completed"])
        }
    }

    @Test func `what a lost worker may have posted is looked for at once, and posted no earlier than safe`() throws {
        try withStores { stores throws in
            try stores.add("m")
            try stores.cron { _ = try $0.queue.add(NewMessage(kind: .record, subject: "r")) }
            #expect(try stores.messages(worker: "dead").count == 2)
            try stores.raw("update queue.message set lease_until = clock_timestamp() - interval '1 second'")
            #expect(try stores.rescue(repeatSeconds: 100) == 2)
            let messages = try stores.messages()
            let note = try #require(messages.first { $0.kind == .note })
            #expect(note.hasUnclearAttempt && note.repeatSeconds > 0 && note.repeatSeconds <= 99)
            #expect(messages.first { $0.kind == .record }?.repeatSeconds == 0)
        }
    }

    @Test func `two who rescue at once return each message once`() throws {
        try withStores { stores throws in
            for number in 1...30 { try stores.add("m\(number)") }
            _ = try stores.messages()
            try stores.raw("update queue.message set lease_until = clock_timestamp() - interval '1 second'")
            let rescued = race(4) { _ in try stores.rescue() }
            #expect(rescued.allSatisfy { $0.failure == nil })
            #expect(rescued.compactMap(\.value).reduce(0, +) == 30)
        }
    }

    @Test func `what waits for a company is cancelled, other companies' and events are not`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            try stores.add("theirs", company: other)
            try stores.add("done")
            #expect(try stores.finish(try #require(stores.messages().last), .completed(note: nil)))
            try stores.add("running")
            let running = try #require(try stores.messages().first)
            try stores.add("waiting")
            _ = try stores.web { try $0.events.append(.quoteSent, subject: UUID()) }
            #expect(try stores.web { try $0.queue.cancelWaiting(reason: "ended") } == 2)
            #expect(try stores.web { try $0.queue.cancelWaiting(reason: "ended") } == 0)
            #expect(try !stores.finish(running, .completed(note: nil)))
            let states = try stores.raw(
                """
                select subject, state from (
                    select id, kind, subject, state from queue.message
                    union all select id, kind, subject, state from queue.finished) m
                where kind = 'note' order by id
                """
            )
            .map { "\(try $0.string("subject")) \(try $0.string("state"))" }
            #expect(states == ["theirs running", "done completed", "running cancelled", "waiting cancelled"])
            #expect(try stores.everywhere { try $0.drain.companiesWithEvents(limit: 5) } == [stores.company])
        }
    }

    @Test func `waking lets a company's messages go on, and nobody else's`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            try stores.add("mine")
            try stores.add("theirs", company: other)
            for message in try stores.messages() {
                #expect(try stores.finish(message, .snoozed(seconds: 86_400, reason: "")))
            }
            #expect(try stores.claim() == [])
            try stores.web { try $0.queue.wake() }
            #expect(try stores.claim() == ["mine"])
        }
    }
}
