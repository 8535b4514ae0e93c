internal import Domain
import FoundationEssentials
import Postgres

struct PostgresQueueHealth: QueueHealth {
    let connection: PostgresConnection
    let access: StorageAccess

    func noteFigures() throws -> NoteFigures {
        let company = try access.company()
        let open = try connection.query(
            """
            select count(*) filter (where state <> 'discarded') as waiting,
                count(*) filter (where state = 'retryable' or attempt_count > 1 and state <> 'discarded') as retrying,
                count(*) filter (where state = 'discarded') as discarded,
                min(caused_at) filter (where state <> 'discarded') as oldest
            from queue.message where company_id = \(company) and kind in ('event', 'note')
            """
        ).first.orMissing("message")
        let done = try connection.query(
            """
            select count(*) as delivered, count(*) filter (where s > 60) as late,
                percentile_cont(0.5) within group (order by s) as p50,
                percentile_cont(0.95) within group (order by s) as p95,
                percentile_cont(0.99) within group (order by s) as p99
            from (
                select greatest(extract(epoch from finished_at - caused_at), 0)::double precision as s
                from queue.finished
                where company_id = \(company) and kind = 'note' and state = 'completed'
                    and finished_at > clock_timestamp() - interval '1 day') seconds
            """
        ).first.orMissing("finished")
        var figures = NoteFigures()
        figures.waitingCount = try open.int("waiting")
        figures.retryingCount = try open.int("retrying")
        figures.discardedCount = try open.int("discarded")
        figures.oldestWaitingAt = try open.optionalDate("oldest")
        figures.deliveredCount = try done.int("delivered")
        figures.lateCount = try done.int("late")
        if figures.deliveredCount > 0 {
            figures.seconds = NoteFigures.Percentiles(
                p50: try done.double("p50"), p95: try done.double("p95"), p99: try done.double("p99"))
        }
        return figures
    }

    func heldConnections() throws -> [HeldConnection] {
        try connection.query(
            """
            select company_id, reason, failure_count, closed_until from queue.gate
            where closed_until > '-infinity'
                and (\(access.companyID)::uuid is null or company_id = \(access.companyID))
            order by changed_at desc limit 1000
            """
        ).map {
            HeldConnection(
                companyID: Company.ID(try $0.uuid("company_id")), reason: try $0.string("reason"),
                failureCount: try $0.int("failure_count"), until: try $0.date("closed_until"))
        }
    }

    func drainers() throws -> [LiveDrainer] {
        try connection.query(
            """
            select worker, started_at, seen_at, hears, held_count from queue.drainer
            where seen_at > clock_timestamp() - interval '1 minute' order by started_at
            """
        ).map {
            LiveDrainer(
                worker: try $0.string("worker"), startedAt: try $0.date("started_at"), seenAt: try $0.date("seen_at"),
                hears: try $0.bool("hears"), heldCount: try $0.int("held_count"))
        }
    }

    func rates() throws -> [FinishRate] {
        try connection.query(
            """
            select kind, count(*) filter (where finished_at > clock_timestamp() - interval '1 minute') as minute,
                count(*) as hour
            from queue.finished where finished_at > clock_timestamp() - interval '1 hour'
            group by kind order by kind
            """
        ).map {
            FinishRate(
                kind: try $0.state("kind"), lastMinute: try $0.int("minute"), lastHour: try $0.int("hour"))
        }
    }
}
