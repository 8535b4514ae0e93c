import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct APIKeyStoreTests {
    private static let hash = [UInt8](repeating: 9, count: 32)

    @Test func `a key works until it is revoked, and belongs to its company`() throws {
        try withStores { stores throws in
            #expect(try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) } == nil)
            let key = try stores.web { try $0.apiKeys.insert(name: "Web shop", hash: Self.hash) }
            let use = try #require(try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) })
            #expect(use.companyID == stores.company && use.requestNumber == 1 && (1...60).contains(use.secondsLeft))
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.apiKeys.revoke(key.id) } == false)
            #expect(try stores.web { try $0.apiKeys.revoke(key.id) })
            #expect(try stores.web { try $0.apiKeys.revoke(key.id) } == false)
            #expect(try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) } == nil)
            let listed = try #require(try stores.web { try $0.apiKeys.keys() }.first { $0.id == key.id })
            #expect(listed.name == "Web shop" && listed.revokedAt != nil && listed.lastUsedAt != nil)
        }
    }

    @Test func `requests are counted by the minute, and above the limit nothing is written`() throws {
        try withStores { stores throws in
            _ = try stores.web { try $0.apiKeys.insert(name: "K", hash: Self.hash) }
            _ = try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) }
            let written = try stores.versions(of: "books.api_key")
            try stores.raw(
                """
                update web.api_key_minute set request_count = \(APIKeyUse.limitPerMinute - 1),
                    begun_at = clock_timestamp() + interval '1 minute'
                """)
            let last = try #require(try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) })
            #expect(last.isWithinLimit && last.remaining == 0)
            let full = try stores.versions(of: "web.api_key_minute")
            let refused = try #require(try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) })
            #expect(!refused.isWithinLimit)
            #expect(try stores.versions(of: "web.api_key_minute") == full)
            #expect(try stores.versions(of: "books.api_key") == written)
            try stores.raw("update web.api_key_minute set begun_at = begun_at - interval '5 minutes'")
            #expect(try stores.publicAPI { try $0.apiKeys.use(hash: Self.hash) }?.requestNumber == 1)
        }
    }
}
