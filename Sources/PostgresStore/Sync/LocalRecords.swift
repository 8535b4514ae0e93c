internal import Domain
import FoundationEssentials
import Postgres

/// Records of ours on their way to Pipedrive: what fits them there, and what they say.
struct LocalRecords {
    let connection: PostgresConnection
    let company: Company.ID
    let account: Int64

    /// One of ours.
    struct Record {
        let id: UUID
        let kind: RecordKind
        let name: String
        let values: FieldValues
        let createdAt: Date
        let organization: UUID?
        let isArchived: Bool
    }

    func kind(of local: UUID) throws -> RecordKind? {
        try connection.query(
            """
            select kind from books.contact where company_id = \(company) and id = \(local)
            union all
            select 'product' from books.product where company_id = \(company) and id = \(local)
            """
        ).first?.state("kind")
    }

    /// With the number that Pipedrive has for the organization; an organization that is not there says nothing.
    func records(_ kind: RecordKind, _ ids: [UUID]) throws -> [Record] {
        kind == .product ? try products(ids) : try contacts(kind, ids)
    }

    private func contacts(_ kind: RecordKind, _ ids: [UUID]) throws -> [Record] {
        try connection.query(
            """
            select ours.*, o.record_id as organization_record
            from (
                select \(fragment: PostgresContacts.columns) from books.contact
                where company_id = \(company) and id = any (\(ids)::uuid[]) and kind = \(kind.rawValue)) ours
            left join pipedrive.link o on o.company_id = \(company) and o.pipedrive_company_id = \(account)
                and o.kind = 'organization' and o.local_id = ours.organization_id and o.state = 'live'
                and o.record_id > 0
            order by ours.id
            """
        ).map { row in
            let contact = try PostgresContacts.contact(row)
            let number = try row.optionalInt64("organization_record").map(String.init)
            return Record(
                id: contact.id.rawValue, kind: kind, name: contact.details.name,
                values: FieldValues(
                    contact.details, organization: contact.details.organizationID == nil ? "" : number),
                createdAt: contact.createdAt, organization: contact.details.organizationID?.rawValue,
                isArchived: contact.isArchived)
        }
    }

    private func products(_ ids: [UUID]) throws -> [Record] {
        try connection.query(
            """
            select \(fragment: PostgresCatalog.columns) from books.product p
            where p.company_id = \(company) and p.id = any (\(ids)::uuid[]) order by p.id
            """
        ).map { row in
            let product = try PostgresCatalog.product(row)
            return Record(
                id: product.id.rawValue, kind: .product, name: product.details.name,
                values: FieldValues(product.details), createdAt: product.createdAt, organization: nil,
                isArchived: false)
        }
    }

    /// The edits of records, by when they were made.
    func edits(_ ids: [UUID]) throws -> [UUID: [SyncField: Date]] {
        var edits: [UUID: [SyncField: Date]] = [:]
        let rows = try connection.query(
            """
            select local_id, field, edited_at from pipedrive.local_edit
            where company_id = \(company) and local_id = any (\(ids)::uuid[])
            """)
        for row in rows {
            guard let field = SyncField(rawValue: try row.string("field")) else { continue }
            edits[try row.uuid("local_id"), default: [:]][field] = try row.date("edited_at")
        }
        return edits
    }

    /// Records of Pipedrive without a link that share a key with `ours`; selects local_id, record_id.
    static func fitting(_ kind: RecordKind, company: Company.ID, account: Int64, ours: SQL) -> SQL {
        """
        select own.local_id, k.record_id from (\(fragment: keys(kind, company: company, ours: ours))) own
        join pipedrive.remote_key k on k.company_id = \(company) and k.pipedrive_company_id = \(account)
            and k.kind = \(kind.rawValue) and k.rule = own.rule and k.key = own.key
        where not exists (
            select from pipedrive.link l where l.company_id = k.company_id
                and l.pipedrive_company_id = k.pipedrive_company_id and l.kind = k.kind
                and l.record_id = k.record_id and l.state = 'live')
        """
    }

    /// Others of ours that share what a kind is known by with `ours`: an address, a number; selects local_id.
    static func sharing(_ kind: RecordKind, company: Company.ID, ours: SQL) -> SQL {
        switch kind {
        case .person:
            """
            select e.contact_id as local_id from books.contact_email e
            join (\(fragment: ours)) o on o.local_id = e.contact_id
            where e.company_id = \(company) and exists (
                select from books.contact_email twin
                join books.contact c on c.company_id = twin.company_id and c.id = twin.contact_id
                    and c.kind = 'person' and c.archived_at is null
                where twin.company_id = e.company_id and twin.normalized = e.normalized
                    and twin.contact_id <> e.contact_id)
            """
        case .organization:
            """
            select c.id as local_id from books.contact c join (\(fragment: ours)) o on o.local_id = c.id
            where c.company_id = \(company)
                and (\(fragment: hasTwin(company, "vat_key")) or \(fragment: hasTwin(company, "kvk_key")))
            """
        case .product: "select null::uuid as local_id where false"
        }
    }

    /// Whether another organization has the number of `c`.
    private static func hasTwin(_ company: Company.ID, _ key: String) -> SQL {
        """
        exists (
            select from (
                select twin.id, twin.kind, twin.archived_at from books.contact twin
                where twin.company_id = \(company) and twin.\(unsafe: key) = c.\(unsafe: key) offset 0) twin
            where twin.kind = 'organization' and twin.archived_at is null and twin.id <> c.id)
        """
    }

    /// What `ours` are known by; selects local_id, rule, key.
    private static func keys(_ kind: RecordKind, company: Company.ID, ours: SQL) -> SQL {
        let contact: SQL = "from books.contact c join (\(fragment: ours)) o on o.local_id = c.id"
        switch kind {
        case .person: return emails(company, ours)
        case .organization:
            return """
                \(fragment: emails(company, ours))
                union select c.id, 'name', c.name_key \(fragment: contact) where c.company_id = \(company)
                union select c.id, 'number', 'vat ' || c.vat_key \(fragment: contact)
                where c.company_id = \(company)
                union select c.id, 'number', 'kvk ' || c.kvk_key \(fragment: contact)
                where c.company_id = \(company)
                """
        case .product:
            return """
                select p.id as local_id, 'code' as rule, p.code as key from books.product p
                join (\(fragment: ours)) o on o.local_id = p.id where p.company_id = \(company)
                union
                select p.id, 'name', p.name_key from books.product p
                join (\(fragment: ours)) o on o.local_id = p.id where p.company_id = \(company) and p.code is null
                """
        }
    }

    private static func emails(_ company: Company.ID, _ ours: SQL) -> SQL {
        """
        select e.contact_id as local_id, 'email' as rule, e.normalized as key
        from books.contact_email e join (\(fragment: ours)) o on o.local_id = e.contact_id
        where e.company_id = \(company)
        """
    }
}
