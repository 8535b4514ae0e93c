import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QueueClaimTests {
    @Test func `claims go by priority, of all companies, and by age within one`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            try stores.add("late", priority: 5)
            try stores.add("b", priority: 2, company: other)
            try stores.add("c", priority: 2)
            try stores.add("first", priority: 1)
            try stores.add("d", priority: 2)
            #expect(try stores.claim(limit: 1) == ["first"])
            let rest = try stores.claim()
            #expect(rest.last == "late" && rest.contains("b"))
            #expect(rest.filter { $0 != "b" } == ["c", "d", "late"])
            #expect(try stores.claim() == [])
        }
    }

    @Test func `a claim outlasts a crash of the server, also where the database asks for no such thing`() throws {
        try withStores { stores throws in
            func durability() throws -> String? {
                let connection = try stores.database.connect()
                defer { connection.close() }
                return try connection.transaction(prelude: ["set local synchronous_commit = off"]) { connection in
                    _ = try connection.query(
                        """
                        select * from queue.claim(
                            'w', 10, 60, 10, array['note', 'record', 'push'], 9::smallint, '{}', '{}')
                        """)
                    return try connection.query("select current_setting('synchronous_commit') as value").first?
                        .optionalString("value")
                }
            }
            try stores.add("one")
            #expect(try durability() == "on")
            #expect(try durability() == "off")
        }
    }

    @Test func `what is due later is not claimed before`() throws {
        try withStores { stores throws in
            try stores.add("now")
            try stores.add("later")
            let messages = try stores.messages()
            #expect(messages.map(\.subject) == ["now", "later"])
            #expect(try stores.finish(messages[0], .again))
            #expect(try stores.finish(messages[1], .snoozed(seconds: 3_600, reason: "429")))
            #expect(try stores.claim() == ["now"])
            try stores.raw("update queue.message set due_at = clock_timestamp() where subject = 'later'")
            #expect(try stores.claim() == ["later"])
        }
    }

    @Test func `of a lane only the first unfinished goes out, of other lanes and companies too`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            for subject in ["a1", "a2", "a3"] { try stores.add(subject, lane: "a") }
            try stores.add("b1", lane: "b")
            try stores.add("other", lane: "a", company: other)
            try stores.add("none")
            let first = try stores.messages()
            #expect(first.map(\.subject) == ["a1", "b1", "other", "none"])
            #expect(try stores.claim() == [])
            #expect(try stores.finish(first[0], .failed(reason: "no", retryAfterSeconds: nil, isUnclear: false), 3_600))
            #expect(try stores.claim() == [])
            try stores.web { try $0.queue.wake() }
            let again = try stores.messages()
            #expect(again.map(\.subject) == ["a1"])
            #expect(try stores.finish(again[0], .discarded(reason: "no")))
            let second = try stores.messages()
            #expect(second.map(\.subject) == ["a2"])
            #expect(try stores.finish(second[0], .completed(note: nil)))
            #expect(try stores.claim() == ["a3"])
        }
    }

    @Test func `two claimers at once share the messages, and none is claimed twice`() throws {
        try withStores { stores throws in
            for number in 1...60 { try stores.add("m\(number)", lane: number <= 20 ? "lane" : nil) }
            let claimed = race(6) { index in
                try stores.everywhere { try $0.drain.claim(ClaimRequest(worker: "w\(index)", limit: 10)) }
            }
            #expect(claimed.allSatisfy { $0.failure == nil })
            let subjects = claimed.compactMap(\.value).flatMap { $0.map(\.subject) }
            #expect(Set(subjects).count == subjects.count)
            #expect(subjects.filter { $0 == "m1" }.count == 1)
            let inLane = Set((2...20).map { "m\($0)" })
            #expect(inLane.isDisjoint(with: subjects))
            // Whoever met locked rows may have got fewer; nobody waits for what others hold.
            let rest = try stores.claim(limit: 100)
            #expect(Set(subjects + rest) == Set(["m1"] + (21...60).map { "m\($0)" }))
        }
    }

    @Test func `a claimer passes over rows that another holds, without waiting`() throws {
        try withStores { stores throws in
            try stores.add("held")
            try stores.add("free")
            let holder = try stores.database.connect()
            try holder.transaction { connection in
                _ = try connection.query("select id from queue.message where subject = 'held' for update")
                #expect(try stores.claim() == ["free"])
            }
            #expect(try stores.claim() == ["held"])
        }
    }

    @Test func `a second message with the same kind and key is dropped`() throws {
        try withStores { stores throws in
            @Sendable func add(_ kind: OutboxMessage.Kind, _ key: String?, _ company: Company.ID? = nil) throws -> Bool
            {
                try stores.cron(company) {
                    try $0.queue.add(NewMessage(kind: kind, subject: "s", idempotencyKey: key))
                }
            }
            #expect(try add(.note, "k"))
            #expect(try !add(.note, "k"))
            #expect(try add(.draft, "k"))
            #expect(try add(.note, "other"))
            #expect(try add(.note, nil) && add(.note, nil))
            #expect(try add(.note, "k", try stores.makeCompany()))
            let added = race(8) { _ in try add(.record, "storm") }
            #expect(added.compactMap(\.value).filter { $0 }.count == 1)
            #expect(added.allSatisfy { $0.failure == nil })
        }
    }

    @Test func `a drainer that waits learns when the next message of any company is due`() throws {
        try withStores { stores throws in
            func seconds() throws -> Double? {
                try stores.everywhere { try $0.drainers.idle(worker: "w", held: 0, seconds: 3, hears: true) }
            }
            #expect(try seconds() == nil)
            try stores.add("a", company: try stores.makeCompany())
            try stores.add("b")
            let messages = try stores.messages()
            #expect(try stores.finish(messages[0], .snoozed(seconds: 1_000, reason: "")))
            #expect(try stores.finish(messages[1], .snoozed(seconds: 2_000, reason: "")))
            let next = try #require(try seconds())
            #expect(next > 0 && next <= 1_000)
            try stores.raw("update queue.message set state = 'cancelled'")
            #expect(try seconds() == nil)
        }
    }

    @Test func `a chore is done by one of many, and comes back when it is due`() throws {
        try withStores { stores throws in
            let asked = race(8) { _ in try stores.everywhere { try $0.chores.claim("sweep", everySeconds: 3_600) } }
            #expect(asked.allSatisfy { $0.failure == nil })
            #expect(asked.compactMap(\.value).filter { $0 }.count == 1)
            #expect(try stores.everywhere { try $0.chores.claim("other", everySeconds: 3_600) })
            #expect(try stores.everywhere { try !$0.chores.claim("sweep", everySeconds: 3_600) })
            try stores.raw("update queue.chore set due_at = clock_timestamp() where name = 'sweep'")
            #expect(try stores.everywhere { try $0.chores.claim("sweep", everySeconds: 3_600) })
        }
    }
}

