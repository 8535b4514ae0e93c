internal import Domain
import FoundationEssentials
import Postgres

/// Brings pages of records into the staging table by COPY.
struct StagedRecords {
    let connection: PostgresConnection
    let company: Company.ID

    func copy(_ page: RecordPage, run: UUID) throws {
        switch page {
        case .organizations(let records): try copy(records, run)
        case .persons(let records): try copy(records, run)
        case .products(let records): try copy(records, run)
        }
    }

    private func copy(_ records: [Organization], _ run: UUID) throws {
        try connection.copyIn(
            """
            copy pipedrive.staged_record (
                company_id, run_id, kind, record_id, name, is_deleted, street, postal_code, city, country) from stdin
            """,
            rows: records.lazy.map { record in
                key(run, .organization, record.id.rawValue, record.name, record.isDeleted) + [
                    record.address.street.bind, record.address.postalCode.bind, record.address.city.bind,
                    record.address.country.bind,
                ]
            })
    }

    private func copy(_ records: [Person], _ run: UUID) throws {
        try connection.copyIn(
            """
            copy pipedrive.staged_record (
                company_id, run_id, kind, record_id, name, is_deleted, organization_record_id, emails, phones)
            from stdin
            """,
            rows: records.lazy.map { record in
                key(run, .person, record.id.rawValue, record.name, record.isDeleted) + [
                    record.organizationID.map { $0.postgresBind } ?? .null, record.emails.postgresBind,
                    record.phones.postgresBind,
                ]
            })
    }

    private func copy(_ records: [CatalogItem], _ run: UUID) throws {
        try connection.copyIn(
            """
            copy pipedrive.staged_record (
                company_id, run_id, kind, record_id, name, is_deleted, code, description, unit, tax_basis_points,
                currencies, prices, is_active) from stdin
            """,
            rows: records.lazy.map { record in
                key(run, .product, record.id.rawValue, record.name, record.isDeleted) + [
                    record.code.bind, record.description.bind, record.unit.bind,
                    record.tax.basisPoints.postgresBind, record.prices.map(\.currency.code).postgresBind,
                    record.prices.map(\.minorUnits).postgresBind, record.isLinkable.postgresBind,
                ]
            })
    }

    // A record without a name gets one that says what it is, because documents need something to print.
    private func key(
        _ run: UUID, _ kind: RecordKind, _ id: Int64, _ name: String, _ isDeleted: Bool
    ) -> [PostgresBind] {
        let shown = name.contains { !$0.isWhitespace } ? name : "\(kind.rawValue) \(id)"
        return [
            company.postgresBind, run.postgresBind, kind.rawValue.postgresBind, id.postgresBind,
            shown.postgresBind, isDeleted.postgresBind,
        ]
    }
}

extension String? {
    /// NULL for nothing and for blanks.
    fileprivate var bind: PostgresBind {
        guard let self, self.contains(where: { !$0.isWhitespace }) else { return .null }
        return .text(self)
    }
}

/// What a run, or a live change, staged of one kind, and the account it comes from.
struct StagedBatch {
    let connection: PostgresConnection
    let company: Company.ID
    let account: Int64
    let kind: RecordKind
    let run: UUID

    /// The staged rows of this batch, as `s`.
    var rows: SQL {
        "s.company_id = \(company) and s.run_id = \(run) and s.kind = \(kind.rawValue)"
    }

    /// Joins the link of a staged row, as `l`, whatever its state.
    var link: SQL {
        """
        l.company_id = s.company_id and l.pipedrive_company_id = \(account) and l.kind = s.kind
            and l.record_id = s.record_id
        """
    }

    /// A record that moved between pages is staged twice: the later row is the one that counts.
    func keepLatest() throws {
        try connection.execute(
            """
            delete from pipedrive.staged_record s using pipedrive.staged_record later
            where \(fragment: rows) and later.company_id = s.company_id and later.run_id = s.run_id
                and later.kind = s.kind and later.record_id = s.record_id and later.position > s.position
            """)
    }

    func readCount() throws -> Int {
        try connection.query("select count(*) as staged from pipedrive.staged_record s where \(fragment: rows)")
            .first?.int("staged") ?? 0
    }

    /// Links whose record was deleted in Pipedrive are gone; one that is back lives again. The contact stays.
    func followDeletions() throws {
        try connection.execute(
            """
            update pipedrive.link l set state = 'gone', updated_at = clock_timestamp()
            from pipedrive.staged_record s
            where \(fragment: rows) and \(fragment: link) and s.is_deleted and l.state = 'live'
            """)
        try connection.execute(
            """
            update pipedrive.link l set state = case when back.exists_here then 'live' else 'ended' end,
                updated_at = clock_timestamp()
            from (
                select l.record_id, row_number() over (partition by l.local_id order by l.record_id) as rank,
                    exists (select from \(unsafe: table) c where c.company_id = l.company_id and c.id = l.local_id)
                        as exists_here,
                    exists (
                        select from pipedrive.link other
                        where other.company_id = l.company_id and other.local_id = l.local_id
                            and other.pipedrive_company_id = l.pipedrive_company_id and other.kind = l.kind
                            and other.state = 'live') as is_taken
                from pipedrive.staged_record s join pipedrive.link l on \(fragment: link)
                where \(fragment: rows) and not s.is_deleted and l.state = 'gone'
            ) back
            where l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)
                and l.record_id = back.record_id
                and (not back.exists_here or (back.rank = 1 and not back.is_taken))
            """)
    }

    private var table: String { kind == .product ? "books.product" : "books.contact" }

    /// Records that are back while ours is linked to another one by now; selects record_id, name, reason.
    var stillGone: SQL {
        """
        select s.record_id, s.name, 'What it was linked to is linked to another record of Pipedrive.' as reason
        from pipedrive.staged_record s join pipedrive.link l on \(fragment: link)
        where \(fragment: rows) and not s.is_deleted and l.state = 'gone'
        """
    }

    /// Keeps, or takes back, what a person has to decide; says how many. `reasons` selects record_id, name, reason.
    func replaceAttention(_ reasons: SQL) throws -> Int {
        try connection.query(
            """
            with reason as materialized (
                select distinct on (record_id) record_id, name, reason
                from (\(fragment: reasons) union all \(fragment: stillGone)) found order by record_id),
            settled as (
                delete from pipedrive.attention a using pipedrive.staged_record s
                where \(fragment: rows) and a.company_id = s.company_id and a.pipedrive_company_id = \(account)
                    and a.kind = s.kind and a.record_id = s.record_id
                    and not exists (select from reason where reason.record_id = a.record_id)),
            noticed as (
                insert into pipedrive.attention as a (
                    company_id, pipedrive_company_id, kind, record_id, name, reason)
                select \(company)::uuid, \(account)::bigint, \(kind.rawValue)::text, record_id, name, reason
                from reason
                on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                    name = excluded.name, reason = excluded.reason
                    where (a.name, a.reason) is distinct from (excluded.name, excluded.reason))
            select count(*) as noticed from reason
            """
        ).first?.int("noticed") ?? 0
    }
}
