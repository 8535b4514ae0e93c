internal import Domain
import FoundationEssentials
import Postgres

struct PostgresContacts: ContactStore {
    let connection: PostgresConnection
    let access: StorageAccess

    static let columns = SQL(
        unsafe: """
            id, kind, name, organization_id, emails, phones, street, postal_code, city, country, vat_number,
            kvk_number, language, external_id, archived_at is not null as is_archived, created_at, updated_at
            """)

    func insert(_ details: ContactDetails) throws -> Contact {
        let row = try MissingReference.refusing {
            try connection.query(
                """
                insert into books.contact (
                    company_id, kind, name, organization_id, emails, phones, street, postal_code, city, country,
                    vat_number, kvk_number, language, external_id)
                values (
                    \(try access.company()), \(details.kind.rawValue), \(details.name), \(details.organizationID),
                    \(details.emails), \(details.phones), \(details.address.street), \(details.address.postalCode),
                    \(details.address.city), \(details.address.country), \(details.vatNumber), \(details.kvkNumber),
                    \(details.language), \(details.externalID))
                returning \(fragment: Self.columns)
                """)
        }.first
        return try Self.contact(try row.orMissing("contact"))
    }

    func contact(_ id: Contact.ID) throws -> Contact? {
        try connection.query(
            """
            select \(fragment: Self.columns) from books.contact
            where company_id = \(try access.company()) and id = \(id)
            """
        ).first.map(Self.contact)
    }

    func list(search: String?, page: PageRequest) throws -> Listing<Contact> {
        let company = try access.company()
        var filter: SQL = "company_id = \(company) and archived_at is null"
        if let search {
            // Two lookups, each along its own index, instead of one condition that none could serve. What starts with a
            // text stands between it and it with the last of all characters behind; starts_with() reads all names where
            // the text is a parameter.
            let prefix = Search.prefix(search)
            filter += """
                 and id in (
                    select id from books.contact
                    where company_id = \(company) and archived_at is null
                        and name_key ~>=~ \(prefix) and name_key ~<~ \(prefix + "\u{10FFFF}")
                    union all
                    select contact_id from books.contact_email
                    where company_id = \(company) and normalized = \(EmailAddress.normalized(search)))
                """
        }
        // The rows before the page are passed over in the index alone, from an anchor on, as `DocumentList` does.
        let anchor =
            search == nil
            ? try ListAnchor.before(offset: page.offset, of: "contact", state: "live", company: company, connection)
            : nil
        var rest = filter
        if let anchor { rest += " and \(fragment: anchor.named)" }
        let rows = try connection.query(
            """
            select \(fragment: Self.columns) from books.contact
            where company_id = \(company) and id = any (array(
                select id from books.contact where \(fragment: rest)
                order by name_key, id limit \(page.limit) offset \(page.offset - (anchor?.rank ?? 0))))
            order by name_key, id
            """)
        let total =
            search == nil
            ? try ListCounts(connection: connection).total(of: "contact", company: company, state: "live")
            : try connection.query("select count(*) as total from books.contact where \(fragment: filter)")
                .first?.int("total") ?? 0
        return Listing(items: try rows.map(Self.contact), total: total)
    }

    func update(_ id: Contact.ID, _ details: ContactDetails) throws -> Contact? {
        try MissingReference.refusing {
            try connection.query(
                """
                update books.contact set
                    kind = \(details.kind.rawValue), name = \(details.name), organization_id = \(details.organizationID),
                    emails = \(details.emails), phones = \(details.phones), street = \(details.address.street),
                    postal_code = \(details.address.postalCode), city = \(details.address.city),
                    country = \(details.address.country), vat_number = \(details.vatNumber),
                    kvk_number = \(details.kvkNumber), language = \(details.language),
                    external_id = \(details.externalID), updated_at = clock_timestamp()
                where company_id = \(try access.company()) and id = \(id)
                returning \(fragment: Self.columns)
                """)
        }.first.map(Self.contact)
    }

    func delete(_ id: Contact.ID) throws -> Bool {
        let company = try access.company()
        // A document that is being made for the contact holds its row: it is waited for here, and seen below.
        try connection.execute(
            "select from books.contact where company_id = \(company) and id = \(id) for update")
        let archived = try connection.execute(
            """
            update books.contact c set archived_at = coalesce(archived_at, clock_timestamp())
            where company_id = \(company) and id = \(id) and (
                exists (select from books.quote d where d.company_id = c.company_id and d.contact_id = c.id)
                or exists (select from books.invoice d where d.company_id = c.company_id and d.contact_id = c.id)
                or exists (select from books.subscription d where d.company_id = c.company_id and d.contact_id = c.id))
            """)
        guard archived == 0 else { return false }
        try connection.execute("delete from books.contact where company_id = \(company) and id = \(id)")
        return true
    }

    static func contact(_ row: PostgresRow) throws -> Contact {
        let details = ContactDetails(
            kind: try row.state("kind"), name: try row.string("name"),
            organizationID: try row.optionalUUID("organization_id").map { Contact.ID($0) },
            emails: try row.strings("emails"), phones: try row.strings("phones"),
            address: PostalAddress(
                street: try row.optionalString("street"), postalCode: try row.optionalString("postal_code"),
                city: try row.optionalString("city"), country: try row.optionalString("country")),
            vatNumber: try row.optionalString("vat_number"), kvkNumber: try row.optionalString("kvk_number"),
            language: try row.optionalString("language"), externalID: try row.optionalString("external_id"))
        return Contact(
            id: Contact.ID(try row.uuid("id")), createdAt: try row.date("created_at"),
            updatedAt: try row.date("updated_at"), isArchived: try row.bool("is_archived"), details: details)
    }
}

/// How search words are compared with stored, normalised text.
enum Search {
    /// Case folded and single-spaced, like `books.normalize_name`.
    static func prefix(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }
}

extension Optional {
    /// The row that a statement with `returning` always gives.
    func orMissing(_ name: String) throws -> Wrapped {
        guard let self else { throw StoredValueError(column: name) }
        return self
    }
}
