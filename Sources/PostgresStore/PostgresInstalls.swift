internal import Domain
import FoundationEssentials
import Postgres

struct PostgresInstalls: InstallStore {
    let connection: PostgresConnection
    let vault: Vault

    func insert(stateHash: [UInt8], sessionHash: [UInt8], expiresAt: Date) throws {
        try connection.execute(
            """
            insert into web.oauth_state (state_hash, session_hash, expires_at)
            values (\(stateHash), \(sessionHash), \(expiresAt))
            """)
    }

    func take(stateHash: [UInt8], now: Date) throws -> [UInt8]? {
        try connection.query(
            """
            delete from web.oauth_state where state_hash = \(stateHash)
            returning session_hash, expires_at > \(now)::timestamptz as is_fresh
            """
        ).first.flatMap { try $0.bool("is_fresh") ? try $0.bytes("session_hash") : nil }
    }

    func park(
        _ credentials: Credentials, user: PipedriveUser, ticketHash: [UInt8], expiresAt: Date
    ) throws {
        try connection.execute(
            """
            insert into web.pending_install (
                ticket_hash, pipedrive_company_id, pipedrive_company_name, user_id, user_name, is_admin, expires_at)
            values (
                \(ticketHash), \(user.companyID), \(user.companyName), \(user.id), \(user.name), \(user.isAdmin),
                \(expiresAt))
            """)
        let place = Self.place(ticketHash, user)
        let accessToken = try vault.seal(credentials.accessToken, "access_token", at: place)
        let refreshToken = try vault.seal(credentials.refreshToken, "refresh_token", at: place)
        try connection.execute(
            """
            insert into vault.pending_install (
                ticket_hash, access_token, refresh_token, expires_at, api_origin, scopes)
            values (
                \(ticketHash), \(accessToken), \(refreshToken), \(credentials.expiresAt),
                \(credentials.apiOrigin.text), \(credentials.scopes.sorted()))
            """)
    }

    func parked(ticketHash: [UInt8], now: Date) throws -> (credentials: Credentials, user: PipedriveUser)? {
        try connection.query(
            """
            select p.pipedrive_company_id, p.pipedrive_company_name, p.user_id, p.user_name, p.is_admin,
                v.access_token, v.refresh_token, v.expires_at, v.api_origin, v.scopes
            from web.pending_install p join vault.pending_install v using (ticket_hash)
            where p.ticket_hash = \(ticketHash) and p.expires_at > \(now)
            """
        ).first.map { row in
            let user = PipedriveUser(
                id: PipedriveUser.ID(try row.int64("user_id")),
                companyID: PipedriveCompany.ID(try row.int64("pipedrive_company_id")),
                companyName: try row.string("pipedrive_company_name"), name: try row.string("user_name"),
                isAdmin: try row.bool("is_admin"))
            let place = Self.place(ticketHash, user)
            let credentials = Credentials(
                accessToken: try vault.open(try row.bytes("access_token"), "access_token", at: place),
                refreshToken: try vault.open(try row.bytes("refresh_token"), "refresh_token", at: place),
                expiresAt: try row.date("expires_at"), apiOrigin: APIOrigin(checked: try row.string("api_origin")),
                scopes: Set(try row.strings("scopes")))
            return (credentials, user)
        }
    }

    func discard(ticketHash: [UInt8]) throws {
        try connection.execute("delete from web.pending_install where ticket_hash = \(ticketHash)")
    }

    private static func place(_ ticketHash: [UInt8], _ user: PipedriveUser) -> Vault.Place {
        Vault.Place(
            ticketHash: ticketHash, pipedriveCompany: user.companyID.rawValue, user: user.id.rawValue)
    }
}
