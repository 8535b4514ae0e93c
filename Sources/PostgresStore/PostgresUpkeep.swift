internal import Domain
import FoundationEssentials
import Postgres

struct PostgresUpkeep: UpkeepStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func sweptThrough() throws -> Date? {
        try connection.query(
            "select swept_through from pipedrive.settings where company_id = \(try access.company())"
        ).first.flatMap { try $0.optionalDate("swept_through") }
    }

    func save(sweptThrough: Date) throws {
        try connection.execute(
            """
            update pipedrive.settings set swept_through = greatest(swept_through, \(sweptThrough))
            where company_id = \(try access.company())
            """)
    }

    func idleGrants(seconds: Int) throws -> [PipedriveUser.ID] {
        try connection.query(
            """
            select g.user_id from pipedrive.connection c
            join pipedrive.user_grant g
                on g.company_id = c.company_id and g.pipedrive_company_id = c.pipedrive_company_id
            join vault.credentials v on v.company_id = g.company_id and v.user_id = g.user_id
            where c.company_id = \(try access.company()) and c.state = 'live' and g.state = 'live'
                and v.updated_at < clock_timestamp() - make_interval(secs => \(seconds)::double precision)
            order by g.user_id
            """
        ).map { PipedriveUser.ID(try $0.int64("user_id")) }
    }

    // A refresh an hour would leave no room for anything else: only the latest five are listed.
    func audit(limit: Int) throws -> [AuditLine] {
        let company = try access.company()
        return try connection.query(
            """
            select action, detail, happened_at from pipedrive.audit a where company_id = \(company)
                and (action <> 'refreshed' or id >= coalesce((
                    select min(id) from (
                        select id from pipedrive.audit
                        where company_id = \(company) and action = 'refreshed'
                        order by id desc limit 5) latest), 0))
            order by id desc limit \(limit)
            """
        ).map {
            AuditLine(
                action: try $0.string("action"), detail: try $0.string("detail"),
                happenedAt: try $0.date("happened_at"))
        }
    }
}
