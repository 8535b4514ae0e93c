import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct AccountTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func create(
        _ email: String, key: [UInt8] = RandomBytes.make(32), in stores: Stores
    ) throws -> (company: Company, owner: Member) {
        let company = Company(
            id: Company.ID(UUID()), name: "Acme", currency: .usd, country: "BE", timeZone: "Europe/Brussels")
        let owner = Member(id: Member.ID(UUID()), companyID: company.id, email: email, role: .owner)
        try stores.cron(company.id) {
            try $0.accounts.create(
                company: company, owner: owner, passwordHash: Secret("stored-hash"), apiKeyHash: key)
        }
        return (company, owner)
    }

    @Test func `a company is made with its member and its API key, and both lead to it`() throws {
        try withStores { stores throws in
            let key = RandomBytes.make(32)
            let made = try Self.create("ada@example.com", key: key, in: stores)
            #expect(try stores.web(made.company.id) { try $0.accounts.company() } == made.company)
            let member = try #require(
                try stores.web(made.company.id) { try $0.accounts.member(email: "ada@example.com") })
            #expect(member.member == made.owner)
            #expect(member.passwordHash == Secret("stored-hash"))
            #expect(try stores.web { try $0.accounts.member(email: "ada@example.com") } == nil)
            try stores.pages { transaction throws in
                #expect(try transaction.directory.company(loginEmail: "ada@example.com") == made.company.id)
                #expect(try transaction.directory.company(loginEmail: "bob@example.com") == nil)
            }
            try stores.publicAPI { transaction throws in
                #expect(try transaction.directory.company(apiKeyHash: key) == made.company.id)
                #expect(try transaction.directory.company(apiKeyHash: RandomBytes.make(32)) == nil)
            }
            let unknown = try stores.web(Company.ID(UUID())) { try $0.accounts.company() }
            #expect(unknown == nil)
        }
    }

    @Test func `an e-mail logs in to one company, and a second account leaves nothing behind`() throws {
        try withStores { stores throws in
            _ = try Self.create("ada@example.com", in: stores)
            let before = try stores.number("select count(*) as value from books.company")
            let refusal = try #require(throws: Refusal.self) { try Self.create("ada@example.com", in: stores) }
            #expect(refusal.code == .conflict && refusal.fields["email"] != nil)
            #expect(try stores.number("select count(*) as value from books.company") == before)
            let races = race(6) { _ in try Self.create("bob@example.com", in: stores).company.id }
            #expect(races.compactMap(\.value).count == 1)
            #expect(races.compactMap { $0.failure as? Refusal }.count == 5)
        }
    }

    @Test func `a session opens until it expires or is ended`() throws {
        try withStores { stores throws in
            let (company, owner) = try Self.create("ada@example.com", in: stores)
            let token = RandomBytes.make(32)
            try stores.web(company.id) {
                try $0.accounts.insert(
                    session: token, csrfToken: Secret("csrf"), member: owner.id, now: Self.now,
                    expiresAt: Self.now.addingTimeInterval(60))
            }
            func session(at now: Date, of other: Company.ID? = nil) throws -> Session? {
                try stores.web(other ?? company.id) {
                    try $0.accounts.session(tokenHash: token, now: now, idleSeconds: 3600)
                }
            }
            let open = try #require(try session(at: Self.now))
            #expect(open.company == company && open.member == owner && open.csrfToken == Secret("csrf"))
            #expect(open.tokenHash == token)
            #expect(try session(at: Self.now.addingTimeInterval(60)) == nil)
            #expect(try session(at: Self.now, of: stores.company) == nil)
            let found = try stores.pages { try $0.directory.company(sessionHash: token) }
            #expect(found == company.id)
            for _ in 1...2 { try stores.web(company.id) { try $0.accounts.delete(session: token) } }
            #expect(try session(at: Self.now) == nil)
            let after = try stores.pages { try $0.directory.company(sessionHash: token) }
            #expect(after == nil)
        }
    }

    @Test func `failed logins are counted per key over fifteen minutes`() throws {
        try withStores { stores throws in
            func count(_ key: String, after seconds: Double) throws -> Int {
                try stores.pages {
                    try $0.accounts.countLoginFailure(key: key, now: Self.now.addingTimeInterval(seconds))
                }
            }
            #expect(try count("ada", after: 0) == 1)
            #expect(try count("ada", after: 600) == 2)
            #expect(try count("bob", after: 600) == 1)
            #expect(try count("ada", after: 901) == 2)
            let seen = try stores.pages {
                try $0.accounts.loginFailures(key: "ada", now: Self.now.addingTimeInterval(1_502))
            }
            #expect(seen == 1)
            #expect(try count("ada", after: 90_000) == 1)
            #expect(try stores.number("select count(*) as value from web.login_failure") == 1)
            #expect(try stores.text("select key_hash::text as value from web.login_failure")?.contains("ada") == false)
        }
    }

    @Test func `a document's public token leads to its company, as a hash`() throws {
        try withStores { stores throws in
            let (quote, invoice) = try stores.api { transaction throws in
                let contact = try transaction.addContact()
                return (try transaction.addQuote(for: contact), try transaction.addInvoice(for: contact))
            }
            for token in [quote.publicToken, invoice.publicToken] {
                let hash = Digest.sha256(Array(token.utf8))
                let found = try stores.publicAPI {
                    try $0.directory.company(publicTokenHash: hash)
                }
                #expect(found == stores.company)
            }
            let unknown = try stores.publicAPI {
                try $0.directory.company(publicTokenHash: Array(quote.publicToken.utf8))
            }
            #expect(unknown == nil)
        }
    }

    @Test func `a Pipedrive company belongs to the first who claims it`() throws {
        try withStores { stores throws in
            let companies = [stores.company] + (try (1...5).map { _ in try stores.makeCompany() })
            let claims = race(companies.count) { index in
                try stores.web(companies[index]) { try $0.directory.claim(pipedriveCompany: PipedriveCompany.ID(77)) }
            }
            let winners = zip(companies, claims).filter { $0.1.failure == nil }.map(\.0)
            #expect(winners.count == 1)
            #expect(claims.compactMap { ($0.failure as? Refusal)?.code } == Array(repeating: .conflict, count: 5))
            let found = try stores.pages {
                try $0.directory.company(pipedriveCompany: PipedriveCompany.ID(77))
            }
            #expect(found == winners.first)
            try stores.web(winners.first) { try $0.directory.claim(pipedriveCompany: PipedriveCompany.ID(77)) }
        }
    }

    @Test func `a Pipedrive company is let go by a connection that has ended or moved on, and by no other`() throws {
        try withStores { stores throws in
            let next = try stores.makeCompany()
            func claim() throws { try stores.web(next) { try $0.directory.claim(pipedriveCompany: account) } }
            let account = PipedriveCompany.ID(77)
            try stores.connect(.number(1, company: 77))
            #expect(throws: Refusal.self, "it is live") { try claim() }
            _ = try stores.cron {
                try $0.connections.markReconnect(user: PipedriveUser.ID(1), refused: Credentials.made().refreshToken)
            }
            #expect(throws: Refusal.self, "it waits for its person") { try claim() }
            _ = try stores.web { try $0.connections.disconnect() }
            try claim()
            #expect(try stores.pages { try $0.directory.company(pipedriveCompany: account) } == next)
            // Claimed, but never connected: whoever had it before has to ask, and is refused no longer once it is free.
            #expect(throws: Refusal.self) {
                try stores.web { try $0.directory.claim(pipedriveCompany: account) }
            }
            try stores.connect(.number(2, company: 78), company: next)
            try stores.web { try $0.directory.claim(pipedriveCompany: account) }
            #expect(try stores.pages { try $0.directory.company(pipedriveCompany: account) } == stores.company)
        }
    }
}
