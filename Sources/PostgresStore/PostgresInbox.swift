internal import Domain
import Postgres

struct PostgresInbox: InboxStore {
    let connection: PostgresConnection
    let access: StorageAccess

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
