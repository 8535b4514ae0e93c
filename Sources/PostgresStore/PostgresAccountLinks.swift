internal import Domain
import FoundationEssentials
import Postgres

struct PostgresAccountLinks: AccountLinkStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private static let columns = SQL(unsafe: "id, purpose, email, role, state, reason, expires_at")

    func insert(_ link: AccountLink, tokenHash: [UInt8]?) throws {
        let company = try access.company()
        try connection.execute(
            """
            with earlier as (
                delete from web.account_link
                where company_id = \(company) and purpose = \(link.purpose.rawValue) and email = \(link.email)
                returning token_hash)
            delete from web.account_link_directory d using earlier where d.token_hash = earlier.token_hash
            """)
        // Of two at the same moment the later one stays.
        try connection.execute(
            """
            insert into web.account_link (company_id, id, purpose, email, role, state, token_hash, expires_at)
            values (
                \(company), \(link.id), \(link.purpose.rawValue), \(link.email), \(link.role?.rawValue),
                \(link.state.rawValue), \(tokenHash), \(link.expiresAt))
            on conflict (company_id, purpose, email) do update set
                id = excluded.id, role = excluded.role, state = excluded.state, reason = null,
                token_hash = excluded.token_hash, expires_at = excluded.expires_at, created_at = excluded.created_at
            """)
        if let tokenHash { try list(tokenHash) }
        guard link.state == .waiting else { return }
        _ = try PostgresQueue(connection: connection, access: access).add(
            NewMessage(kind: .mail, subject: link.mailSubject))
    }

    private func list(_ tokenHash: [UInt8]) throws {
        try connection.execute(
            """
            insert into web.account_link_directory (token_hash, company_id)
            values (\(tokenHash), \(try access.company()))
            """)
    }

    func link(_ id: AccountLink.ID) throws -> AccountLink? { try one("id = \(id)") }

    func link(tokenHash: [UInt8], now: Date) throws -> AccountLink? {
        try one("token_hash = \(tokenHash) and expires_at > \(now)")
    }

    private func one(_ condition: SQL) throws -> AccountLink? {
        try connection.query(
            """
            select \(fragment: Self.columns) from web.account_link
            where company_id = \(try access.company()) and \(fragment: condition)
            """
        ).first.map(Self.value)
    }

    private static func value(_ row: PostgresRow) throws -> AccountLink {
        let role: Member.Role? = try row.optionalString("role") == nil ? nil : row.state("role")
        return AccountLink(
            id: AccountLink.ID(try row.uuid("id")), purpose: try row.state("purpose"), email: try row.string("email"),
            role: role, state: try row.state("state"), reason: try row.optionalString("reason"),
            expiresAt: try row.date("expires_at"))
    }

    func arm(_ id: AccountLink.ID, tokenHash: [UInt8]) throws -> AccountLink? {
        let armed = try connection.query(
            """
            update web.account_link set state = 'sending', token_hash = \(tokenHash)
            where company_id = \(try access.company()) and id = \(id) and state = 'waiting'
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.value)
        if armed != nil { try list(tokenHash) }
        return armed
    }

    func settle(_ id: AccountLink.ID, _ state: AccountLink.State, reason: String?) throws {
        try connection.execute(
            """
            update web.account_link set state = \(state.rawValue), reason = \(reason)
            where company_id = \(try access.company()) and id = \(id) and state in ('waiting', 'sending')
            """)
    }

    func remove(_ id: AccountLink.ID) throws -> Bool {
        let gone = try connection.query(
            """
            delete from web.account_link where company_id = \(try access.company()) and id = \(id)
            returning token_hash
            """
        ).first
        guard let gone else { return false }
        if let hash = try gone.optionalBytes("token_hash") {
            try connection.execute("delete from web.account_link_directory where token_hash = \(hash)")
        }
        return true
    }

    func invitations() throws -> [AccountLink] {
        try connection.query(
            """
            select \(fragment: Self.columns) from web.account_link
            where company_id = \(try access.company()) and purpose = 'invitation' order by email
            """
        ).map(Self.value)
    }

    func forgetExpired(idleSeconds: Double) throws -> Int {
        try connection.query("select web.forget_expired(\(idleSeconds)::double precision) as forgotten")
            .first?.int("forgotten") ?? 0
    }
}
