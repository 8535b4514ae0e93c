internal import Domain
import FoundationEssentials
import Postgres

/// The sealed credentials of a company's grants.
struct CredentialStore {
    let connection: PostgresConnection
    let vault: Vault
    let company: Company.ID

    /// The opened credentials; nil when the grant has none.
    func credentials(user: PipedriveUser.ID) throws -> Credentials? {
        try connection.query(
            """
            select pipedrive_company_id, access_token, refresh_token, expires_at, api_origin, scopes
            from vault.credentials where company_id = \(company) and user_id = \(user)
            """
        ).first.map { try opened($0, user: user) }
    }

    /// The same under the row's lock, until the transaction ends; a lock time-out at once when somebody else holds it.
    func lock(user: PipedriveUser.ID) throws -> Credentials? {
        try connection.query(
            """
            select pipedrive_company_id, access_token, refresh_token, expires_at, api_origin, scopes
            from vault.credentials where company_id = \(company) and user_id = \(user)
            for no key update nowait
            """
        ).first.map { try opened($0, user: user) }
    }

    private func opened(_ row: PostgresRow, user: PipedriveUser.ID) throws -> Credentials {
        let place = Vault.Place(
            company: company, pipedriveCompany: try row.int64("pipedrive_company_id"), user: user.rawValue)
        return Credentials(
            accessToken: try vault.open(try row.bytes("access_token"), "access_token", at: place),
            refreshToken: try vault.open(try row.bytes("refresh_token"), "refresh_token", at: place),
            expiresAt: try row.date("expires_at"), apiOrigin: APIOrigin(checked: try row.string("api_origin")),
            scopes: Set(try row.strings("scopes")))
    }

    /// Takes refreshed credentials over, as they are from now on.
    func save(_ credentials: Credentials, user: PipedriveUser.ID) throws -> Credentials {
        let found = try connection.query(
            "select pipedrive_company_id from vault.credentials where company_id = \(company) and user_id = \(user)"
        ).first
        guard let pipedriveCompany = try found?.int64("pipedrive_company_id") else {
            throw Refusal(.notFound, "The grant has no credentials.")
        }
        let scopes = try insert(credentials, user: user, pipedriveCompany: pipedriveCompany)
        return Credentials(
            accessToken: credentials.accessToken, refreshToken: credentials.refreshToken,
            expiresAt: credentials.expiresAt, apiOrigin: credentials.apiOrigin, scopes: scopes)
    }

    /// Seals and stores; what the grant had before is replaced. An answer that names no scopes leaves those of before
    /// (RFC 6749, section 5.1); the scopes as they are now.
    @discardableResult
    func insert(
        _ credentials: Credentials, user: PipedriveUser.ID, pipedriveCompany: Int64
    ) throws -> Set<String> {
        let place = Vault.Place(company: company, pipedriveCompany: pipedriveCompany, user: user.rawValue)
        let access = try vault.seal(credentials.accessToken, "access_token", at: place)
        let refresh = try vault.seal(credentials.refreshToken, "refresh_token", at: place)
        let row = try connection.query(
            """
            insert into vault.credentials (
                company_id, pipedrive_company_id, user_id, access_token, refresh_token, expires_at, api_origin, scopes)
            values (
                \(company), \(pipedriveCompany), \(user), \(access), \(refresh), \(credentials.expiresAt),
                \(credentials.apiOrigin.text), \(credentials.scopes.sorted()))
            on conflict (company_id, user_id) do update set
                pipedrive_company_id = excluded.pipedrive_company_id, access_token = excluded.access_token,
                refresh_token = excluded.refresh_token, expires_at = excluded.expires_at,
                api_origin = excluded.api_origin,
                scopes = case when excluded.scopes = '{}' then credentials.scopes else excluded.scopes end,
                updated_at = clock_timestamp()
            returning scopes
            """
        ).first.orMissing("credentials")
        return Set(try row.strings("scopes"))
    }
}
