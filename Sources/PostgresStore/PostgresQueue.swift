internal import Domain
import FoundationEssentials
import Postgres

struct PostgresQueue: QueueStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func add(_ message: NewMessage) throws -> Bool {
        let company = try access.company()
        return try connection.execute(
            """
            insert into queue.message (
                company_id, kind, subject, idempotency_key, lane, priority, caused_at)
            select \(company)::uuid, \(message.kind.rawValue), \(message.subject), \(message.idempotencyKey)::text,
                \(message.lane)::text, \(message.priority)::smallint,
                coalesce(\(message.causedAt)::timestamptz, clock_timestamp())
            where not exists (
                select from queue.finished
                where company_id = \(company) and kind = \(message.kind.rawValue)
                    and idempotency_key = \(message.idempotencyKey))
            on conflict (company_id, kind, idempotency_key) where idempotency_key is not null do nothing
            """) == 1
    }

    // Mails are not the connection's, and a revocation is told to Pipedrive just because the connection has ended.
    func cancelWaiting(reason: String) throws -> Int {
        let company = try access.company()
        // In the order of a drainer's turn: messages by their number, then the gate. Else the two could wait for each
        // other.
        _ = try connection.query(
            """
            select count(*) from (
                select from queue.message
                where company_id = \(company) and state in ('available', 'scheduled', 'retryable', 'running')
                    and kind not in ('event', 'mail', 'revoke')
                order by id for update) locked
            """)
        try connection.execute("delete from queue.gate where company_id = \(company)")
        return try connection.execute(
            """
            with gone as (
                delete from queue.message
                where company_id = \(company)
                    and state in ('available', 'scheduled', 'retryable', 'running')
                    and kind not in ('event', 'mail', 'revoke')
                returning *)
            insert into queue.finished (
                company_id, id, kind, subject, idempotency_key, state, attempt_count, reason, caused_at, created_at)
            select company_id, id, kind, subject, idempotency_key, 'cancelled', attempt_count, \(reason), caused_at,
                created_at
            from gone
            """)
    }

    func wake() throws {
        try connection.execute("delete from queue.gate where company_id = \(try access.company())")
        try connection.execute(
            """
            update queue.message set due_at = clock_timestamp()
            where company_id = \(try access.company()) and state in ('scheduled', 'retryable')
                and due_at > clock_timestamp()
            """)
    }
}

struct PostgresChores: ChoreStore {
    let connection: PostgresConnection

    func claim(_ name: String, everySeconds: Int) throws -> Bool {
        try connection.execute(
            """
            insert into queue.chore (name, due_at)
            values (\(name), clock_timestamp() + make_interval(secs => \(everySeconds)::double precision))
            on conflict (name) do update set due_at = excluded.due_at where chore.due_at <= clock_timestamp()
            """) == 1
    }

    func secondsOverdue(_ name: String) throws -> Double? {
        try connection.query(
            """
            select extract(epoch from clock_timestamp() - due_at)::double precision as seconds
            from queue.chore where name = \(name) and due_at > '-infinity'
            """
        ).first?.optionalDouble("seconds")
    }
}
