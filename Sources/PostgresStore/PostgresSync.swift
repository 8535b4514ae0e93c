internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSync: SyncStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func start(_ cause: SyncRun.Cause, checkpoint: SyncCheckpoint) throws -> SyncRun.ID? {
        let company = try access.company()
        let row = try connection.query(
            """
            insert into pipedrive.sync_run (company_id, started_by, checkpoint_kind, checkpoint_cursor)
            values (\(company), \(cause.rawValue), \(checkpoint.kind?.rawValue), \(checkpoint.cursor))
            on conflict (company_id) where state = 'running' do nothing
            returning id
            """
        ).first
        guard let row else { return nil }
        let id = SyncRun.ID(try row.uuid("id"))
        _ = try PostgresQueue(connection: connection, access: access).add(NewMessage(kind: .sync, subject: id.text))
        return id
    }

    func checkpoint(_ id: SyncRun.ID) throws -> SyncCheckpoint? {
        try connection.query(
            """
            select checkpoint_kind, checkpoint_cursor from pipedrive.sync_run
            where company_id = \(try access.company()) and id = \(id) and state = 'running'
            """
        ).first.map {
            SyncCheckpoint(
                kind: try $0.optionalString("checkpoint_kind").flatMap(RecordKind.init(rawValue:)),
                cursor: try $0.optionalString("checkpoint_cursor"))
        }
    }

    func stage(_ page: RecordPage, run: SyncRun.ID, next: SyncCheckpoint, tokenCost: Int) throws {
        let company = try access.company()
        let movedCount = try connection.execute(
            """
            update pipedrive.sync_run set
                checkpoint_kind = \(next.kind?.rawValue), checkpoint_cursor = \(next.cursor),
                token_cost = token_cost + \(tokenCost)::int
            where company_id = \(company) and id = \(run) and state = 'running'
            """)
        // Nobody would ever take over, or remove, what comes after the end of its run.
        guard movedCount == 1 else { return }
        try StagedRecords(connection: connection, company: company).copy(page, run: run.rawValue)
    }

    func apply(_ kind: RecordKind, run: SyncRun.ID) throws -> SyncRun.Counts {
        let company = try access.company()
        let counts = try takeover(kind, run: run.rawValue)
        try connection.execute(
            """
            update pipedrive.sync_run set counts = counts || jsonb_build_object(
                \(kind.rawValue)::text, jsonb_build_object(
                    'read', \(counts.read)::int, 'created', \(counts.created)::int, 'linked', \(counts.linked)::int,
                    'updated', \(counts.updated)::int, 'needs_attention', \(counts.needsAttention)::int))
            where company_id = \(company) and id = \(run)
            """)
        return counts
    }

    func takeOver(_ page: RecordPage) throws -> SyncRun.Counts {
        let company = try access.company()
        let run = UUID()
        try StagedRecords(connection: connection, company: company).copy(page, run: run)
        let counts = try takeover(page.kind, run: run)
        try connection.execute(
            "delete from pipedrive.staged_record where company_id = \(company) and run_id = \(run)")
        return counts
    }

    private func takeover(_ kind: RecordKind, run: UUID) throws -> SyncRun.Counts {
        let company = try access.company()
        let found = try connection.query(
            "select pipedrive_company_id from pipedrive.connection where company_id = \(company)"
        ).first
        guard let account = try found?.int64("pipedrive_company_id") else { return SyncRun.Counts() }
        // One takeover of a company at a time: two would match the same unlinked records.
        _ = try connection.query(
            "select company_id from pipedrive.connection where company_id = \(company) for no key update")
        let batch = StagedBatch(
            connection: connection, company: company, account: account, kind: kind, run: run)
        try batch.keepLatest()
        return kind == .product ? try ProductTakeover(batch: batch).run() : try ContactTakeover(batch: batch).run()
    }

    func finish(_ id: SyncRun.ID, _ state: SyncRun.State, outcome: String?) throws {
        let company = try access.company()
        try connection.execute(
            """
            update pipedrive.sync_run set state = \(state.rawValue), outcome = \(outcome),
                finished_at = clock_timestamp()
            where company_id = \(company) and id = \(id) and state = 'running'
            """)
        try connection.execute(
            "delete from pipedrive.staged_record where company_id = \(company) and run_id = \(id)")
    }

    func recentRuns() throws -> [SyncRun] {
        try connection.query(
            """
            select id, state, started_by, started_at, finished_at, counts::text as counts, token_cost, outcome
            from pipedrive.sync_run where company_id = \(try access.company())
            order by started_at desc limit 50
            """
        ).map { row in
            let stored = try JSONDecoder().decode(
                [String: StoredCounts].self, from: Data(try row.string("counts").utf8))
            let counts = stored.compactMap { key, value in RecordKind(rawValue: key).map { ($0, value.counts) } }
            return SyncRun(
                id: SyncRun.ID(try row.uuid("id")), state: try row.state("state"),
                startedBy: try row.state("started_by"), startedAt: try row.date("started_at"),
                finishedAt: try row.optionalDate("finished_at"),
                counts: Dictionary(counts) { first, _ in first }, tokenCost: try row.int("token_cost"),
                outcome: try row.optionalString("outcome"))
        }
    }

    func contact(_ kind: RecordKind, recordID: Int64) throws -> Contact.ID? {
        try connection.query(
            """
            select l.local_id from pipedrive.connection c
            join pipedrive.link l on l.company_id = c.company_id
                and l.pipedrive_company_id = c.pipedrive_company_id
            where c.company_id = \(try access.company()) and l.kind = \(kind.rawValue) and l.record_id = \(recordID)
                and l.state = 'live'
            """
        ).first.map { Contact.ID(try $0.uuid("local_id")) }
    }
}

/// The `counts` column of a run.
private struct StoredCounts: Decodable {
    let read: Int
    let created: Int
    let linked: Int
    let updated: Int
    let needsAttention: Int

    enum CodingKeys: String, CodingKey {
        case read, created, linked, updated
        case needsAttention = "needs_attention"
    }

    var counts: SyncRun.Counts {
        SyncRun.Counts(
            read: read, created: created, linked: linked, updated: updated, needsAttention: needsAttention)
    }
}
