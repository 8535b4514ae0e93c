internal import Domain
import Postgres

/// Takes staged products over into the catalog, set-based: by link, then code, then the exact name where unique.
struct ProductTakeover {
    let batch: StagedBatch

    private var connection: PostgresConnection { batch.connection }

    func run() throws -> SyncRun.Counts {
        var counts = SyncRun.Counts(read: try batch.readCount())
        try batch.followDeletions()
        try findBlockedCodes()
        try findCandidates()
        counts.needsAttention = try batch.replaceAttention(ambiguous)
        counts.linked = try linkMatches()
        // What was just linked takes the values over too; it is counted once, as linked.
        counts.updated = try update() - counts.linked
        counts.created = try create()
        for table in ["candidate", "touched", "blocked"] { try connection.execute("drop table \(unsafe: table)") }
        return counts
    }

    private static let fingerprint = SQL(
        unsafe: """
            sha256(convert_to(row(s.name, s.code, s.description, s.unit, s.tax_basis_points, s.currencies, s.prices,
                s.is_active, exists (select from blocked b where b.record_id = s.record_id))::text, 'UTF8'))
            """)

    // Pipedrive lets products share a code, and ours is unique: a linked product takes no code that another one has or
    // is about to get. That it was refused is part of the fingerprint, so that a code that becomes free is taken over.
    private func findBlockedCodes() throws {
        try connection.execute("create temporary table blocked (record_id bigint primary key) on commit drop")
        try connection.execute(
            """
            insert into blocked (record_id)
            select s.record_id
            from (
                select s.*, count(*) over (partition by s.code) > 1 as is_shared from pipedrive.staged_record s
                where \(fragment: batch.rows) and not s.is_deleted and s.code is not null
            ) s
            join pipedrive.link l on \(fragment: batch.link) and l.state = 'live'
            join books.product p on p.company_id = l.company_id and p.id = l.local_id
            where p.code is distinct from s.code and (s.is_shared or exists (
                select from books.product other
                where other.company_id = p.company_id and other.code = s.code and other.id <> p.id))
            """)
    }

    private func findCandidates() throws {
        try connection.execute(
            """
            create temporary table candidate (record_id bigint, product_id uuid, is_taken boolean, is_shared boolean)
            on commit drop
            """)
        try connection.execute("create temporary table touched (record_id bigint, product_id uuid) on commit drop")
        try connection.execute(
            """
            with staged as (
                select s.record_id, s.code, books.normalize_name(s.name) as name_key, l.record_id is null as is_new,
                    s.code is not null and count(*) over (partition by s.code) > 1 as has_shared_code
                from pipedrive.staged_record s
                left join pipedrive.link l on \(fragment: batch.link)
                where \(fragment: batch.rows) and not s.is_deleted),
            fresh as (select * from staged where is_new),
            by_code as (
                select f.record_id, p.id from fresh f
                join books.product p on p.company_id = \(batch.company) and p.code = f.code),
            by_name as (
                select f.record_id, p.id from fresh f
                join books.product p on p.company_id = \(batch.company) and p.name_key = f.name_key
                where not exists (select from by_code b where b.record_id = f.record_id)
                    and (f.code is null or p.code is null))
            insert into candidate (record_id, product_id, is_taken, is_shared)
            select found.record_id, found.id, taken.record_id is not null,
                count(*) over (partition by found.id) > 1
            from (select * from by_code union all select * from by_name) found
            left join pipedrive.link taken on taken.company_id = \(batch.company)
                and taken.pipedrive_company_id = \(batch.account) and taken.kind = 'product'
                and taken.local_id = found.id and taken.state = 'live'
            union all
            select record_id, null, false, true from fresh where has_shared_code
            """)
    }

    private var ambiguous: SQL {
        """
        select s.record_id, s.name,
            case
                when bool_or(k.is_shared) then 'Several products of Pipedrive share this code or name.'
                when bool_or(k.is_taken) then 'The product that fits is linked to another one of Pipedrive.'
                else 'More than one product fits.'
            end as reason
        from pipedrive.staged_record s join candidate k on k.record_id = s.record_id
        where \(fragment: batch.rows)
        group by s.record_id, s.name
        having bool_or(k.is_shared) or bool_or(k.is_taken) or count(distinct k.product_id) > 1
        union all
        select s.record_id, s.name, 'Another product has this code.'
        from pipedrive.staged_record s join blocked b on b.record_id = s.record_id
        where \(fragment: batch.rows)
        """
    }

