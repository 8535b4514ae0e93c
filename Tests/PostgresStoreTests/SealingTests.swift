import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SealingTests {
    private static let owner = PipedriveUser.ID(1)

    @Test func `no table shows a token, a webhook's password or a parked one`() throws {
        try withStores { stores throws in
            try stores.connect(credentials: .made("SENTINEL"))
            try stores.web { transaction throws in
                _ = try transaction.settings.webhookEndpoint(
                    new: WebhookEndpoint(path: "path", user: Secret("user-SENTINEL"), password: Secret("SENTINEL-pw")))
                try transaction.installs.park(
                    .made("SENTINEL"), user: .number(3), ticketHash: [1],
                    expiresAt: Date(timeIntervalSince1970: 2_000_000_000))
            }
            let tables = try stores.raw(
                """
                select format('%I.%I', schemaname, tablename) as name from pg_tables
                where schemaname not in ('pg_catalog', 'information_schema')
                """
            ).map { try $0.string("name") }
            #expect(tables.contains("vault.credentials") && tables.contains("web.pending_install"))
            var dump = ""
            for table in tables {
                dump += try stores.text("select string_agg(t::text, ' ') as value from \(unsafe: table) t") ?? ""
            }
            #expect(dump.contains("https://acme.pipedrive.com"))
            #expect(!dump.contains("SENTINEL"))
            #expect(!dump.lowercased().contains(Digest.hex(Array("SENTINEL".utf8))))
        }
    }

    @Test func `sealing the same token twice gives different bytes`() throws {
        try withStores { stores throws in
            var seen: Set<String> = []
            for _ in 1...3 {
                try stores.connect()
                seen.insert(try stores.text("select access_token::text as value from vault.credentials") ?? "")
            }
            #expect(seen.count == 3)
        }
    }

    /// What a thief with write access to the database would try; all of it leaves bytes that do not open.
    enum Tampering: String, CaseIterable {
        case fromAnotherCompany = "access_token = (select access_token from vault.credentials where user_id = 3)"
        case fromAnotherUser = "access_token = (select access_token from vault.credentials where user_id = 2)"
        case fromAnotherField = "access_token = refresh_token"
        case intoTheOtherField = "refresh_token = access_token"
        case toAnotherPipedriveCompany = "pipedrive_company_id = 78"
        case flippedFirstBit = "access_token = set_bit(access_token, 0, 1 - get_bit(access_token, 0))"
        case flippedLastBit =
            "refresh_token = set_bit(refresh_token, length(refresh_token) * 8 - 1, 1 - get_bit(refresh_token, length(refresh_token) * 8 - 1))"
        case cutShort = "access_token = substring(access_token for length(access_token) - 1)"
        case empty = "access_token = ''"
    }

    @Test(arguments: Tampering.allCases)
    func `bytes that were moved or changed do not open`(tampering: Tampering) throws {
        try withStores { stores throws in
            try stores.connect(.number(1))
            try stores.connect(.number(2))
            let other = try stores.makeCompany()
            try stores.connect(.number(3, company: 99), company: other)
            #expect(try stores.web { try $0.connections.credentials(user: Self.owner) } == .made())
            try stores.raw(
                "update vault.credentials set \(unsafe: tampering.rawValue) where user_id = 1")
            #expect(throws: SodiumError.self) {
                try stores.web { try $0.connections.credentials(user: Self.owner) }
            }
            #expect(try stores.web { try $0.connections.credentials(user: PipedriveUser.ID(2)) } == .made())
        }
    }

    @Test func `another key opens nothing, and without a keyring the rest works`() throws {
        try withStores { stores throws in
            try stores.connect()
            let login = try MigratedTemplate.login(to: stores.database)
            let stranger = PostgresStorage(login, keyring: try Keyring.generate(id: "k1"))
            #expect(throws: SodiumError.self) {
                try stranger.transaction(.web(stores.company)) { try $0.connections.credentials(user: Self.owner) }
            }
            let keyless = PostgresStorage(login, keyring: nil)
            let refusal = try #require(throws: Refusal.self) {
                try keyless.transaction(.web(stores.company)) { try $0.connections.credentials(user: Self.owner) }
            }
            #expect(refusal.code == .unavailable)
            let connection = try keyless.transaction(.web(stores.company)) { try $0.connections.connection() }
            #expect(connection?.state == .live)
        }
    }
}
