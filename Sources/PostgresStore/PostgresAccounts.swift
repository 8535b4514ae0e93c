internal import Domain
import FoundationEssentials
import Postgres
import Sodium

struct PostgresAccounts: AccountStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func create(company: Company, owner: Member, passwordHash: Secret, apiKeyHash: [UInt8]) throws {
        try connection.execute(
            """
            insert into books.company (company_id, name, currency, country, time_zone)
            values (\(company.id), \(company.name), \(company.currency.code), \(company.country), \(company.timeZone))
            """)
        let isNew = try connection.execute(
            """
            insert into web.login_directory (email, company_id) values (\(owner.email), \(company.id))
            on conflict do nothing
            """)
        guard isNew == 1 else {
            throw Refusal(.conflict, "This e-mail address has a login already.", fields: ["email": "is taken"])
        }
        try connection.execute(
            """
            insert into books.member (company_id, id, email, password_hash, role)
            values (\(company.id), \(owner.id), \(owner.email), \(passwordHash.reveal()), \(owner.role.rawValue))
            """)
        try connection.execute("insert into books.api_key (company_id, hash) values (\(company.id), \(apiKeyHash))")
        try connection.execute(
            "insert into web.api_key_directory (hash, company_id) values (\(apiKeyHash), \(company.id))")
    }

    func company() throws -> Company? {
        try connection.query(
            """
            select company_id, name, currency, country, time_zone from books.company
            where company_id = \(try access.company())
            """
        ).first.map(Self.company)
    }

    static func company(_ row: PostgresRow) throws -> Company {
        Company(
            id: Company.ID(try row.uuid("company_id")), name: try row.string("name"),
            currency: try row.currency("currency"), country: try row.string("country"),
            timeZone: try row.string("time_zone"))
    }

    func member(email: String) throws -> (member: Member, passwordHash: Secret)? {
        let company = try access.company()
        return try connection.query(
            """
            select id, email, role, password_hash from books.member
            where company_id = \(company) and email = \(email)
            """
        ).first.map { row in
            let member = Member(
                id: Member.ID(try row.uuid("id")), companyID: company, email: try row.string("email"),
                role: try row.state("role"))
            return (member, Secret(try row.string("password_hash")))
        }
    }

    func insert(
        session tokenHash: [UInt8], csrfToken: Secret, member: Member.ID, now: Date, expiresAt: Date
    ) throws {
        let company = try access.company()
        try connection.execute(
            "insert into web.session_directory (token_hash, company_id) values (\(tokenHash), \(company))")
        try connection.execute(
            """
            insert into web.session (company_id, token_hash, member_id, csrf_token, seen_at, expires_at)
            values (\(company), \(tokenHash), \(member), \(csrfToken.reveal()), \(now), \(expiresAt))
            """)
    }

    // Use is noted to the minute, so that reading pages costs no write each.
    private static let seenStepSeconds = 60.0

    func session(tokenHash: [UInt8], now: Date, idleSeconds: Double) throws -> Session? {
        let row = try connection.query(
            """
            select s.seen_at, m.id as member_id, m.email, m.role, s.csrf_token,
                c.company_id, c.name, c.currency, c.country, c.time_zone
            from web.session s
            join books.member m on m.company_id = s.company_id and m.id = s.member_id
            join books.company c on c.company_id = s.company_id
            where s.company_id = \(try access.company()) and s.token_hash = \(tokenHash) and s.expires_at > \(now)
                and s.seen_at > \(now.addingTimeInterval(-idleSeconds))
            """
        ).first
        guard let row else { return nil }
        if now.timeIntervalSince(try row.date("seen_at")) > Self.seenStepSeconds {
            try connection.execute(
                """
                update web.session set seen_at = greatest(seen_at, \(now))
                where company_id = \(try access.company()) and token_hash = \(tokenHash)
                """)
        }
        let company = try Self.company(row)
        let member = Member(
            id: Member.ID(try row.uuid("member_id")), companyID: company.id, email: try row.string("email"),
            role: try row.state("role"))
        return Session(
            member: member, company: company, csrfToken: Secret(try row.string("csrf_token")), tokenHash: tokenHash)
    }

    func delete(session tokenHash: [UInt8]) throws {
        try connection.execute(
            "delete from web.session where company_id = \(try access.company()) and token_hash = \(tokenHash)")
        try connection.execute("delete from web.session_directory where token_hash = \(tokenHash)")
    }

    static let failureWindowSeconds = 900.0

    func countLoginFailure(key: String, now: Date) throws -> Int {
        try connection.execute(
            "insert into web.login_failure (key_hash, failed_at) values (\(Self.hash(key)), \(now))")
        try connection.execute(
            "delete from web.login_failure where failed_at < \(now.addingTimeInterval(-86_400))")
        return try loginFailures(key: key, now: now)
    }

    func loginFailures(key: String, now: Date) throws -> Int {
        try connection.query(
            """
            select count(*) as failures from web.login_failure
            where key_hash = \(Self.hash(key)) and failed_at > \(now.addingTimeInterval(-Self.failureWindowSeconds))
            """
        ).first?.int("failures") ?? 0
    }

    private static func hash(_ key: String) -> [UInt8] { Digest.sha256(Array(key.utf8)) }
}
