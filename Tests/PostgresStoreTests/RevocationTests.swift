import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct RevocationTests {
    private static func end(_ stores: Stores, _ company: Company.ID? = nil) throws {
        try stores.web(company) { transaction throws in
            try transaction.revocations.keep(exceptTold: [])
            _ = try transaction.connections.disconnect()
        }
    }

    private static func kept(_ stores: Stores) throws -> [String] {
        try stores.messages().filter { $0.kind == .revoke }.map(\.subject)
    }

    @Test func `the refresh tokens of an ended connection are kept until Pipedrive was told`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1), credentials: .made("one"))
            try stores.connect(.number(2), credentials: .made("two"))
            try Self.end(stores)
            #expect(try stores.number("select count(*) as value from vault.credentials") == 0)
            let ids = try Self.kept(stores)
            let tokens = try ids.map { id in try stores.cron { try $0.revocations.token(id) }?.reveal() }
            #expect(Set(tokens) == ["refresh-one", "refresh-two"])
            let other = try stores.makeCompany()
            let first = try #require(ids.first)
            #expect(try stores.cron(other) { try $0.revocations.token(first) } == nil)
            try stores.cron(other) { try $0.revocations.destroy(first) }
            #expect(try stores.cron { try $0.revocations.token(first) } != nil)
            for _ in 1...2 { try stores.cron { try $0.revocations.destroy(first) } }
            #expect(try stores.cron { try $0.revocations.token(first) } == nil)
            #expect(try stores.cron { try $0.revocations.token("no id") } == nil)
            #expect(try stores.number("select count(*) as value from vault.revocation") == 1)
        }
    }

    @Test func `a kept token is sealed for revoking: put back as credentials it does not open`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1), credentials: .made("one"))
            try Self.end(stores)
            let dump = try stores.text("select string_agg(r::text, ' ') as value from vault.revocation r") ?? ""
            #expect(!dump.contains("refresh-one") && !dump.contains(Digest.hex(Array("refresh-one".utf8))))
            let sealed = try #require(
                try stores.text("select encode(refresh_token, 'hex') as value from vault.revocation"))
            try stores.connect(.number(1), credentials: .made("new"))
            try stores.raw("update vault.credentials set refresh_token = decode(\(sealed), 'hex')")
            #expect(throws: SodiumError.self) {
                try stores.web { try $0.connections.credentials(user: PipedriveUser.ID(1)) }
            }
        }
    }

    @Test func `whoever gives access anew is not told to Pipedrive any more, lest that ends the new access`() throws {
        try withStores { stores throws in
            for user in [Int64(1), 2] { try stores.connect(.number(user), credentials: .made("\(user)")) }
            try Self.end(stores)
            try stores.connect(.number(1), credentials: .made("new"))
            let tokens = try Self.kept(stores).map { id in try stores.cron { try $0.revocations.token(id) }?.reveal() }
            #expect(tokens.compactMap { $0 } == ["refresh-2"])
        }
    }

    @Test func `after a day a kept token is worth nothing and is destroyed, of every company`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            try stores.connect(.number(1))
            try stores.connect(.number(2, company: 88), company: other)
            try Self.end(stores)
            try Self.end(stores, other)
            let ids = try Self.kept(stores)
            #expect(ids.count == 2)
            #expect(try stores.everywhere { try $0.revocations.destroyExpired() } == 0)
            let isADay = try stores.raw(
                """
                select bool_and(expires_at between clock_timestamp() + interval '23 hours'
                    and clock_timestamp() + interval '24 hours') as value from vault.revocation
                """)
            #expect(try isADay.first?.bool("value") == true)
            try stores.raw("update vault.revocation set expires_at = clock_timestamp() - interval '1 second'")
            for id in ids { #expect(try stores.cron { try $0.revocations.token(id) } == nil) }
            #expect(try stores.everywhere { try $0.revocations.destroyExpired() } == 2)
        }
    }
}
