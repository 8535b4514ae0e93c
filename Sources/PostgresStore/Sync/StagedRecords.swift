internal import Domain
import FoundationEssentials
import Postgres

/// Brings pages of records into the staging table by COPY.
struct StagedRecords {
    let connection: PostgresConnection
    let company: Company.ID
    let run: UUID
    /// The database's clock before the request went out.
    let readAt: Date
    /// When records changed, where a webhook said so.
    var occurredAt: [Int64: Date] = [:]
    /// Addresses of organizations' persons who are not staged themselves, by the organization's number.
    var addresses: [Int64: [String]] = [:]

    func copy(_ page: RecordPage) throws {
        switch page {
        case .organizations(let records): try copy(records)
        case .persons(let records): try copy(records)
        case .products(let records): try copy(records)
        }
        try keep(keysOf: page)
    }

    private func copy(_ records: [Organization]) throws {
        try connection.copyIn(
            """
            copy pipedrive.staged_record (
                company_id, run_id, kind, record_id, name, is_deleted, remote_values, added_at, changed_at, read_at,
                street, postal_code, city, country, vat_number, kvk_number, language) from stdin
            """,
            rows: records.lazy.map { record in
                let id = record.id.rawValue
                return row(
                    .organization, id, record.name, record.isDeleted, FieldValues(record), record.addedAt,
                    record.updatedAt)
                    + [
                        record.address.street.bind, record.address.postalCode.bind, record.address.city.bind,
                        record.address.country.bind, record.vatNumber.bind, record.kvkNumber.bind,
                        record.language.flatMap(FieldText.language).bind,
                    ]
            })
    }

    private func copy(_ records: [Person]) throws {
        try connection.copyIn(
            """
            copy pipedrive.staged_record (
                company_id, run_id, kind, record_id, name, is_deleted, remote_values, added_at, changed_at, read_at,
                organization_record_id, emails, phones, language)
            from stdin
            """,
            rows: records.lazy.map { record in
                let values = FieldValues(record)
                return row(
                    .person, record.id.rawValue, record.name, record.isDeleted, values, record.addedAt,
                    record.updatedAt)
                    + [
                        record.organizationID.map { $0.postgresBind } ?? .null,
                        FieldText.entries(values[.emails] ?? "").postgresBind,
                        FieldText.entries(values[.phones] ?? "").postgresBind, values[.language].bind,
                    ]
            })
    }

    private func copy(_ records: [CatalogItem]) throws {
        try connection.copyIn(
            """
            copy pipedrive.staged_record (
                company_id, run_id, kind, record_id, name, is_deleted, remote_values, added_at, changed_at, read_at,
                code, description, unit, tax_basis_points, currencies, prices, is_active) from stdin
            """,
            rows: records.lazy.map { record in
                let values = FieldValues(record)
                let prices = FieldText.prices(values[.prices] ?? "")
                return row(
                    .product, record.id.rawValue, record.name, record.isDeleted, values, record.addedAt,
                    record.updatedAt)
                    + [
                        record.code.bind, record.description.bind, record.unit.bind,
                        record.tax.basisPoints.postgresBind, prices.map(\.currency.code).postgresBind,
                        prices.map(\.minorUnits).postgresBind, record.isLinkable.postgresBind,
                    ]
            })
    }

    // A record without a name gets one that says what it is, because documents need something to print.
    private func row(
        _ kind: RecordKind, _ id: Int64, _ name: String, _ isDeleted: Bool, _ values: FieldValues, _ addedAt: Date?,
        _ changedAt: Date?
    ) -> [PostgresBind] {
        let shown = values[.name] == nil ? "\(kind.rawValue) \(id)" : name
        return [
            company.postgresBind, run.postgresBind, kind.rawValue.postgresBind, id.postgresBind, shown.postgresBind,
            isDeleted.postgresBind, values.pairs.postgresBind, addedAt.postgresBind,
            (occurredAt[id] ?? changedAt).postgresBind, readAt.postgresBind,
        ]
    }

    /// What the page's records are matched by. An organization has the addresses of its persons.
    private func keep(keysOf page: RecordPage) throws {
        let ids = page.ids
        guard !ids.isEmpty else { return }
        let lent = addresses.flatMap { record, given in given.map { (record: record, address: $0) } }
        let keys: SQL =
            switch page.kind {
            case .person:
                """
                select s.kind, 'email', books.normalize_email(given), s.record_id from page s, unnest(s.emails) given
                union
                select 'organization', 'email', books.normalize_email(given), s.organization_record_id
                from page s, unnest(s.emails) given where s.organization_record_id is not null
                """
            case .organization:
                """
                select s.kind, 'name', books.normalize_name(s.name), s.record_id from page s
                union all
                select s.kind, 'number', 'vat ' || books.normalize_number(s.vat_number), s.record_id from page s
                union all
                select s.kind, 'number', 'kvk ' || books.normalize_number(s.kvk_number), s.record_id from page s
                union all
                select distinct s.kind, 'email', books.normalize_email(given.address), s.record_id from page s
                join unnest(\(lent.map(\.record))::bigint[], \(lent.map(\.address))::text[]) given (record_id, address)
                    on given.record_id = s.record_id
                """
            case .product:
                """
                select s.kind, 'name', books.normalize_name(s.name), s.record_id from page s
                union all
                select s.kind, 'code', s.code, s.record_id from page s
                """
            }
        try connection.execute(
            """
            with page as (
                select * from pipedrive.staged_record
                where company_id = \(company) and run_id = \(run) and kind = \(page.kind.rawValue)
                    and record_id = any (\(ids)::bigint[]) and read_at = \(readAt) and not is_deleted)
            insert into pipedrive.staged_key (company_id, run_id, kind, rule, key, record_id)
            select \(company)::uuid, \(run)::uuid, key.*
            from (\(fragment: keys)) key (kind, rule, key, record_id)
            where key.key is not null
            """)
    }
}

extension String? {
    /// NULL for nothing and for blanks.
    fileprivate var bind: PostgresBind {
        guard let self, self.contains(where: { !$0.isWhitespace }) else { return .null }
        return .text(self)
    }
}
