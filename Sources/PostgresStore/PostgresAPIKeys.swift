internal import Domain
import FoundationEssentials
import Postgres

struct PostgresAPIKeys: APIKeyStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func insert(name: String, hash: [UInt8]) throws -> APIKey {
        let company = try access.company()
        let row = try connection.query(
            """
            insert into books.api_key (company_id, hash, name) values (\(company), \(hash), \(name))
            returning id, name, created_at, last_used_at, revoked_at
            """
        ).first
        try connection.execute(
            "insert into web.api_key_directory (hash, company_id) values (\(hash), \(company))")
        return try Self.key(try row.orMissing("api_key"))
    }

    func keys() throws -> [APIKey] {
        try connection.query(
            """
            select id, name, created_at, last_used_at, revoked_at from books.api_key
            where company_id = \(try access.company()) order by created_at desc, id
            """
        ).map(Self.key)
    }

    func revoke(_ id: APIKey.ID) throws -> Bool {
        let company = try access.company()
        let hash = try connection.query(
            """
            update books.api_key set revoked_at = clock_timestamp()
            where company_id = \(company) and id = \(id) and revoked_at is null
            returning hash
            """
        ).first?.bytes("hash")
        guard let hash else { return false }
        try connection.execute("delete from web.api_key_directory where hash = \(hash) and company_id = \(company)")
        return true
    }

    func use(hash: [UInt8]) throws -> APIKeyUse? {
        // Nothing is lost with the last counts of a crashed server, so no request waits for its disk.
        try connection.execute("set local synchronous_commit = off")
        return try connection.query(
            """
            select owner_id, request_number, seconds_left
            from web.use_api_key(\(hash), \(APIKeyUse.limitPerMinute)::integer)
            """
        ).first.map {
            APIKeyUse(
                companyID: Company.ID(try $0.uuid("owner_id")), requestNumber: try $0.int("request_number"),
                secondsLeft: try $0.int("seconds_left"))
        }
    }

    private static func key(_ row: PostgresRow) throws -> APIKey {
        APIKey(
            id: APIKey.ID(try row.uuid("id")), name: try row.string("name"), createdAt: try row.date("created_at"),
            lastUsedAt: try row.optionalDate("last_used_at"), revokedAt: try row.optionalDate("revoked_at"))
    }
}
