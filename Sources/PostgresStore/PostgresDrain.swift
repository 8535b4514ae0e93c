internal import Domain
import FoundationEssentials
import Postgres

/// The drainer's side of the queue. The statements themselves are functions of the schema: a claim is one round trip,
/// and so are the results of many messages.
struct PostgresDrain: DrainStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private static let kinds = OutboxMessage.Kind.allCases.map(\.rawValue)
    private static let lookingKinds = OutboxMessage.Kind.allCases.filter(\.looksBeforeRepeating).map(\.rawValue)

    func claim(_ request: ClaimRequest) throws -> [OutboxMessage] {
        let held = Array(request.held)
        // Kinds that this version does not know are left to a newer one.
        return try connection.query(
            """
            select * from queue.claim(
                \(request.worker), \(request.limit), \(request.leaseSeconds), \(min(request.share, 1_000_000)),
                \(Self.kinds), \(request.lowestPriority)::smallint, \(held.map(\.key.rawValue))::uuid[],
                \(held.map(\.value))::integer[])
            """
        ).map { row in
            OutboxMessage(
                id: OutboxMessage.ID(try row.int64("id")), companyID: Company.ID(try row.uuid("company_id")),
                kind: try row.state("kind"), subject: try row.string("subject"), attempt: try row.int("attempt_count"),
                hasUnclearAttempt: try row.bool("has_unclear_attempt"), claim: try row.int("claim_count"),
                priority: try row.int("priority"), isProbe: try row.bool("is_probe"),
                repeatSeconds: try row.optionalDouble("repeat_seconds") ?? 0, causedAt: try row.date("caused_at"))
        }
    }

    func finish(_ attempts: [FinishedAttempt], worker: String) throws -> Set<OutboxMessage.ID> {
        guard !attempts.isEmpty else { return [] }
        let results = String(decoding: try JSONEncoder().encode(attempts.map(Result.init)), as: UTF8.self)
        let ours = Set(
            try connection.query("select id from queue.finish(\(worker), \(results)::jsonb) id")
                .map { OutboxMessage.ID(try $0.int64("id")) })
        try moveGates(attempts.filter { ours.contains($0.message.id) })
        return ours
    }

    func renew(_ messages: [OutboxMessage], worker: String, seconds: Double) throws -> Set<OutboxMessage.ID> {
        Set(
            try connection.query(
                """
                update queue.message m set
                    lease_until = clock_timestamp() + make_interval(secs => \(seconds)::double precision)
                from unnest(
                    \(messages.map(\.companyID.rawValue))::uuid[], \(messages.map(\.id.rawValue))::bigint[],
                    \(messages.map(\.claim))::integer[]) held (company_id, id, claim)
                where m.company_id = held.company_id and m.id = held.id and m.claim_count = held.claim
                    and m.state = 'running' and m.worker = \(worker)
                returning m.id
                """
            ).map { OutboxMessage.ID(try $0.int64("id")) })
    }

    func rescue(worker: String, repeatSeconds: Double, backSeconds: Double?) throws -> Int {
        // Half a century back is ever.
        try connection.query(
            """
            select queue.rescue(\(worker), \(repeatSeconds), \(Self.lookingKinds), \(backSeconds ?? 1.6e9)) as rescued
            """
        ).first?.int("rescued") ?? 0
    }

    /// A result in the words of the tables.
    private struct Result: Encodable {
        let company: String
        let id: Int64
        let claim: Int
        let state: String
        let outcome: String
        let detail: String?
        let excerpt: String?
        let http_status: Int?
        let delay: Double
        let `repeat`: Double?
        let unclear: Bool
        let refund: Int
        let final: Bool

        init(_ attempt: FinishedAttempt) {
            let (message, outcome) = (attempt.message, attempt.outcome)
            (company, id, claim) = (message.companyID.text, message.id.rawValue, message.claim)
            (state, self.outcome) = (outcome.state.rawValue, outcome.name.rawValue)
            // PostgreSQL's text holds no NUL, which an answer may.
            detail = outcome.detail?.replacing("\u{0}", with: "")
            excerpt = attempt.excerpt?.replacing("\u{0}", with: "")
            (http_status, delay, `repeat`) = (attempt.httpStatus, outcome.delaySeconds, outcome.repeatSeconds)
            (unclear, refund, final) = (outcome.isUnclear, outcome.isCounted ? 0 : 1, outcome.isFinal)
        }
    }
}

extension PostgresDrain {
    /// Opens, counts and closes: in this order, so that of a batch's results the worst one stands.
    fileprivate func moveGates(_ attempts: [FinishedAttempt]) throws {
        var opened: Set<Company.ID> = []
        var tried: Set<Company.ID> = []
        for attempt in attempts where attempt.outcome.gate == .open {
            opened.insert(attempt.message.companyID)
            if attempt.message.isProbe { tried.insert(attempt.message.companyID) }
        }
        if !opened.isEmpty { try open(opened, tried: tried) }
        for attempt in attempts {
            switch attempt.outcome.gate {
            case .unchanged, .open: break
            case .failed(let seconds): try count(attempt, seconds: seconds)
            case .closed(let seconds): try close(attempt, seconds: seconds)
            }
        }
    }

    // What went out before a gate closed for a time says nothing about that time; a probe does.
    private func open(_ opened: Set<Company.ID>, tried: Set<Company.ID>) throws {
        try connection.execute(
            """
            delete from queue.gate
            where company_id = any (\(opened.map(\.rawValue))::uuid[])
                and (failure_count > 0 or company_id = any (\(tried.map(\.rawValue))::uuid[]))
            """)
    }

    private func count(_ attempt: FinishedAttempt, seconds: Double) throws {
        try connection.execute(
            """
            insert into queue.gate (company_id, failure_count, reason)
            values (\(attempt.message.companyID), 1, \(attempt.outcome.detail ?? ""))
            on conflict (company_id) do update set
                failure_count = gate.failure_count + 1, reason = excluded.reason, changed_at = clock_timestamp(),
                closed_until = case when gate.failure_count + 1 >= \(RetryPolicy.failureLimit) or \(attempt.message.isProbe)
                    then greatest(
                        gate.closed_until, clock_timestamp() + make_interval(secs => \(seconds)::double precision))
                    else gate.closed_until end
            """)
    }

    private func close(_ attempt: FinishedAttempt, seconds: Double) throws {
        try connection.execute(
            """
            insert into queue.gate (company_id, closed_until, reason)
            values (
                \(attempt.message.companyID),
                clock_timestamp() + make_interval(secs => \(seconds)::double precision),
                \(attempt.outcome.detail ?? ""))
            on conflict (company_id) do update set
                failure_count = 0, reason = excluded.reason, changed_at = clock_timestamp(),
                closed_until = greatest(gate.closed_until, excluded.closed_until)
            """)
    }
}
