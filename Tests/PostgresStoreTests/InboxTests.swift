import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct InboxTests {
    @Test func `a delivery has to prove what its endpoint was given`() throws {
        try withStores { stores throws in
            let endpoint = WebhookEndpoint(path: "p", user: Secret("user"), password: Secret("pass:word"))
            try stores.web { _ = try $0.settings.webhookEndpoint(new: endpoint) }
            let right = Digest.sha256(Array("user:pass:word".utf8))
            let wrong = Digest.sha256(Array("user:pass".utf8))
            func receive(_ path: String, _ hash: [UInt8]?) throws -> WebhookVerdict {
                try stores.storage.receive(path: path, basicHash: hash, body: [1])
            }
            #expect(try receive("p", wrong) == .unauthorized)
            #expect(try receive("p", nil) == .unauthorized)
            #expect(try receive("p", []) == .unauthorized)
            #expect(try receive("q", right) == .unknown)
            #expect(try stores.number("select count(*) as value from pipedrive.webhook_inbox") == 0)
            #expect(try stores.messages(limit: 5).isEmpty)
            #expect(try receive("p", right) == .stored)
            #expect(try stores.messages(limit: 5).map(\.companyID) == [stores.company])
            try stores.raw("update pipedrive.webhook_endpoint set is_live = false")
            #expect(try receive("p", right) == .ignored)
            #expect(try receive("p", wrong) == .ignored)
            #expect(try stores.number("select count(*) as value from pipedrive.webhook_inbox") == 1)
        }
    }

    @Test(arguments: [[], Array("{\"meta\":1}".utf8), [0, 255, 10, 92, 0], Array(repeating: 7, count: 300_000)])
    func `a delivery is kept byte for byte and makes a message`(body: [UInt8]) throws {
        try withStores { stores throws in
            try stores.receive(body)
            let claimed = try stores.messages(limit: 5)
            let message = try #require(claimed.first)
            #expect(claimed.count == 1)
            #expect(message.kind == .webhook && message.companyID == stores.company)
            let id = try #require(Int64(message.subject))
            #expect(try stores.cron { try $0.inbox.body(id) } == body)
            #expect(try stores.cron { try $0.inbox.body(id + 1) } == nil)
            let other = try stores.makeCompany()
            #expect(try stores.cron(other) { try $0.inbox.body(id) } == nil)
        }
    }

    @Test func `an event is new once per company, also for those who ask at the same time`() throws {
        try withStores { stores throws in
            let asked = race(8) { _ in try stores.cron { try $0.inbox.isFirst(eventID: "e1") } }
            #expect(asked.compactMap(\.value).filter { $0 }.count == 1)
            #expect(asked.allSatisfy { $0.failure == nil })
            #expect(try stores.cron { try $0.inbox.isFirst(eventID: "e2") })
            let other = try stores.makeCompany()
            #expect(try stores.cron(other) { try $0.inbox.isFirst(eventID: "e1") })
        }
    }
}
