internal import Domain
import FoundationEssentials
import Postgres

/// Writes what was decided about a batch, set by set.
struct BatchWriting {
    let batch: StagedBatch

    private var connection: PostgresConnection { batch.connection }
    private var company: Company.ID { batch.company }
    private var log: SQL { "\(company)::uuid, \(batch.loggedRun)::uuid, \(batch.kind.rawValue)::text" }

    // MARK: Records without a link

    /// The link of what a record matched comes before any write; what is on its way to Pipedrive gets its number, and
    /// what was sent is what both sides said last.
    func link(_ pairs: [(record: Int64, local: UUID)]) throws {
        guard batch.writes, !pairs.isEmpty else { return }
        let pair: SQL = """
            unnest(\(pairs.map(\.record))::bigint[], \(pairs.map(\.local))::uuid[]) p (record_id, local_id)
            """
        try connection.execute(
            """
            update pipedrive.link l set record_id = p.record_id, create_sent_at = null, create_values = null,
                push_until = null, synced_at = coalesce(l.create_sent_at, clock_timestamp()),
                remote_base = l.create_values,
                remote_added_at = (
                    select s.added_at from pipedrive.staged_record s
                    where \(fragment: batch.rows) and s.record_id = p.record_id limit 1)
            from \(fragment: pair)
            where \(fragment: batch.keys("l")) and l.local_id = p.local_id and l.record_id < 0 and l.state = 'live'
            """)
        try connection.execute(
            """
            insert into pipedrive.link (
                company_id, pipedrive_company_id, kind, record_id, local_id, remote_added_at)
            select \(company)::uuid, \(batch.account)::bigint, \(batch.kind.rawValue)::text, p.record_id, p.local_id,
                s.added_at
            from \(fragment: pair) \(fragment: batch.staged("p.record_id"))
            where exists (
                select from \(fragment: batch.table) c where c.company_id = \(company) and c.id = p.local_id)
            on conflict do nothing
            """)
    }

    /// What nothing fits is new: the link is made first, unique both ways, and ours with the link's id. A link that is
    /// gone, whose record a person called new, changes to what is made.
    func create(_ records: [Int64]) throws {
        guard !records.isEmpty else { return }
        guard batch.writes else {
            try connection.execute(
                """
                insert into pipedrive.sync_change (company_id, run_id, kind, record_id, action, name, changes)
                select \(fragment: log), s.record_id, 'created', s.name, s.remote_values
                from pipedrive.staged_record s
                where \(fragment: batch.window) and s.record_id = any (\(records)::bigint[])
                """)
            return
        }
        try connection.execute(
            """
            with made as (
                insert into pipedrive.link (
                    company_id, pipedrive_company_id, kind, record_id, local_id, remote_base, remote_added_at)
                select s.company_id, \(batch.account)::bigint, s.kind, s.record_id, gen_random_uuid(),
                    \(fragment: knownBase(records)), s.added_at
                from pipedrive.staged_record s \(fragment: organization)
                where \(fragment: batch.window) and s.record_id = any (\(records)::bigint[])
                on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                    local_id = excluded.local_id, state = 'live', remote_base = excluded.remote_base,
                    sent_values = null, remote_added_at = excluded.remote_added_at, synced_at = clock_timestamp(),
                    updated_at = clock_timestamp()
                    where link.state = 'gone'
                returning record_id, local_id),
            ours as (\(fragment: batch.kind == .product ? newProducts(records) : newContacts))
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, local_id, action, name, changes)
            select \(fragment: log), s.record_id, m.local_id, 'created', s.name, s.remote_values
            from made m \(fragment: batch.staged("m.record_id"))
            """)
        guard batch.kind == .product else { return }
        try connection.execute(
            """
            insert into books.product_price (company_id, product_id, currency, minor_units)
            select s.company_id, l.local_id, price.currency, price.minor_units
            from pipedrive.staged_record s
            \(fragment: batch.link)
            cross join unnest(s.currencies, s.prices) as price (currency, minor_units)
            where \(fragment: batch.window) and l.state = 'live' and s.record_id = any (\(records)::bigint[])
            on conflict do nothing
            """)
    }

    private var organization: SQL {
        """
        left join lateral (
            select o.local_id, o.state from pipedrive.link o where o.company_id = \(company)
                and o.pipedrive_company_id = \(batch.account) and o.kind = 'organization'
                and o.record_id = s.organization_record_id offset 0) o on o.state = 'live'
        """
    }

    // An organization that we do not have yet, or a code that another product has, is not synced: it is tried again.
    private func knownBase(_ records: [Int64]) -> SQL {
        if batch.kind == .product {
            return """
                case when \(fragment: isCodeFree(records)) then s.remote_values
                    else pipedrive.without_fields(s.remote_values, array['code']) end
                """
        }
        guard batch.kind == .person else { return "s.remote_values" }
        return """
            case when s.organization_record_id is null or o.local_id is not null then s.remote_values
                else array(
                    select v from (
                        select v, n, lag(v) over (order by n) as before
                        from unnest(s.remote_values) with ordinality u (v, n)) pairs
                    where not (n % 2 = 1 and v = 'organization') and not (n % 2 = 0 and before = 'organization')
                    order by n) end
            """
    }

