public import Domain
import Postgres

extension PostgresStorage: WebhookStore {
    private static let prelude = [SQL(unsafe: "set local role \(StorageAccess.Role.web.rawValue)")]

    private struct Delivery: Sendable {
        let path: String
        let basicHash: [UInt8]?
        let body: [UInt8]
    }

    private static let choosingCompany: SQLTemplate<Delivery> = """
        select set_config('paydock.company', (
            select company_id::text from web.webhook_directory where path = \(\.path)), true)
        """

    private static let storing: SQLTemplate<Delivery> = """
        with endpoint as materialized (
            select company_id, is_live, coalesce(basic_hash = \(\.basicHash), false) as is_proven
            from pipedrive.webhook_endpoint
            where company_id = books.current_company() and path = \(\.path)),
        delivery as (
            insert into pipedrive.webhook_inbox (company_id, body)
            select company_id, \(\.body)::bytea from endpoint where is_live and is_proven returning company_id, id),
        message as (
            insert into queue.message (company_id, kind, subject)
            select company_id, 'webhook', id::text from delivery)
        select is_live, is_proven from endpoint
        """

    /// Everything in one round trip: role, company, the delivery and the message about it, and the commit.
    public func receive(path: String, basicHash: [UInt8]?, body: [UInt8]) throws -> WebhookVerdict {
        let delivery = Delivery(path: path, basicHash: basicHash, body: body)
        let found = try withConnection { connection in
            try connection.batch(
                prelude: Self.prelude, [Self.choosingCompany.with(delivery), Self.storing.with(delivery)])[1].first
        }
        guard let found else { return .unknown }
        guard try found.bool("is_live") else { return .ignored }
        return try found.bool("is_proven") ? .stored : .unauthorized
    }
}
