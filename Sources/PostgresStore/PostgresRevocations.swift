internal import Domain
import FoundationEssentials
import Postgres

struct PostgresRevocations: RevocationStore {
    let connection: PostgresConnection
    let access: StorageAccess
    let vault: Vault

    func keep(exceptTold told: [Secret]) throws {
        let company = try access.company()
        // The connection's row before its grants', as everywhere.
        try connection.execute("select from pipedrive.connection where company_id = \(company) for no key update")
        // Locked: a refresh that is under way ends first, and what it got is what has to be revoked.
        let rows = try connection.query(
            """
            select user_id, pipedrive_company_id, refresh_token from vault.credentials
            where company_id = \(company) order by user_id for update
            """)
        for row in rows {
            let (user, account) = (try row.int64("user_id"), try row.int64("pipedrive_company_id"))
            let place = Vault.Place(company: company, pipedriveCompany: account, user: user)
            let token = try vault.open(try row.bytes("refresh_token"), "refresh_token", at: place)
            if !told.contains(token) { try keep(token, at: place) }
        }
    }

    func keep(_ credentials: Credentials, of user: PipedriveUser) throws {
        let place = Vault.Place(
            company: try access.company(), pipedriveCompany: user.companyID.rawValue, user: user.id.rawValue)
        try keep(credentials.refreshToken, at: place)
    }

    private func keep(_ token: Secret, at place: Vault.Place) throws {
        let company = try access.company()
        let sealed = try vault.seal(token, "revocation", at: place)
        try connection.execute(
            """
            with kept as (
                insert into vault.revocation (company_id, pipedrive_company_id, user_id, refresh_token)
                values (\(company), \(place.pipedriveCompany), \(place.user), \(sealed)) returning id)
            insert into queue.message (company_id, kind, subject)
            select \(company)::uuid, 'revoke', id::text from kept
            """)
    }

    func token(_ id: String) throws -> Secret? {
        guard let id = UUID(uuidString: id) else { return nil }
        let company = try access.company()
        return try connection.query(
            """
            select user_id, pipedrive_company_id, refresh_token from vault.revocation
            where company_id = \(company) and id = \(id) and expires_at > clock_timestamp()
            """
        ).first.map { row in
            let place = Vault.Place(
                company: company, pipedriveCompany: try row.int64("pipedrive_company_id"),
                user: try row.int64("user_id"))
            return try vault.open(try row.bytes("refresh_token"), "revocation", at: place)
        }
    }

    func destroy(_ id: String) throws {
        guard let id = UUID(uuidString: id) else { return }
        try connection.execute(
            "delete from vault.revocation where company_id = \(try access.company()) and id = \(id)")
    }

    func destroyExpired() throws -> Int {
        try connection.execute("delete from vault.revocation where expires_at < clock_timestamp()")
    }
}