    private var newContacts: SQL {
        """
        insert into books.contact (
            company_id, id, kind, name, organization_id, emails, phones, street, postal_code, city, country,
            vat_number, kvk_number, language)
        select s.company_id, m.local_id, s.kind, s.name, o.local_id, s.emails, s.phones, s.street, s.postal_code,
            s.city, s.country, s.vat_number, s.kvk_number, s.language
        from made m \(fragment: batch.staged("m.record_id"))
        \(fragment: organization)
        """
    }

    /// Whether no product of ours has the code of a staged one, and none before it among those that are made gets it.
    private func isCodeFree(_ records: [Int64]) -> SQL {
        """
        (not exists (select from books.product p where p.company_id = s.company_id and p.code = s.code)
            and not exists (
                select from pipedrive.staged_key twin where twin.company_id = \(company) and twin.run_id = \(batch.run)
                    and twin.kind = 'product' and twin.rule = 'code' and twin.key = s.code
                    and twin.record_id < s.record_id and twin.record_id = any (\(records)::bigint[]) offset 0))
        """
    }

    private func newProducts(_ records: [Int64]) -> SQL {
        """
        insert into books.product (company_id, id, code, name, description, unit, tax_basis_points, is_active)
        select s.company_id, m.local_id, case when \(fragment: isCodeFree(records)) then s.code end,
            s.name, s.description, s.unit, s.tax_basis_points, s.is_active
        from made m \(fragment: batch.staged("m.record_id"))
        """
    }

    /// Remembers what the records without a link are known by, and forgets it of those that have one.
    func keepKeys() throws {
        try forgetKeys()
        try connection.execute(
            """
            insert into pipedrive.remote_key (company_id, pipedrive_company_id, kind, rule, key, record_id)
            select distinct s.company_id, \(batch.account)::bigint, s.kind, k.rule, k.key, s.record_id
            from pipedrive.staged_record s
            cross join lateral (
                select k.rule, k.key from pipedrive.staged_key k
                where k.company_id = \(company) and k.run_id = \(batch.run) and k.kind = \(batch.kind.rawValue)
                    and k.record_id = s.record_id offset 0) k
            where \(fragment: batch.window) and not s.is_deleted and \(fragment: batch.isUnlinked)
            on conflict do nothing
            """)
    }

    /// Whether a key `x` of a staged record is none of it any more.
    private var outdated: SQL {
        """
        (s.is_deleted or not \(fragment: batch.isUnlinked) or not exists (
            select from pipedrive.staged_key k where k.company_id = \(company) and k.run_id = \(batch.run)
                and k.kind = \(batch.kind.rawValue) and k.record_id = x.record_id and k.rule = x.rule
                and k.key = x.key offset 0))
        """
    }

    /// Forgets what the records of the batch are not known by any more.
    func forgetKeys() throws {
        try connection.execute(
            """
            delete from pipedrive.remote_key x
            where \(fragment: batch.keys("x")) and \(fragment: batch.isMeant("x.record_id"))
                and \(fragment: batch.isStaged("x.record_id", outdated))
            """)
    }

    // MARK: Pairs

    /// Pipedrive's values come in, field by field.
    func pull(_ plans: [LinkedPairs.Plan]) throws {
        let changes = plans.flatMap { plan in
            plan.decision.pulled.map { (plan.localID, $0.key.rawValue, $0.value.after) }
        }
        guard batch.writes, !changes.isEmpty else { return }
        try LocalFields(connection: connection, company: company).write(batch.kind, changes)
    }

    /// Pipedrive's values count as synced, and so do the edits that are settled.
    func keepBases(_ plans: [LinkedPairs.Plan]) throws {
        guard batch.writes else { return }
        let moved = plans.filter {
            $0.decision.base != $0.previousBase || !$0.decision.pulled.isEmpty || $0.wasSent
        }
        if !moved.isEmpty {
            try connection.execute(
                """
                update pipedrive.link l set remote_base = b.base::text[], sent_values = null,
                    synced_at = clock_timestamp()
                from unnest(\(moved.map(\.recordID))::bigint[], \(moved.map { Self.array($0.decision.base.pairs) })::text[])
                    b (record_id, base)
                where \(fragment: batch.keys("l")) and l.record_id = b.record_id
                    and l.record_id = any (\(moved.map(\.recordID))::bigint[])
                """)
        }
        try forget(
            edits: plans.flatMap { plan in
                plan.decision.settled.compactMap { field in plan.editTimes[field].map { (plan.localID, field, $0) } }
            })
    }

