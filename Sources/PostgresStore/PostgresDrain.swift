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

    /// All of a turn in one round trip, unless a result moves a gate: what is claimed then depends on that.
    func turn(_ turn: DrainTurn) throws -> DrainTurn.Outcome {
        guard !turn.results.contains(where: Self.moves) else { return try inSteps(turn) }
        let worker = turn.worker
        var statements: [SQL] = []
        func add(_ statement: SQL?) -> Int? {
            guard let statement else { return nil }
            statements.append(statement)
            return statements.count - 1
        }
        let finish = add(try turn.results.isEmpty ? nil : finishing(turn.results, worker))
        let renewal = add(turn.renewals.isEmpty ? nil : renewing(turn.renewals, worker, turn.leaseSeconds))
        _ = add(turn.rescue.map { rescuing(worker, $0) })
        let claim = add(turn.claim.map(claiming))
        let events = add(
            turn.claim == nil || turn.companyLimit == 0 ? nil : companiesStatement(limit: turn.companyLimit))
        let rows = try connection.batch(statements)
        var outcome = DrainTurn.Outcome()
        if let finish { outcome.ours = try Self.numbers(rows[finish]) }
        if let renewal { outcome.renewed = try Self.numbers(rows[renewal]) }
        if let claim { outcome.claimed = try rows[claim].map(Self.message) }
        if let events { outcome.companies = try rows[events].map { Company.ID(try $0.uuid("company_id")) } }
        return outcome
    }

    func claim(_ request: ClaimRequest) throws -> [OutboxMessage] {
        try connection.query(claiming(request)).map(Self.message)
    }

    func finish(_ attempts: [FinishedAttempt], worker: String) throws -> Set<OutboxMessage.ID> {
        guard !attempts.isEmpty else { return [] }
        let ours = try Self.numbers(try connection.query(finishing(attempts, worker)))
        try moveGates(attempts.filter { ours.contains($0.message.id) })
        return ours
    }

    func renew(_ messages: [OutboxMessage], worker: String, seconds: Double) throws -> Set<OutboxMessage.ID> {
        try Self.numbers(try connection.query(renewing(messages, worker, seconds)))
    }

    func rescue(worker: String, repeatSeconds: Double, backSeconds: Double?) throws -> Int {
        let rescue = DrainTurn.Rescue(repeatSeconds: repeatSeconds, backSeconds: backSeconds)
        return try connection.query(rescuing(worker, rescue)).first?.int("rescued") ?? 0
    }

    private func claiming(_ request: ClaimRequest) -> SQL {
        let held = Array(request.held)
        // Kinds that this version does not know are left to a newer one.
        return """
            select * from queue.claim(
                \(request.worker), \(request.limit), \(request.leaseSeconds), \(min(request.share, 1_000_000)),
                \(Self.kinds), \(request.lowestPriority)::smallint, \(held.map(\.key.rawValue))::uuid[],
                \(held.map(\.value))::integer[])
            """
    }

    private func finishing(_ attempts: [FinishedAttempt], _ worker: String) throws -> SQL {
        let results = String(decoding: try JSONEncoder().encode(attempts.map(Result.init)), as: UTF8.self)
        return "select id from queue.finish(\(worker), \(results)::jsonb) id"
    }

    private func renewing(_ messages: [OutboxMessage], _ worker: String, _ seconds: Double) -> SQL {
        """
        select id from queue.renew(
            \(worker), \(messages.map(\.companyID.rawValue))::uuid[], \(messages.map(\.id.rawValue))::bigint[],
            \(messages.map(\.claim))::integer[], \(seconds)) id
        """
    }

    private func rescuing(_ worker: String, _ rescue: DrainTurn.Rescue) -> SQL {
        // Half a century back is ever.
        """
        select queue.rescue(
            \(worker), \(rescue.repeatSeconds), \(Self.lookingKinds), \(rescue.backSeconds ?? 1.6e9)) as rescued
        """
    }

    private static func numbers(_ rows: PostgresRows) throws -> Set<OutboxMessage.ID> {
        Set(try rows.map { OutboxMessage.ID(try $0.int64("id")) })
    }

    private static func message(_ row: PostgresRow) throws -> OutboxMessage {
        OutboxMessage(
            id: OutboxMessage.ID(try row.int64("id")), companyID: Company.ID(try row.uuid("company_id")),
            kind: try row.state("kind"), subject: try row.string("subject"), attempt: try row.int("attempt_count"),
            hasUnclearAttempt: try row.bool("has_unclear_attempt"), claim: try row.int("claim_count"),
            priority: try row.int("priority"), isProbe: try row.bool("is_probe"),
            repeatSeconds: try row.optionalDouble("repeat_seconds") ?? 0, causedAt: try row.date("caused_at"))
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
        let opens: Bool
        let probe: Bool

        init(_ attempt: FinishedAttempt) {
            let (message, outcome) = (attempt.message, attempt.outcome)
            (company, id, claim) = (message.companyID.text, message.id.rawValue, message.claim)
            (state, self.outcome) = (outcome.state.rawValue, outcome.name.rawValue)
            // PostgreSQL's text holds no NUL, which an answer may.
            detail = outcome.detail?.replacing("\u{0}", with: "")
            excerpt = attempt.excerpt?.replacing("\u{0}", with: "")
            (http_status, delay, `repeat`) = (attempt.httpStatus, outcome.delaySeconds, outcome.repeatSeconds)
            (unclear, final) = (outcome.isUnclear, outcome.isFinal)
            refund = message.attempt - outcome.attemptCount(after: message.attempt)
            (opens, probe) = (outcome.gate == .open, message.isProbe)
        }
    }
}

