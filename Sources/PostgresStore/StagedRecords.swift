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
                and later.kind = s.kind and later.record_id = s.record_id and later.ctid > s.ctid
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
            update pipedrive.link l set
                state = case when s.is_deleted then 'gone' else 'live' end, updated_at = clock_timestamp()
            from pipedrive.staged_record s
            where \(fragment: rows) and \(fragment: link)
                and l.state = case when s.is_deleted then 'live' else 'gone' end
            """)
    }

    /// Keeps, or takes back, what a person has to decide. `reasons` selects record_id, name, reason.
    func replaceAttention(_ reasons: SQL) throws -> Int {
        try connection.execute(
            """
            delete from pipedrive.attention a using pipedrive.staged_record s
            where \(fragment: rows) and a.company_id = s.company_id and a.pipedrive_company_id = \(account)
                and a.kind = s.kind and a.record_id = s.record_id
            """)
        return try connection.execute(
            """
            insert into pipedrive.attention (company_id, pipedrive_company_id, kind, record_id, name, reason)
            select distinct on (record_id) \(company)::uuid, \(account)::bigint, \(kind.rawValue)::text,
                record_id, name, reason
            from (\(fragment: reasons)) found order by record_id
            """)
    }
}
