internal import Domain
import FoundationEssentials
import Postgres

struct PostgresMessageLog: MessageLog {
    let connection: PostgresConnection
    let access: StorageAccess

    private var visible: SQL {
        access.companyID.map { "company_id = \($0)" } ?? "true"
    }

    func counts() throws -> [MessageCount] {
        try connection.query(
            """
            select kind, state, count(*) as messages, min(created_at) as oldest
            from queue.message where \(fragment: visible) group by kind, state
            union all
            select kind, state, count(*), min(created_at) from queue.finished
            where \(fragment: visible) and finished_at > clock_timestamp() - interval '1 day' group by kind, state
            order by kind, state
            """
        ).map {
            MessageCount(
                kind: try $0.state("kind"), state: try $0.state("state"), count: try $0.int("messages"),
                oldestAt: try $0.optionalDate("oldest"))
        }
    }

    func messages(_ states: Set<OutboxMessage.State>?, limit: Int) throws -> [MessageRecord] {
        let wanted = (states ?? Set(OutboxMessage.State.allCases)).map(\.rawValue).sorted()
        return try connection.query(
            """
            select * from (
                (select company_id, id, kind, subject, state, attempt_count, reason, created_at, due_at
                from queue.message where \(fragment: visible) and state = any (\(wanted)::text[])
                order by id desc limit \(limit))
                union all
                (select company_id, id, kind, subject, state, attempt_count, reason, created_at, finished_at
                from queue.finished where \(fragment: visible) and state = any (\(wanted)::text[])
                order by finished_at desc limit \(limit))) both_tables
            order by id desc limit \(limit)
            """
        ).map(Self.record)
    }

    private static func record(_ row: PostgresRow) throws -> MessageRecord {
        MessageRecord(
            id: OutboxMessage.ID(try row.int64("id")), companyID: Company.ID(try row.uuid("company_id")),
            kind: try row.state("kind"), subject: try row.string("subject"), state: try row.state("state"),
            attemptCount: try row.int("attempt_count"), reason: try row.optionalString("reason"),
            createdAt: try row.date("created_at"), dueAt: try row.date("due_at"))
    }

    func messages(about deal: Deal.ID) throws -> [MessageRecord] {
        let company = try access.company()
        return try connection.query(
            """
            with event as (
                select e.id::text as subject from books.event e where e.company_id = \(company) and e.subject_id = any (array(
                    select id from books.quote where company_id = \(company) and deal_id = \(deal)
                    union all
                    select id from books.invoice where company_id = \(company) and deal_id = \(deal)))),
            message as (
                select company_id, id, kind, subject, state, attempt_count, reason, created_at, due_at
                from queue.message where company_id = \(company)
                union all
                select company_id, id, kind, subject, state, attempt_count, reason, created_at, finished_at
                from queue.finished where company_id = \(company))
            select * from message m
            where (m.kind = 'draft' and m.subject = \("\(deal)"))
                or (m.kind in ('event', 'note', 'mail') and m.subject in (select subject from event))
            order by m.id desc limit 100
            """
        ).map(Self.record)
    }

    func retry(_ id: OutboxMessage.ID) throws -> Bool {
        try retry("id = \(id) and state in ('available', 'scheduled', 'retryable', 'discarded')") == 1
    }

    func retryDiscarded(_ kind: OutboxMessage.Kind) throws -> Int {
        try retry("kind = \(kind.rawValue) and state = 'discarded'")
    }

    // Whatever made it fail may have taken effect: the next attempt looks first. What it does not find it repeats no
    // sooner than without the retry. Who heads a lane keeps the place; who waits behind another, or was given up, goes
    // out of order.
    private func retry(_ which: SQL) throws -> Int {
        try connection.execute(
            """
            update queue.message set state = 'available', attempt_count = 0, has_unclear_attempt = true,
                lane = case when is_blocked or state = 'discarded' then null else lane end, is_blocked = false,
                bucket = queue.bucket(), due_at = clock_timestamp(), finished_at = null
            where \(fragment: visible) and \(fragment: which)
            """)
    }

    func discard(_ id: OutboxMessage.ID, reason: String) throws -> Bool {
        let laned = try connection.query(
            "select company_id, lane from queue.message where \(fragment: visible) and id = \(id) and lane is not null"
        ).first
        if let laned {
            _ = try connection.query(
                """
                select pg_advisory_xact_lock(
                    queue.lane_key(\(try laned.uuid("company_id")), \(try laned.string("lane"))))
                """)
        }
        let isDone =
            try connection.execute(
                """
                update queue.message set state = 'discarded', reason = \(reason), finished_at = clock_timestamp()
                where \(fragment: visible) and id = \(id) and state in ('available', 'scheduled', 'retryable')
                """) == 1
        if let laned {
            _ = try connection.query(
                """
                select queue.unblock(
                    array[\(try laned.uuid("company_id"))::uuid], array[\(try laned.string("lane"))::text])
                """)
        }
        return isDone
    }
}
