internal import Domain
import FoundationEssentials
import Postgres

struct PostgresVariations: VariationStore {
    let connection: PostgresConnection
    let access: StorageAccess

    /// The most products that a run asks: as many tokens as two hundred lists.
    private static let runLimit = 200
    /// Live changes ask all products of so few, of more only those that had variations.
    private static let liveLimit = 10

    private var account: SQL {
        get throws {
            "(select pipedrive_company_id from pipedrive.connection where company_id = \(try access.company()))"
        }
    }

    /// All that is known of products that were asked.
    private var looks: SQL {
        get throws {
            """
            look as materialized (
                select v.* from pipedrive.product_look v
                where v.company_id = \(try access.company()) and v.pipedrive_company_id = \(fragment: try account))
            """
        }
    }

    /// What a run has staged and is still to ask.
    private func staged(_ run: SyncRun.ID) throws -> SQL {
        """
        from pipedrive.staged_record s
        left join look v on v.record_id = s.record_id
        where s.company_id = \(try access.company()) and s.run_id = \(run) and s.kind = 'product'
            and not s.is_deleted and s.record_id < \(CatalogItem.ID.firstVariation)
            and v.run_id is distinct from \(run)
            and (v.record_id is null or v.has_variations or v.changed_at is distinct from s.changed_at
                or v.looked_at < clock_timestamp() - interval '7 days')
        """
    }

    // What the applied preview has promised comes first. Of the others each sort has its turn: new and changed products,
    // those with variations, and those without, so that none waits for ever.
    func due(_ run: SyncRun.ID, limit: Int) throws -> [CatalogItem] {
        let company = try access.company()
        return try connection.query(
            """
            with \(fragment: try looks)
            select * from (
                select s.record_id, s.name, s.description, s.unit, s.tax_basis_points, s.is_active, s.added_at,
                    s.changed_at, v.looked_at, case
                        when v.record_id is null or v.changed_at is distinct from s.changed_at then 0
                        when v.has_variations then 1 else 2 end as sort,
                    coalesce(v.has_variations and v.run_id = (
                        select r.plan_id from pipedrive.sync_run r
                        where r.company_id = \(company) and r.id = \(run)), false) as is_promised
                \(fragment: try staged(run))) due
            order by is_promised desc,
                row_number() over (partition by is_promised, sort order by looked_at nulls first, record_id), sort
            limit least(
                \(limit), greatest(0, \(Self.runLimit) - (select count(*) from look where look.run_id = \(run))))
            """
        ).map { row in
            CatalogItem(
                id: CatalogItem.ID(try row.int64("record_id")), name: try row.string("name"),
                description: try row.optionalString("description"), unit: try row.optionalString("unit"),
                tax: Percentage(basisPoints: try row.optionalInt("tax_basis_points") ?? 0),
                isLinkable: try row.bool("is_active"), addedAt: try row.optionalDate("added_at"),
                updatedAt: try row.optionalDate("changed_at"))
        }
    }

    func due(_ products: [CatalogItem]) throws -> [CatalogItem] {
        guard products.count > Self.liveLimit else { return products }
        let having = try connection.query(
            """
            select v.record_id from pipedrive.product_look v
            where v.company_id = \(try access.company()) and v.pipedrive_company_id = \(fragment: try account)
                and v.record_id = any (\(products.map(\.id.rawValue))::bigint[]) and v.has_variations
            """
        ).map { try $0.int64("record_id") }
        return products.filter { having.contains($0.id.rawValue) }
    }

    func linked(_ products: [Int64]) throws -> [Int64] {
        guard !products.isEmpty else { return [] }
        let places = products.map { CatalogItem.ID($0).variations }
        return try connection.query(
            """
            select l.record_id
            from unnest(
                \(places.map(\.lowerBound))::bigint[], \(places.map(\.upperBound))::bigint[]) p (first, last)
            join pipedrive.link l on l.company_id = \(try access.company())
                and l.pipedrive_company_id = \(fragment: try account) and l.kind = 'product' and l.state = 'live'
                and l.record_id between p.first and p.last
            """
        ).map { try $0.int64("record_id") }
    }

    func keep(asked products: [CatalogItem], having: Set<Int64>, run: SyncRun.ID?) throws {
        let numbers = products.map(\.id.rawValue)
        let changes = products.map { $0.updatedAt ?? Date(timeIntervalSince1970: 0) }
        try connection.execute(
            """
            insert into pipedrive.product_look as v (
                company_id, pipedrive_company_id, record_id, changed_at, has_variations, run_id)
            select c.company_id, c.pipedrive_company_id, p.record_id, nullif(p.changed_at, to_timestamp(0)),
                p.record_id = any (\(Array(having))::bigint[]), \(run)::uuid
            from pipedrive.connection c
            cross join unnest(\(numbers)::bigint[], \(changes)::timestamptz[])
                p (record_id, changed_at)
            where c.company_id = \(try access.company())
            on conflict (company_id, pipedrive_company_id, record_id) do update set
                changed_at = excluded.changed_at, looked_at = clock_timestamp(),
                has_variations = excluded.has_variations, run_id = coalesce(excluded.run_id, v.run_id)
            """)
    }

    func spare(_ preview: SyncRun.ID) throws {
        try connection.execute(
            """
            with \(fragment: try looks)
            update pipedrive.sync_run set spared_looks = greatest(0,
                (select count(*) from look where run_id = \(preview) and not has_variations)
                    - (select count(*) \(fragment: try staged(preview))))
            where company_id = \(try access.company()) and id = \(preview)
            """)
    }
}
