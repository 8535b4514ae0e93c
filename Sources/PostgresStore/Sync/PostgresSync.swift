internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSync: SyncStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func start(_ cause: SyncRun.Cause, mode: SyncRun.Mode, plan: SyncRun.ID?) throws -> SyncRun.ID? {
        let company = try access.company()
        let first = SyncCheckpoint.start
        let row = try connection.query(
            """
            insert into pipedrive.sync_run (
                company_id, started_by, mode, plan_id, phase, checkpoint_kind, checkpoint_cursor, expected_count)
            values (
                \(company), \(cause.rawValue), \(mode.rawValue), \(plan), \(first.phase.rawValue),
                \(first.kind?.rawValue), \(first.cursor), coalesce((
                    select done_count from pipedrive.sync_run where company_id = \(company) and state = 'completed'
                    order by started_at desc limit 1), 0))
            on conflict (company_id) where state = 'running' do nothing
            returning id
            """
        ).first
        guard let row else { return nil }
        let id = SyncRun.ID(try row.uuid("id"))
        // What arrives while the run reads must not be passed over.
        if mode == .full { try PostgresSyncPolicy(connection: connection, access: access).markApplied() }
        _ = try PostgresQueue(connection: connection, access: access).add(NewMessage(kind: .sync, subject: id.text))
        return id
    }

    func position(_ id: SyncRun.ID) throws -> SyncPosition? {
        try connection.query(
            """
            select mode, phase, checkpoint_kind, checkpoint_cursor from pipedrive.sync_run
            where company_id = \(try access.company()) and id = \(id) and state = 'running'
            """
        ).first.map {
            SyncPosition(
                checkpoint: SyncCheckpoint(
                    phase: try $0.state("phase"),
                    kind: try $0.optionalString("checkpoint_kind").flatMap(RecordKind.init(rawValue:)),
                    cursor: try $0.optionalString("checkpoint_cursor")), mode: try $0.state("mode"))
        }
    }

    func stage(_ page: RecordPage, run: SyncRun.ID, readAt: Date, next: SyncCheckpoint, tokenCost: Int) throws {
        // Nobody would ever take over, or remove, what comes after the end of its run.
        guard try advance(run, to: next, tokenCost: tokenCost, doneCount: page.count) else { return }
        try StagedRecords(
            connection: connection, company: try access.company(), run: run.rawValue, readAt: readAt
        ).copy(page)
    }

    func move(_ id: SyncRun.ID, to next: SyncCheckpoint, tokenCost: Int) throws {
        _ = try advance(id, to: next, tokenCost: tokenCost, doneCount: 0)
    }

    private func advance(
        _ id: SyncRun.ID, to next: SyncCheckpoint, tokenCost: Int, doneCount: Int
    ) throws -> Bool {
        try connection.execute(
            """
            update pipedrive.sync_run set
                phase = \(next.phase.rawValue), checkpoint_kind = \(next.kind?.rawValue),
                checkpoint_cursor = \(next.cursor), token_cost = token_cost + \(tokenCost)::int,
                done_count = done_count + \(doneCount)::int, outcome = null
            where company_id = \(try access.company()) and id = \(id) and state = 'running'
            """) == 1
    }

    func wait(_ id: SyncRun.ID, for reason: String) throws {
        try connection.execute(
            """
            update pipedrive.sync_run set outcome = \(reason)
            where company_id = \(try access.company()) and id = \(id) and state = 'running'
            """)
    }

    func restart(_ id: SyncRun.ID, _ kind: RecordKind) throws -> Bool {
        try connection.execute(
            """
            update pipedrive.sync_run set checkpoint_cursor = null, restart_count = restart_count + 1
            where company_id = \(try access.company()) and id = \(id) and state = 'running' and phase = 'read'
                and checkpoint_kind = \(kind.rawValue) and restart_count < 5
            """) == 1
    }

    func finish(_ id: SyncRun.ID, _ state: SyncRun.State, outcome: String?) throws {
        let company = try access.company()
        try connection.execute(
            """
            update pipedrive.sync_run set state = \(state.rawValue), outcome = \(outcome),
                finished_at = clock_timestamp()
            where company_id = \(company) and id = \(id) and state = 'running'
            """)
        for table in ["staged_record", "staged_key", "sync_task", "sync_plan"] {
            try connection.execute(
                "delete from pipedrive.\(unsafe: table) where company_id = \(company) and run_id = \(id)")
        }
        try forgetOldChanges(company)
    }

    // What a run did is shown as long as the run is; live changes for a month.
    private func forgetOldChanges(_ company: Company.ID) throws {
        try connection.execute(
            """
            delete from pipedrive.sync_change
            where company_id = \(company) and run_id in (
                select id from (
                    select id, row_number() over (partition by mode order by started_at desc) as place, mode
                    from pipedrive.sync_run where company_id = \(company) and state <> 'running') old
                where place > case when mode = 'full' then 50 else 3 end)
            """)
        try connection.execute(
            """
            delete from pipedrive.sync_change
            where company_id = \(company) and run_id is null
                and happened_at < clock_timestamp() - interval '30 days'
            """)
    }

    func recentRuns() throws -> [SyncRun] {
        try connection.query(
            """
            select \(fragment: Self.columns) from pipedrive.sync_run
            where company_id = \(try access.company()) and mode = 'full'
            order by started_at desc limit 50
            """
        ).map(Self.run)
    }

    static let columns = SQL(
        unsafe: """
            id, state, started_by, started_at, finished_at, counts::text as counts, token_cost, outcome, mode, phase,
            checkpoint_kind, done_count, expected_count, plan_id, spared_looks
            """)

    static func run(_ row: PostgresRow) throws -> SyncRun {
        let stored = try JSONDecoder().decode(
            [String: StoredCounts].self, from: Data(try row.string("counts").utf8))
        let counts = stored.compactMap { key, value in RecordKind(rawValue: key).map { ($0, value.counts) } }
        return SyncRun(
            id: SyncRun.ID(try row.uuid("id")), state: try row.state("state"),
            startedBy: try row.state("started_by"), startedAt: try row.date("started_at"),
            finishedAt: try row.optionalDate("finished_at"),
            counts: Dictionary(counts) { first, _ in first }, tokenCost: try row.int("token_cost"),
            outcome: try row.optionalString("outcome"), mode: try row.state("mode"),
            progress: SyncRun.Progress(
                phase: try row.state("phase"),
                kind: try row.optionalString("checkpoint_kind").flatMap(RecordKind.init(rawValue:)),
                done: try row.int("done_count"), expected: try row.int("expected_count")),
            plan: try row.optionalUUID("plan_id").map { SyncRun.ID($0) }, sparedLooks: try row.int("spared_looks"))
    }

    func forgetLists() throws {
        try connection.execute(
            """
            update pipedrive.sync_state
            set organization_listed_at = null, person_listed_at = null, product_listed_at = null
            where company_id = \(try access.company())
            """)
    }

    func forgetOutdatedPairs() throws {
        try connection.execute(
            """
            update pipedrive.link l set remote_base = null, sent_values = null
            from pipedrive.connection c
            where c.company_id = \(try access.company()) and l.company_id = c.company_id
                and l.pipedrive_company_id = c.pipedrive_company_id and l.state in ('live', 'gone')
                and (l.remote_base is not null or l.sent_values is not null)
                and exists (
                    select from pipedrive.link other
                    where other.company_id = l.company_id and other.local_id = l.local_id
                        and other.pipedrive_company_id <> l.pipedrive_company_id and other.synced_at > l.synced_at)
            """)
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

/// The `counts` column of a run: what is missing is zero.
struct StoredCounts: Codable {
    var read: Int?
    var created: Int?
    var linked: Int?
    var updated: Int?
    var needsAttention: Int?
    var createdThere: Int?
    var updatedThere: Int?
    var skipped: Int?
    var postponed: Int?

    enum CodingKeys: String, CodingKey {
        case read, created, linked, updated, skipped, postponed
        case needsAttention = "needs_attention"
        case createdThere = "created_there"
        case updatedThere = "updated_there"
    }

    init(_ counts: SyncRun.Counts) {
        read = counts.read
        created = counts.created
        linked = counts.linked
        updated = counts.updated
        needsAttention = counts.needsAttention
        createdThere = counts.createdThere
        updatedThere = counts.updatedThere
        skipped = counts.skipped
        postponed = counts.postponed
    }

    var counts: SyncRun.Counts {
        SyncRun.Counts(
            read: read ?? 0, created: created ?? 0, linked: linked ?? 0, updated: updated ?? 0,
            needsAttention: needsAttention ?? 0, createdThere: createdThere ?? 0, updatedThere: updatedThere ?? 0,
            skipped: skipped ?? 0, postponed: postponed ?? 0)
    }
}

extension PostgresConnection {
    /// Adds to what a run counts of a kind.
    func add(_ counts: SyncRun.Counts, of kind: RecordKind, to run: SyncRun.ID, company: Company.ID) throws {
        let text = String(decoding: try JSONEncoder().encode(StoredCounts(counts)), as: UTF8.self)
        try execute(
            """
            update pipedrive.sync_run set counts = counts || jsonb_build_object(\(kind.rawValue)::text, (
                select jsonb_object_agg(
                    key, value::int + coalesce((counts -> \(kind.rawValue)::text ->> key)::int, 0))
                from jsonb_each_text(\(text)::text::jsonb)))
            where company_id = \(company) and id = \(run)
            """)
    }
}
