internal import Domain
import FoundationEssentials
import Postgres

struct PostgresConnectionHealth: ConnectionHealthStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func grantedScopes(user: PipedriveUser.ID) throws -> Set<String>? {
        try connection.query(
            "select scopes from vault.credentials where company_id = \(try access.company()) and user_id = \(user)"
        ).first.map { Set(try $0.strings("scopes")) }
    }

    func webhooks() throws -> WebhookHealth? {
        try connection.query(
            """
            select checked_at, expected_count, active_count, trouble, troubled_at from pipedrive.webhook_health
            where company_id = \(try access.company())
            """
        ).first.map {
            WebhookHealth(
                checkedAt: try $0.date("checked_at"), expectedCount: try $0.int("expected_count"),
                activeCount: try $0.int("active_count"), trouble: try $0.optionalString("trouble"),
                troubledAt: try $0.optionalDate("troubled_at"))
        }
    }

    func save(expectedCount: Int, activeCount: Int, trouble: String?) throws {
        try connection.execute(
            """
            insert into pipedrive.webhook_health (company_id, expected_count, active_count, trouble, troubled_at)
            values (
                \(try access.company()), \(expectedCount), \(activeCount), \(trouble),
                case when \(trouble)::text is not null then clock_timestamp() end)
            on conflict (company_id) do update set
                checked_at = excluded.checked_at, expected_count = excluded.expected_count,
                active_count = excluded.active_count,
                trouble = coalesce(excluded.trouble, webhook_health.trouble),
                troubled_at = coalesce(excluded.troubled_at, webhook_health.troubled_at)
            """)
    }

    func noteFailedDelivery() throws {
        try connection.execute(
            """
            insert into pipedrive.webhook_failure (company_id) values (\(try access.company())) on conflict do nothing
            """)
    }

    func takeFailedDelivery() throws -> Bool {
        try connection.execute("delete from pipedrive.webhook_failure where company_id = \(try access.company())") > 0
    }

    func revokingUntil() throws -> Date? {
        try connection.query(
            """
            select max(expires_at) as until from vault.revocation
            where company_id = \(try access.company()) and expires_at > clock_timestamp()
            """
        ).first?.optionalDate("until")
    }
}
