internal import Domain
import FoundationEssentials
import Postgres

struct PostgresRevocations: RevocationStore {
    let connection: PostgresConnection
    let access: StorageAccess
    let vault: Vault

    func keep() throws {
        let company = try access.company()
        let rows = try connection.query(
            "select user_id, pipedrive_company_id, refresh_token from vault.credentials where company_id = \(company)")
        for row in rows {
            let (user, account) = (try row.int64("user_id"), try row.int64("pipedrive_company_id"))
            let place = Vault.Place(company: company, pipedriveCompany: account, user: user)
            let token = try vault.open(try row.bytes("refresh_token"), "refresh_token", at: place)
            let sealed = try vault.seal(token, "revocation", at: place)
            try connection.execute(
                """
                with kept as (
                    insert into vault.revocation (company_id, pipedrive_company_id, user_id, refresh_token)
                    values (\(company), \(account), \(user), \(sealed)) returning id)
                insert into queue.message (company_id, kind, subject)
                select \(company)::uuid, 'revoke', id::text from kept
                """)
        }
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

struct PostgresMembers: MemberStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func replacePassword(email: String, hash: Secret) throws -> Bool {
        let company = try access.company()
        let rows = try connection.query(
            """
            update books.member set password_hash = \(hash.reveal())
            where company_id = \(company) and email = \(email) returning id
            """)
        guard let id = try rows.first?.uuid("id") else { return false }
        try connection.execute(
            """
            with ended as (
                delete from web.session where company_id = \(company) and member_id = \(id) returning token_hash)
            delete from web.session_directory d using ended where d.token_hash = ended.token_hash
            """)
        return true
    }
}