extension Stores {
    func add(_ subject: String, lane: String? = nil, priority: Int? = nil, company other: Company.ID? = nil) throws {
        try cron(other) {
            _ = try $0.queue.add(NewMessage(kind: .note, subject: subject, lane: lane, priority: priority))
        }
    }

    func messages(limit: Int = 50, worker: String = "w", leaseSeconds: Double = 60) throws -> [OutboxMessage] {
        try everywhere {
            try $0.drain.claim(ClaimRequest(worker: worker, limit: limit, leaseSeconds: leaseSeconds))
        }
    }

    func claim(limit: Int = 50) throws -> [String] { try messages(limit: limit).map(\.subject) }

    func finish(
        _ message: OutboxMessage, _ result: DeliveryResult, _ seconds: Double? = nil, worker: String = "w"
    ) throws -> Bool {
        var outcome = RetryPolicy().outcome(of: Delivered(result), message: message, elapsedSeconds: 0, jitter: 0)
        if case .failed(let reason, _, let isUnclear) = result {
            outcome = AttemptOutcome(
                seconds == nil ? .discarded : .retryable, .failed, detail: reason, delaySeconds: seconds ?? 0,
                isUnclear: isUnclear)
        }
        return try finish(message, outcome, worker: worker)
    }

    func finish(_ message: OutboxMessage, _ outcome: AttemptOutcome, worker: String = "w") throws -> Bool {
        try everywhere {
            try $0.drain.finish([FinishedAttempt(message: message, outcome: outcome)], worker: worker)
        } == [message.id]
    }

    func rescue(worker: String = "rescuer", repeatSeconds: Double = 0) throws -> Int {
        try everywhere { try $0.drain.rescue(worker: worker, repeatSeconds: repeatSeconds, backSeconds: nil) }
    }
}
