internal import Domain
import Postgres

struct PostgresInbox: InboxStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func expectation(path: String) throws -> WebhookExpectation? {
        try connection.query(
            """
            select basic_hash, is_live from pipedrive.webhook_endpoint
            where company_id = \(try access.company()) and path = \(path)
            """
        ).first.map { WebhookExpectation(basicHash: try $0.bytes("basic_hash"), isLive: try $0.bool("is_live")) }
    }

    func insert(body: [UInt8]) throws {
        let company = try access.company()
        try connection.execute(
            """
            with delivery as (
                insert into pipedrive.webhook_inbox (company_id, body) values (\(company), \(body)) returning id)
            insert into queue.message (company_id, kind, subject)
            select \(company)::uuid, 'webhook', id::text from delivery
            """)
    }

    func body(_ id: Int64) throws -> [UInt8]? {
        try connection.query(
            "select body from pipedrive.webhook_inbox where company_id = \(try access.company()) and id = \(id)"
        ).first.map { try $0.bytes("body") }
    }

    func isFirst(eventID: String) throws -> Bool {
        try connection.execute(
            """
            insert into pipedrive.webhook_seen (company_id, event_id)
            values (\(try access.company()), \(eventID)) on conflict do nothing
            """) == 1
    }
}
