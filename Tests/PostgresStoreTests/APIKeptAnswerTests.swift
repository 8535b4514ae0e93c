import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct APIKeptAnswerTests {
    private static let key = [UInt8](repeating: 1, count: 32)
    private static let request = [UInt8](repeating: 2, count: 32)
    private static let answer = KeptAnswer(status: 201, location: "/x", body: [0, 255, 7])

    private static func make(_ storage: PostgresStorage, _ company: Company.ID) throws -> KeptAnswer? {
        try storage.transaction(.api(company)) { transaction in
            if let kept = try transaction.keptAnswers.claim(keyHash: key, requestHash: request) { return kept }
            _ = try transaction.contacts.insert(ContactDetails(kind: .person, name: "Once"))
            try transaction.keptAnswers.keep(answer, keyHash: key)
            return nil
        }
    }

    @Test func `of many requests with one key at a time one makes a record, and all get its answer`() throws {
        try withStores { stores throws in
            let results = race(8) { _ in try Self.make(try stores.secondStorage(), stores.company) }
            #expect(results.allSatisfy { $0.failure == nil })
            #expect(results.count { $0.value == .some(nil) } == 1)
            #expect(results.count { $0.value == Self.answer } == 7)
            #expect(try stores.number("select count(*) as value from books.contact") == 1)
        }
    }

    @Test func `what was rolled back is not remembered`() throws {
        struct Crash: Error {}
        try withStores { stores throws in
            #expect(throws: Crash.self) {
                try stores.api { transaction in
                    _ = try transaction.keptAnswers.claim(keyHash: Self.key, requestHash: Self.request)
                    _ = try transaction.contacts.insert(ContactDetails(kind: .person, name: "Lost"))
                    throw Crash()
                }
            }
            #expect(try Self.make(stores.storage, stores.company) == nil)
            #expect(try stores.text("select string_agg(name, ',') as value from books.contact") == "Once")
        }
    }

    @Test func `a key that is held for long is refused, and another request under it too`() throws {
        try withStores { stores throws in
            try stores.api { transaction in
                _ = try transaction.keptAnswers.claim(keyHash: Self.key, requestHash: Self.request)
                let second = race(1) { _ in try Self.make(try stores.secondStorage(), stores.company) }
                #expect((second.first?.failure as? Refusal)?.code == .conflict)
                try transaction.keptAnswers.keep(Self.answer, keyHash: Self.key)
            }
            let refusal = #expect(throws: Refusal.self) {
                try stores.api { _ = try $0.keptAnswers.claim(keyHash: Self.key, requestHash: Self.key) }
            }
            #expect(refusal?.fields == ["Idempotency-Key": "was used for another request"])
        }
    }

    @Test func `an answer is forgotten after a day, by housekeeping or by the next request`() throws {
        try withStores { stores throws in
            _ = try Self.make(stores.storage, stores.company)
            #expect(try stores.everywhere { try $0.keptAnswers.forget(now: nil) } == 0)
            try stores.raw("update books.kept_answer set created_at = created_at - interval '25 hours'")
            #expect(try Self.make(stores.storage, stores.company) == nil)
            #expect(try Self.make(stores.storage, stores.company) == Self.answer)
            let later = Date(timeIntervalSinceNow: 25 * 3600)
            #expect(try stores.everywhere { try $0.keptAnswers.forget(now: later) } == 1)
        }
    }
}
