internal import Domain
import FoundationEssentials
import Postgres

struct PostgresMembers: MemberStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func members() throws -> [Member] {
        let company = try access.company()
        return try connection.query(
            """
            select id, email, role from books.member where company_id = \(company)
            order by role = 'owner' desc, email
            """
        ).map {
            Member(
                id: Member.ID(try $0.uuid("id")), companyID: company, email: try $0.string("email"),
                role: try $0.state("role"))
        }
    }

    func add(_ member: Member, passwordHash: Secret) throws {
        let company = try access.company()
        let isNew = try connection.execute(
            """
            insert into web.login_directory (email, company_id) values (\(member.email), \(company))
            on conflict do nothing
            """)
        guard isNew == 1 else {
            throw Refusal(.conflict, "This e-mail address has a login already.", fields: ["email": "is taken"])
        }
        try connection.execute(
            """
            insert into books.member (company_id, id, email, password_hash, role)
            values (\(company), \(member.id), \(member.email), \(passwordHash.reveal()), \(member.role.rawValue))
            """)
    }

    func change(_ id: Member.ID, to role: Member.Role) throws -> Bool {
        if role != .owner { try keepAnOwner(besides: id) }
        return try connection.execute(
            """
            update books.member set role = \(role.rawValue) where company_id = \(try access.company()) and id = \(id)
            """) == 1
    }

    func remove(_ id: Member.ID) throws -> Bool {
        let company = try access.company()
        try keepAnOwner(besides: id)
        try endSessions(of: id, keeping: nil)
        let gone = try connection.query(
            "delete from books.member where company_id = \(company) and id = \(id) returning email"
        ).first
        guard let email = try gone?.string("email") else { return false }
        try connection.execute("delete from web.login_directory where email = \(email) and company_id = \(company)")
        return true
    }

    // The rows are locked, so that of two owners who remove one another one finds that it is the last.
    private func keepAnOwner(besides id: Member.ID) throws {
        let owners = try connection.query(
            """
            select id from books.member where company_id = \(try access.company()) and role = 'owner'
            order by id for update
            """
        ).map { Member.ID(try $0.uuid("id")) }
        guard owners != [id] else {
            throw Refusal(.conflict, "A company needs an owner. Make somebody else an owner first.")
        }
    }

    func replacePassword(email: String, hash: Secret, keeping session: [UInt8]?) throws -> Bool {
        let rows = try connection.query(
            """
            update books.member set password_hash = \(hash.reveal())
            where company_id = \(try access.company()) and email = \(email) returning id
            """)
        guard let id = try rows.first?.uuid("id") else { return false }
        try endSessions(of: Member.ID(id), keeping: session)
        return true
    }

    private func endSessions(of id: Member.ID, keeping session: [UInt8]?) throws {
        try connection.execute(
            """
            with ended as (
                delete from web.session where company_id = \(try access.company()) and member_id = \(id)
                    and token_hash is distinct from \(session)::bytea returning token_hash)
            delete from web.session_directory d using ended where d.token_hash = ended.token_hash
            """)
    }
}
