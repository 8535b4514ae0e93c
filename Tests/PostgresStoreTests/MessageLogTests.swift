import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct MessageLogTests {
    private static func retry(_ message: OutboxMessage, in stores: Stores, of company: Company.ID? = nil) throws -> Bool
    {
        try stores.web(company) { try $0.messageLog.retry(message.id) }
    }

    @Test func `a discarded message that is retried goes out at once, with all its attempts, and looks first`() throws {
        try withStores { stores throws in
            try stores.add("m")
            for _ in 1...2 {
                let message = try #require(try stores.messages().first)
                let failure = DeliveryResult.failed(reason: "HTTP 500", retryAfterSeconds: nil, isUnclear: false)
                #expect(try stores.finish(message, failure, message.attempt == 1 ? 0 : nil))
            }
            #expect(try stores.claim() == [])
            let record = try #require(try stores.web { try $0.messageLog.messages([.discarded], limit: 5) }.first)
            #expect(record.reason == "HTTP 500" && record.attemptCount == 2 && record.companyID == stores.company)
            #expect(try stores.web { try $0.messageLog.retry(record.id) })
            let again = try #require(try stores.messages().first)
            #expect(again.id == record.id && again.attempt == 1 && again.hasUnclearAttempt)
        }
    }

    @Test func `what was of unclear outcome and is retried looks at once, and repeats no sooner for it`() throws {
        try withStores { stores throws in
            for subject in ["unclear", "clear"] { try stores.add(subject) }
            for message in try stores.messages() {
                let isUnclear = message.subject == "unclear"
                #expect(
                    try stores.finish(
                        message,
                        AttemptOutcome(
                            .retryable, .failed, detail: "reset", delaySeconds: 600,
                            repeatSeconds: isUnclear ? 600 : nil, isUnclear: isUnclear)))
                #expect(try Self.retry(message, in: stores))
            }
            let again = try stores.messages()
            #expect(Set(again.map(\.subject)) == ["unclear", "clear"])
            for message in again {
                #expect(message.hasUnclearAttempt)
                #expect((message.repeatSeconds > 0) == (message.subject == "unclear"), "\(message.subject)")
            }
        }
    }

    @Test func `the operator gives waiting messages up and lets them go again, and is told of a wrong number`() throws {
        try withStores { stores throws in
            let program = try OperatorProgram(stores)
            defer { #expect(throws: Never.self) { try program.remove() } }
            try stores.add("m")
            let id = try #require(try stores.web { try $0.messageLog.messages(nil, limit: 5) }.first).id
            #expect(try program.run("messages", "discard", "\(id)").status == 0)
            #expect(try stores.claim() == [])
            let listed = try program.run("messages", "list", "--state", "discarded").text
            #expect(listed.hasPrefix("\(id)\tnote\tdiscarded\t0\tm\tBy an operator"))
            let twice = try program.run("messages", "discard", "\(id)")
            #expect(twice.status != 0 && twice.text.contains("There is no waiting message \(id)."))
            #expect(try program.run("messages", "retry", "\(id)").status == 0)
            #expect(try stores.claim() == ["m"])
            let running = try program.run("messages", "retry", "\(id)")
            #expect(running.status != 0 && running.text.contains("There is no waiting or discarded message \(id)."))
            #expect(try program.run("messages", "list", "--state", "lost").status != 0)
        }
    }

    @Test func `a message retried by hand goes out of its lane's order, and holds nobody up`() throws {
        try withStores { stores throws in
            for subject in ["a1", "a2", "a3"] { try stores.add(subject, lane: "a") }
            let first = try #require(try stores.messages().first)
            #expect(try stores.finish(first, .discarded(reason: "gone")))
            #expect(try stores.claim() == ["a2"])
            #expect(try Self.retry(first, in: stores))
            #expect(try stores.claim() == ["a1"])
            #expect(try stores.claim() == [])
        }
    }

    @Test func `what runs, is done or is another company's is not retried or discarded`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            try stores.add("m")
            let message = try #require(try stores.messages().first)
            func discard(_ company: Company.ID? = nil) throws -> Bool {
                try stores.web(company) { try $0.messageLog.discard(message.id, reason: "by hand") }
            }
            #expect(try !Self.retry(message, in: stores) && !discard())
            #expect(try stores.finish(message, .again))
            #expect(try !Self.retry(message, in: stores, of: other) && !discard(other))
            #expect(try stores.finish(try #require(stores.messages().first), .completed(note: nil)))
            #expect(try !Self.retry(message, in: stores) && !discard())
        }
    }

    @Test func `a waiting message is given up by hand, with the reason, and its lane goes on`() throws {
        try withStores { stores throws in
            try stores.add("a1", lane: "a")
            try stores.add("a2", lane: "a")
            let id = try #require(try stores.web { try $0.messageLog.messages(nil, limit: 5) }.last).id
            #expect(try stores.everywhere { try $0.messageLog.discard(id, reason: "by hand") })
            let record = try #require(try stores.web { try $0.messageLog.messages([.discarded], limit: 5) }.first)
            #expect(record.id == id && record.reason == "by hand")
            #expect(try stores.claim() == ["a2"])
        }
    }

    @Test func `counts and lists are of one company, or of all without one`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            for subject in ["1", "2", "3"] { try stores.add(subject) }
            // Before the other company has any: which company a claim begins with is nobody's to choose.
            _ = try stores.messages(limit: 1)
            try stores.add("theirs", company: other)
            #expect(
                try stores.web { try $0.messageLog.counts() }.map { "\($0.kind) \($0.state) \($0.count)" } == [
                    "note available 2", "note running 1",
                ])
            #expect(try stores.web { try $0.messageLog.counts() }.allSatisfy { $0.oldestAt != nil })
            #expect(try stores.everywhere { try $0.messageLog.counts() }.map(\.count).reduce(0, +) == 4)
            func subjects(_ states: Set<OutboxMessage.State>?, _ limit: Int) throws -> [String] {
                try stores.web { try $0.messageLog.messages(states, limit: limit) }.map(\.subject)
            }
            #expect(try subjects(nil, 9) == ["3", "2", "1"])
            #expect(try subjects([.available], 9) == ["3", "2"])
            #expect(try subjects(nil, 2) == ["3", "2"])
            #expect(try stores.everywhere { try $0.messageLog.messages(nil, limit: 9) }.count == 4)
        }
    }
}
