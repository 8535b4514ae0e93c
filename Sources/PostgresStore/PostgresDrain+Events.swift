internal import Domain
import FoundationEssentials
import Postgres

extension PostgresDrain {
    func companiesWithEvents(limit: Int) throws -> [Company.ID] {
        try connection.query(companiesStatement(limit: limit)).map { Company.ID(try $0.uuid("company_id")) }
    }

    func companiesStatement(limit: Int) -> SQL {
        "select company_id from queue.companies_with_events(\(limit)) company_id"
    }

    func takeEvents(limit: Int) throws -> [TakenEvent] {
        let company = try access.company()
        // What routing writes need not outlast a crash of the server alone: the claim of a note does, and takes along what
        // was written before it.
        let isOurs = try connection.query(
            """
            select pg_try_advisory_xact_lock(queue.lane_key(\(company), 'events')) as is_ours,
                set_config('idle_in_transaction_session_timeout', '40s', true) as patience,
                set_config('synchronous_commit', 'off', true) as durability
            """
        ).first?.bool("is_ours")
        guard isOurs == true else { return [] }
        return try connection.query(
            "select id, subject from queue.oldest_events(\(company), \(limit))"
        ).map { TakenEvent(messageID: OutboxMessage.ID(try $0.int64("id")), subject: try $0.string("subject")) }
    }

    func settle(_ events: [RoutedEvent]) throws {
        guard !events.isEmpty else { return }
        let company = try access.company()
        let notes = events.compactMap(\.note)
        // In one order, whatever the order of the notes: else two batches could wait for each other.
        try lock(Set(notes.compactMap(\.lane)), of: company)
        try connection.execute(
            """
            insert into queue.message (
                company_id, kind, subject, idempotency_key, lane, priority, caused_at)
            select \(company)::uuid, n.kind, n.subject, n.key, n.lane, n.priority,
                coalesce(n.caused_at, clock_timestamp())
            from unnest(
                \(notes.map(\.kind.rawValue))::text[], \(notes.map(\.subject))::text[],
                \(notes.map(\.idempotencyKey))::text[], \(notes.map(\.lane))::text[],
                \(notes.map(\.priority))::smallint[], \(notes.map(\.causedAt))::timestamptz[]
            ) with ordinality n (kind, subject, key, lane, priority, caused_at, position)
            order by n.position
            on conflict (company_id, kind, idempotency_key) where idempotency_key is not null do nothing
            """)
        _ = try connection.query(
            """
            select queue.finish_events(
                \(company), \(events.map(\.event.messageID.rawValue))::bigint[], \(events.map(\.reason))::text[])
            """)
    }

    private func lock(_ lanes: Set<String>, of company: Company.ID) throws {
        guard !lanes.isEmpty else { return }
        _ = try connection.query(
            """
            select pg_advisory_xact_lock(key) from (
                select queue.lane_key(\(company), lane) as key from unnest(\(Array(lanes))::text[]) lane order by 1) keys
            """)
    }
}
