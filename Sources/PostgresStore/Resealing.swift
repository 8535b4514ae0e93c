internal import Domain
import Postgres

/// Seals everything anew under the keyring's current key, company by company, each in a transaction of its own: cut off
/// anywhere, it goes on with what is left.
public struct Resealing: Sendable {
    private let storage: PostgresStorage

    /// Works on this storage, whose keys open everything that is sealed.
    public init(_ storage: PostgresStorage) {
        self.storage = storage
    }

    // A refresh holds its row for as long as the token endpoint takes.
    private static let limits: [SQL] = ["set local lock_timeout = '60s'"]

    /// How many values are sealed under each key.
    public func counts() throws -> [String: Int] {
        try storage.inTransaction(.cron(nil)) { connection in
            let rows = try connection.query("select key_id, sealed_count from vault.sealed_counts()")
            return try Dictionary(
                rows.map { (try $0.string("key_id"), Int(try $0.int64("sealed_count"))) }, uniquingKeysWith: +)
        }
    }

    /// Seals the next batch anew: up to `limit` companies, and as many installs that no company is joined to. How many
    /// rows; 0 when nothing is left under another key.
    public func batch(of limit: Int, under keyID: String) throws -> Int {
        let companies = try storage.inTransaction(.cron(nil)) { connection in
            try connection.query(
                "select id from vault.companies_to_reseal(\(keyID), \(limit)) id"
            ).map { Company.ID(try $0.uuid("id")) }
        }
        var count = try storage.inTransaction(.cron(nil), settings: Self.limits) {
            try pendingInstalls($0, limit, keyID)
        }
        for company in companies {
            count += try storage.inTransaction(.cron(company), settings: Self.limits) { connection in
                let count =
                    try credentials(connection, company, keyID) + webhookSecret(connection, company, keyID)
                    + revocations(connection, company, keyID)
                try PostgresConnections(database: connection, access: .cron(company), vault: storage.vault)
                    .audit("re-sealed", detail: "\(count) rows of the vault, under key \(keyID)")
                return count
            }
        }
        return count
    }

    /// Retires a key. False while anything is sealed under it.
    public func retire(_ keyID: String) throws -> Bool {
        try storage.inTransaction(.cron(nil), settings: Self.limits) { connection in
            try connection.query("select vault.retire_key(\(keyID)) as is_retired").first.orMissing("retire_key")
                .bool("is_retired")
        }
    }

    private func again(_ sealed: [UInt8], _ field: String, _ place: Vault.Place) throws -> [UInt8] {
        try storage.vault.seal(try storage.vault.open(sealed, field, at: place), field, at: place)
    }

    private func credentials(_ connection: PostgresConnection, _ company: Company.ID, _ keyID: String) throws -> Int {
        let rows = try connection.query(
            """
            select user_id, pipedrive_company_id, access_token, refresh_token from vault.credentials
            where company_id = \(company)
                and (vault.key_id(access_token) <> \(keyID) or vault.key_id(refresh_token) <> \(keyID))
            order by user_id for no key update
            """)
        for row in rows {
            let user = try row.int64("user_id")
            let place = Vault.Place(
                company: company, pipedriveCompany: try row.int64("pipedrive_company_id"), user: user)
            let access = try again(try row.bytes("access_token"), "access_token", place)
            let refresh = try again(try row.bytes("refresh_token"), "refresh_token", place)
            try connection.execute(
                """
                update vault.credentials set access_token = \(access), refresh_token = \(refresh)
                where company_id = \(company) and user_id = \(user)
                """)
        }
        return rows.count
    }

    private func webhookSecret(_ connection: PostgresConnection, _ company: Company.ID, _ keyID: String) throws -> Int {
        let rows = try connection.query(
            """
            select user_name, password from vault.webhook_secret
            where company_id = \(company)
                and (vault.key_id(user_name) <> \(keyID) or vault.key_id(password) <> \(keyID)) for no key update
            """)
        for row in rows {
            let place = Vault.Place(company: company, pipedriveCompany: 0, user: 0)
            let user = try again(try row.bytes("user_name"), "webhook_user", place)
            let password = try again(try row.bytes("password"), "webhook_password", place)
            try connection.execute(
                """
                update vault.webhook_secret set user_name = \(user), password = \(password)
                where company_id = \(company)
                """)
        }
        return rows.count
    }

    private func revocations(_ connection: PostgresConnection, _ company: Company.ID, _ keyID: String) throws -> Int {
        let rows = try connection.query(
            """
            select id, user_id, pipedrive_company_id, refresh_token from vault.revocation
            where company_id = \(company) and vault.key_id(refresh_token) <> \(keyID) order by id for no key update
            """)
        for row in rows {
            let place = Vault.Place(
                company: company, pipedriveCompany: try row.int64("pipedrive_company_id"),
                user: try row.int64("user_id"))
            let token = try again(try row.bytes("refresh_token"), "revocation", place)
            try connection.execute(
                """
                update vault.revocation set refresh_token = \(token)
                where company_id = \(company) and id = \(try row.uuid("id"))
                """)
        }
        return rows.count
    }

    private func pendingInstalls(_ connection: PostgresConnection, _ limit: Int, _ keyID: String) throws -> Int {
        let rows = try connection.query(
            """
            select v.ticket_hash, p.pipedrive_company_id, p.user_id, v.access_token, v.refresh_token
            from vault.pending_install v join web.pending_install p using (ticket_hash)
            where vault.key_id(v.access_token) <> \(keyID) or vault.key_id(v.refresh_token) <> \(keyID)
            order by v.ticket_hash limit \(limit) for no key update of v
            """)
        for row in rows {
            let ticket = try row.bytes("ticket_hash")
            let place = Vault.Place(
                ticketHash: ticket, pipedriveCompany: try row.int64("pipedrive_company_id"),
                user: try row.int64("user_id"))
            let access = try again(try row.bytes("access_token"), "access_token", place)
            let refresh = try again(try row.bytes("refresh_token"), "refresh_token", place)
            try connection.execute(
                """
                update vault.pending_install set access_token = \(access), refresh_token = \(refresh)
                where ticket_hash = \(ticket)
                """)
        }
        return rows.count
    }
}