    func forget(edits: [(UUID, SyncField, Date)]) throws {
        guard !edits.isEmpty else { return }
        try connection.execute(
            """
            delete from pipedrive.local_edit e
            using unnest(
                \(edits.map(\.0))::uuid[], \(edits.map(\.1.rawValue))::text[], \(edits.map(\.2))::timestamptz[])
                x (local_id, field, edited_at)
            where e.company_id = \(company) and e.local_id = x.local_id and e.field = x.field
                and e.edited_at = x.edited_at
            """)
    }

    /// Both changed: the loser is kept.
    func keepConflicts(_ plans: [LinkedPairs.Plan]) throws {
        let lost = plans.flatMap { plan in
            plan.decision.lost.map { field, value -> (plan: LinkedPairs.Plan, field: SyncField, lost: String) in
                (plan, field, value)
            }
        }
        guard batch.writes, !lost.isEmpty else { return }
        let kept = lost.map { one in
            one.plan.decision.pulled[one.field]?.after ?? one.plan.decision.pushed[one.field]?.after ?? ""
        }
        try connection.execute(
            """
            insert into pipedrive.conflict (
                company_id, pipedrive_company_id, kind, local_id, field, record_id, name, kept, lost, is_remote_kept)
            select \(company)::uuid, \(batch.account)::bigint, \(batch.kind.rawValue)::text, x.*
            from unnest(
                \(lost.map(\.plan.localID))::uuid[], \(lost.map(\.field.rawValue))::text[],
                \(lost.map(\.plan.recordID))::bigint[], \(lost.map(\.plan.name))::text[], \(kept)::text[],
                \(lost.map(\.lost))::text[], \(lost.map { $0.plan.decision.pulled[$0.field] != nil })::boolean[]) x
            on conflict (company_id, pipedrive_company_id, kind, local_id, field) do update set
                record_id = excluded.record_id, name = excluded.name, kept = excluded.kept, lost = excluded.lost,
                is_remote_kept = excluded.is_remote_kept, noticed_at = clock_timestamp()
            """)
    }

    /// What happened to the pairs, before and after.
    func note(_ plans: [LinkedPairs.Plan]) throws {
        let noted = plans.filter { $0.isFresh || !$0.decision.pulled.isEmpty }
        guard !noted.isEmpty else { return }
        try connection.execute(
            """
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, local_id, action, name, changes)
            select \(fragment: log), x.record_id, x.local_id, x.action, x.name, x.changes::text[]
            from unnest(
                \(noted.map(\.recordID))::bigint[], \(noted.map(\.localID))::uuid[],
                \(noted.map { $0.isFresh ? "linked" : "updated" })::text[], \(noted.map(\.name))::text[],
                \(noted.map { Self.array(Self.triples($0.decision.pulled)) })::text[])
                x (record_id, local_id, action, name, changes)
            """)
    }

    /// What has to go to Pipedrive: in a run it is read again first, a preview only says so.
    func keepTasks(_ plans: [LinkedPairs.Plan]) throws {
        let pushed = plans.filter { !$0.decision.pushed.isEmpty }
        guard let run = batch.loggedRun, !pushed.isEmpty else { return }
        if batch.writes {
            try connection.execute(
                """
                insert into pipedrive.sync_task (company_id, run_id, kind, local_id, record_id)
                select \(company)::uuid, \(run)::uuid, \(batch.kind.rawValue)::text, x.local_id, x.record_id
                from unnest(\(pushed.map(\.localID))::uuid[], \(pushed.map(\.recordID))::bigint[])
                    x (local_id, record_id)
                where not exists (
                    select from pipedrive.local_attention a where \(fragment: batch.keys("a"))
                        and a.local_id = x.local_id)
                on conflict do nothing
                """)
        } else {
            try connection.execute(
                """
                insert into pipedrive.sync_change (
                    company_id, run_id, kind, record_id, local_id, action, name, changes)
                select \(fragment: log), x.record_id, x.local_id, 'updated_there', x.name, x.changes::text[]
                from unnest(
                    \(pushed.map(\.recordID))::bigint[], \(pushed.map(\.localID))::uuid[],
                    \(pushed.map(\.name))::text[], \(pushed.map { Self.array(Self.triples($0.decision.pushed)) })::text[])
                    x (record_id, local_id, name, changes)
                """)
        }
    }

    static func triples(_ changes: [SyncField: PairDecision.Change]) -> [String] {
        SyncField.allCases.flatMap { field in
            changes[field].map { [field.rawValue, $0.before, $0.after] } ?? []
        }
    }

    /// An array as the text that the server reads it from, so that arrays of different lengths fit into one.
    static func array(_ elements: [String]) -> String {
        guard case .text(let text) = elements.postgresBind else { return "{}" }
        return text
    }
}
