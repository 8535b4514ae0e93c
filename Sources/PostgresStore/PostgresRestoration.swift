internal import Domain
import FoundationEssentials
import Postgres

struct PostgresRestoration: RestorationStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private static let chore = "restored"
    private static let batchLimit = 500

    // MARK: Over all companies

    func lastWork() throws -> Date? {
        try connection.query(
            """
            select greatest(
                (select max(seen_at) from queue.drainer), (select max(finished_at) from queue.attempt)) as worked_at
            """
        ).first?.optionalDate("worked_at")
    }

    func drainerCount() throws -> Int {
        // What the drainers wrote about themselves is as old as the backup: their sessions say more.
        try connection.query(
            """
            select count(distinct pid) as drainers from pg_stat_activity
            where datname = current_database() and application_name = 'queue-drainer'
            """
        ).first?.int("drainers") ?? 0
    }

    func goneThroughAt() throws -> Date? {
        try connection.query("select due_at from queue.chore where name = \(Self.chore)").first?.optionalDate("due_at")
    }

    func noteGoneThrough() throws {
        try connection.execute(
            """
            insert into queue.chore (name, due_at) values (\(Self.chore), clock_timestamp())
            on conflict (name) do update set due_at = excluded.due_at
            """)
    }

    func doubtNotes() throws -> Int {
        try connection.execute(
            """
            update queue.message set has_unclear_attempt = true
            where kind = 'note' and not has_unclear_attempt
                and state in ('available', 'scheduled', 'running', 'retryable', 'discarded')
            """)
    }

    func companies() throws -> [Company.ID] {
        try connection.query(
            """
            select id from pipedrive.connected_companies() id
            union
            select company_id from queue.message
            where kind = 'mail' and state in ('available', 'scheduled', 'running', 'retryable')
            order by id
            """
        ).map { Company.ID(try $0.uuid("id")) }
    }

    // MARK: One company's

    func doubtMails(reason: String) throws -> Int {
        try connection.execute(
            """
            update books.mail set state = 'unclear', reason = \(reason), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and state in ('waiting', 'sending')
            """)
    }

    func runsAtWork() throws -> [SyncRun.ID] {
        try connection.query(
            """
            select id from pipedrive.sync_run where company_id = \(try access.company()) and state = 'running'
            """
        ).map { SyncRun.ID(try $0.uuid("id")) }
    }

    func doubtCreations(_ kind: RecordKind, since: Date) throws -> Int {
        let company = try access.company()
        let pairs = PostgresPairs(connection: connection, access: access)
        guard let account = try pairs.account(),
            let policy = try PostgresSyncPolicy(connection: connection, access: access).policy(), policy.isApplied,
            let rule = policy.rules[kind], rule.direction.pushes
        else { return 0 }
        let known: SQL = """
            l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)
            """
        let isOfKind: SQL = kind == .product ? "true" : "c.kind = \(kind.rawValue) and c.archived_at is null"
        let ours: SQL = """
            select c.id as local_id from \(fragment: pairs.table(kind)) c
            where c.company_id = \(company) and \(fragment: isOfKind)
                and not exists (
                    select from pipedrive.link l where \(fragment: known) and l.local_id = c.id
                        and (l.record_id > 0 or l.state <> 'live' or l.create_sent_at is not null))
                and not exists (
                    select from pipedrive.local_attention a where a.company_id = c.company_id
                        and a.pipedrive_company_id = \(account) and a.kind = \(kind.rawValue) and a.local_id = c.id)
            """
        // What fits a record that is known already is decided with that one.
        let locals = try connection.query(
            """
            select o.local_id from (\(fragment: ours)) o
            where o.local_id not in (
                select f.local_id
                from (\(fragment: LocalRecords.fitting(kind, company: company, account: account, ours: ours))) f)
            """
        ).map { try $0.uuid("local_id") }
        let records = LocalRecords(connection: connection, company: company, account: account)
        var count = 0
        for start in stride(from: 0, to: locals.count, by: Self.batchLimit) {
            let batch = Array(locals[start..<min(start + Self.batchLimit, locals.count)])
            let sent = try records.records(kind, batch).filter { rule.createsThere(localAddedAt: $0.createdAt) }
            try doubt(sent, kind, account: account, since: since)
            count += sent.count
        }
        return count
    }

    /// As a creation that was sent then: what it said is what it says now.
    private func doubt(_ records: [LocalRecords.Record], _ kind: RecordKind, account: Int64, since: Date) throws {
        guard !records.isEmpty else { return }
        let company = try access.company()
        let sent: SQL = """
            unnest(
                \(records.map(\.id))::uuid[], \(records.map { BatchWriting.array($0.values.pairs) })::text[])
                x (local_id, sent)
            """
        try connection.execute(
            """
            update pipedrive.link l set create_sent_at = \(since), create_values = x.sent::text[], push_until = null
            from \(fragment: sent)
            where l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)
                and l.local_id = x.local_id and l.record_id < 0 and l.state = 'live'
            """)
        try connection.execute(
            """
            insert into pipedrive.link (
                company_id, pipedrive_company_id, kind, record_id, local_id, create_sent_at, create_values)
            select \(company)::uuid, \(account)::bigint, \(kind.rawValue)::text,
                -nextval('pipedrive.link_placeholder'), x.local_id, \(since)::timestamptz, x.sent::text[]
            from \(fragment: sent)
            where not exists (
                select from pipedrive.link l where l.company_id = \(company) and l.pipedrive_company_id = \(account)
                    and l.kind = \(kind.rawValue) and l.local_id = x.local_id)
            on conflict do nothing
            """)
    }
}