extension PostgresDrain {
    /// Whether more is to be done about the gate than `queue.finish` does.
    fileprivate static func moves(_ attempt: FinishedAttempt) -> Bool {
        switch attempt.outcome.gate {
        case .open: false
        case .unchanged: attempt.message.isProbe
        case .failed, .closed: true
        }
    }

    /// After `queue.finish` has opened gates and locked those that remain, in one order. A wait that Pipedrive told only
    /// ever grows: whoever went ahead was sent before the answer that told it, and knows nothing of it.
    fileprivate func moveGates(_ attempts: [FinishedAttempt]) throws {
        let companies = Dictionary(grouping: attempts.filter(Self.moves), by: \.message.companyID.text)
        for attempt in companies.sorted(by: { $0.key < $1.key }).flatMap(\.value) { try moveGate(attempt) }
    }

    private func moveGate(_ attempt: FinishedAttempt) throws {
        switch attempt.outcome.gate {
        case .open: break
        case .unchanged: try letAnotherGo(attempt.message.companyID)
        case .failed(let seconds): try count(attempt, seconds: seconds)
        case .closed(let seconds): try close(attempt, seconds: seconds)
        }
    }

    // What came of it said nothing about the connection.
    private func letAnotherGo(_ company: Company.ID) throws {
        try connection.execute("update queue.gate set probing_until = '-infinity' where company_id = \(company)")
    }

    private func count(_ attempt: FinishedAttempt, seconds: Double) throws {
        try connection.execute(
            """
            insert into queue.gate (company_id, failure_count, reason)
            values (\(attempt.message.companyID), 1, \(attempt.outcome.detail ?? ""))
            on conflict (company_id) do update set
                failure_count = gate.failure_count + 1, reason = excluded.reason, changed_at = clock_timestamp(),
                failing_until = case
                    when \(attempt.message.isProbe) or gate.failure_count + 1 >= \(RetryPolicy.failureLimit)
                    then greatest(
                        gate.failing_until, clock_timestamp() + make_interval(secs => \(seconds)::double precision))
                    else gate.failing_until end,
                probing_until = case when \(attempt.message.isProbe) then '-infinity' else gate.probing_until end
            """)
    }

    private func close(_ attempt: FinishedAttempt, seconds: Double) throws {
        try connection.execute(
            """
            insert into queue.gate (company_id, told_until, reason)
            values (
                \(attempt.message.companyID),
                clock_timestamp() + make_interval(secs => \(seconds)::double precision),
                \(attempt.outcome.detail ?? ""))
            on conflict (company_id) do update set
                failure_count = 0, reason = excluded.reason, changed_at = clock_timestamp(),
                told_until = greatest(gate.told_until, excluded.told_until),
                probing_until = case when \(attempt.message.isProbe) then '-infinity' else gate.probing_until end
            """)
    }
}
