internal import Domain
import FoundationEssentials
import Postgres

struct PostgresQueue: QueueStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func add(_ message: NewMessage) throws -> Bool {
        try connection.execute(
            """
            insert into queue.message (company_id, kind, subject, idempotency_key, lane, priority)
            values (
                \(try access.company()), \(message.kind.rawValue), \(message.subject), \(message.idempotencyKey),
                \(message.lane), \(message.priority))
            on conflict (company_id, kind, idempotency_key) where idempotency_key is not null do nothing
            """) == 1
    }

    func claim(limit: Int, leaseSeconds: Int, worker: String) throws -> [OutboxMessage] {
        try connection.query(
            """
            with due as (
                select m.company_id, m.id from queue.message m
                where m.state in ('available', 'retryable') and m.due_at <= clock_timestamp()
                    and (m.lane is null or not exists (
                        select from queue.message earlier
                        where earlier.company_id = m.company_id and earlier.lane = m.lane and earlier.id < m.id
                            and earlier.state in ('available', 'running', 'retryable')))
                order by m.priority, m.due_at, m.id
                limit \(limit) for update of m skip locked),
            claimed as (
                update queue.message m set state = 'running', worker = \(worker),
                    attempt_count = m.attempt_count + 1,
                    lease_until = clock_timestamp() + make_interval(secs => \(leaseSeconds)::double precision)
                from due where m.company_id = due.company_id and m.id = due.id
                returning m.company_id, m.id, m.kind, m.subject, m.attempt_count, m.has_unclear_attempt, m.priority),
            noted as (
                insert into queue.attempt (company_id, message_id, number, worker)
                select company_id, id, attempt_count, \(worker) from claimed)
            select * from claimed order by priority, id
            """
        ).map { row in
            OutboxMessage(
                id: OutboxMessage.ID(try row.int64("id")), companyID: Company.ID(try row.uuid("company_id")),
                kind: try row.state("kind"), subject: try row.string("subject"), attempt: try row.int("attempt_count"),
                hasUnclearAttempt: try row.bool("has_unclear_attempt"))
        }
    }

    func finish(
        _ message: OutboxMessage, worker: String, result: DeliveryResult, nextAttemptSeconds: Double?
    ) throws -> Bool {
        let outcome = Outcome(result, nextAttemptSeconds: nextAttemptSeconds)
        // The number of the attempt fences: a message that was rescued and claimed again is not ours any more.
        return try connection.execute(
            """
            with ours as (
                update queue.message set
                    state = \(outcome.state), lease_until = null, worker = null, reason = \(outcome.detail),
                    attempt_count = attempt_count - \(outcome.refund)::int,
                    has_unclear_attempt = has_unclear_attempt or \(outcome.isUnclear),
                    due_at = clock_timestamp() + make_interval(secs => \(outcome.delaySeconds)::double precision),
                    finished_at = case when \(outcome.isFinal) then clock_timestamp() end
                where company_id = \(message.companyID) and id = \(message.id) and state = 'running'
                    and worker = \(worker) and attempt_count = \(message.attempt)
                returning company_id, id)
            update queue.attempt a set
                finished_at = clock_timestamp(), outcome = \(outcome.name), detail = \(outcome.detail)
            from ours
            where a.company_id = ours.company_id and a.message_id = ours.id and a.finished_at is null
            """) == 1
    }

    func rescue() throws -> Int {
        try connection.execute(
            """
            with lost as (
                select company_id, id from queue.message
                where state = 'running' and lease_until < clock_timestamp()
                limit 100 for update skip locked),
            returned as (
                update queue.message m set
                    state = 'retryable', lease_until = null, worker = null, due_at = clock_timestamp(),
                    has_unclear_attempt = true, reason = 'The worker was lost'
                from lost where m.company_id = lost.company_id and m.id = lost.id
                returning m.company_id, m.id)
            update queue.attempt a set finished_at = clock_timestamp(), outcome = 'rescued'
            from returned r
            where a.company_id = r.company_id and a.message_id = r.id and a.finished_at is null
            """)
    }

    func cancelWaiting(reason: String) throws -> Int {
        try connection.execute(
            """
            update queue.message set
                state = 'cancelled', lease_until = null, worker = null, reason = \(reason),
                finished_at = clock_timestamp()
            where company_id = \(try access.company()) and state in ('available', 'retryable', 'running')
                and kind not in ('event', 'mail', 'revoke')
            """)
    }

    func wake() throws {
        try connection.execute(
            """
            update queue.message set due_at = clock_timestamp()
            where company_id = \(try access.company()) and state in ('available', 'retryable')
                and due_at > clock_timestamp()
            """)
    }

    func secondsUntilDue() throws -> Double? {
        try connection.query(
            """
            select extract(epoch from min(due_at) - clock_timestamp())::double precision as seconds
            from queue.message where state in ('available', 'retryable') and due_at > clock_timestamp()
            """
        ).first?.optionalDouble("seconds")
    }

    func announceListener(seconds: Int) throws {
        try connection.execute(
            """
            update queue.listener set until = clock_timestamp() + make_interval(secs => \(seconds)::double precision)
            where until < clock_timestamp() + make_interval(secs => \(seconds)::double precision / 2)
            """)
    }

    /// A delivery's result in the words of the tables.
    private struct Outcome {
        var state: String
        var name: String
        var detail: String?
        var delaySeconds = 0.0
        var isUnclear = false
        /// Waiting and going on cost no attempt.
        var refund = 0
        var isFinal: Bool { ["completed", "discarded", "cancelled"].contains(state) }

        init(_ result: DeliveryResult, nextAttemptSeconds: Double?) {
            switch result {
            case .completed(let note): (state, name, detail) = ("completed", "completed", note)
            case .cancelled(let reason): (state, name, detail) = ("cancelled", "cancelled", reason)
            case .discarded(let reason): (state, name, detail) = ("discarded", "discarded", reason)
            case .again: (state, name, refund) = ("available", "again", 1)
            case .snoozed(let seconds, let reason):
                (state, name, detail, refund) = ("available", "snoozed", reason, 1)
                delaySeconds = Double(seconds)
            case .failed(let reason, _, let isUnclear):
                state = nextAttemptSeconds == nil ? "discarded" : "retryable"
                (name, detail, self.isUnclear) = ("failed", reason, isUnclear)
                delaySeconds = nextAttemptSeconds ?? 0
            }
        }
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