    private func linkMatches() throws -> Int {
        try connection.execute(
            """
            insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
            select \(batch.company)::uuid, \(batch.account)::bigint, 'product', k.record_id,
                (array_agg(k.product_id))[1]
            from candidate k
            where k.product_id is not null
            group by k.record_id
            having count(distinct k.product_id) = 1 and not bool_or(k.is_shared) and not bool_or(k.is_taken)
            on conflict do nothing
            """)
    }

    private func update() throws -> Int {
        let changed = try connection.execute(
            """
            with changed as (
                update pipedrive.link l set fingerprint = \(fragment: Self.fingerprint), updated_at = clock_timestamp()
                from pipedrive.staged_record s
                where \(fragment: batch.rows) and \(fragment: batch.link) and not s.is_deleted and l.state = 'live'
                    and l.fingerprint is distinct from \(fragment: Self.fingerprint)
                returning l.local_id, s.*),
            marked as (insert into touched (record_id, product_id) select record_id, local_id from changed)
            update books.product p set
                name = n.name, description = coalesce(n.description, p.description),
                unit = coalesce(n.unit, p.unit), tax_basis_points = n.tax_basis_points, is_active = n.is_active,
                code = case
                    when exists (select from blocked b where b.record_id = n.record_id) then p.code
                    else coalesce(n.code, p.code) end,
                updated_at = clock_timestamp()
            from changed n
            where p.company_id = n.company_id and p.id = n.local_id
            """)
        try replacePrices()
        return changed
    }

    // Pipedrive's prices are a whole list: a currency that is not on it any more has no price. No list at all keeps ours.
    private func replacePrices() throws {
        try connection.execute(
            """
            delete from books.product_price old using touched t
            join pipedrive.staged_record s on s.record_id = t.record_id
            where \(fragment: batch.rows) and s.currencies <> '{}'
                and old.company_id = s.company_id and old.product_id = t.product_id
                and old.currency <> all (s.currencies)
            """)
        try connection.execute(
            """
            insert into books.product_price (company_id, product_id, currency, minor_units)
            select distinct on (t.product_id, price.currency)
                s.company_id, t.product_id, price.currency, price.minor_units
            from touched t
            join pipedrive.staged_record s on s.record_id = t.record_id
            cross join unnest(s.currencies, s.prices) as price (currency, minor_units)
            where \(fragment: batch.rows) and price.minor_units >= 0
            on conflict (company_id, product_id, currency) do update set minor_units = excluded.minor_units
                where product_price.minor_units <> excluded.minor_units
            """)
        try connection.execute("truncate touched")
    }

    private func create() throws -> Int {
        let created = try connection.execute(
            """
            with fresh as (
                insert into pipedrive.link (
                    company_id, pipedrive_company_id, kind, record_id, local_id, fingerprint)
                select s.company_id, \(batch.account)::bigint, s.kind, s.record_id, gen_random_uuid(),
                    \(fragment: Self.fingerprint)
                from pipedrive.staged_record s
                where \(fragment: batch.rows) and not s.is_deleted
                    and not exists (
                        select from pipedrive.attention a
                        where a.company_id = s.company_id and a.pipedrive_company_id = \(batch.account)
                            and a.kind = s.kind and a.record_id = s.record_id)
                on conflict do nothing
                returning record_id, local_id),
            marked as (insert into touched (record_id, product_id) select record_id, local_id from fresh)
            insert into books.product (company_id, id, code, name, description, unit, tax_basis_points, is_active)
            select s.company_id, f.local_id, s.code, s.name, s.description, s.unit, s.tax_basis_points, s.is_active
            from fresh f
            join pipedrive.staged_record s on \(fragment: batch.rows) and s.record_id = f.record_id
            """)
        try replacePrices()
        return created
    }
}
