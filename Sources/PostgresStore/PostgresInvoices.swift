internal import Domain
import FoundationEssentials
import Postgres

struct PostgresInvoices: InvoiceStore {
    let connection: PostgresConnection
    let access: StorageAccess

    static let columns = SQL(
        unsafe: """
            id, number, state, contact_id, addressee, addressee_email, currency, lines::text as lines, external_id,
            deal_id, lead_id, note, quote_id, issued_on::text as issued_on, due_on::text as due_on, paid,
            overdue_at is not null as is_overdue, public_token, created_at, updated_at
            """)

    func insert(_ invoice: NewInvoice) throws -> Invoice {
        let company = try access.company()
        let content = invoice.content
        let totals = try DocumentTotals(lines: content.lines, currency: content.currency)
        let number = try DocumentNumbers(connection: connection)
            .next("invoice", year: invoice.issuedOn.year, company: company)
        return try MissingReference.refusing {
            try connection.query(
                """
                insert into books.invoice (
                    company_id, number, contact_id, addressee, addressee_email, currency, lines, net, tax, gross,
                    quote_id, external_id, deal_id, lead_id, note, issued_on, due_on, public_token)
                values (
                    \(company), \(number), \(content.contactID), \(content.addressee), \(content.addresseeEmail),
                    \(content.currency.code),
                    \(try StoredLine.text(content.lines))::text::jsonb, \(totals.net), \(totals.tax), \(totals.gross),
                    \(invoice.quoteID), \(content.externalID), \(content.dealID), \(content.leadID), \(content.note),
                    \(invoice.issuedOn), \(invoice.dueOn ?? invoice.issuedOn.adding(days: 30)), \(invoice.publicToken))
                returning \(fragment: Self.columns)
                """)
        }.first.map(Self.invoice).orMissing("invoice")
    }

    func invoice(_ id: Invoice.ID) throws -> Invoice? {
        try one("id = \(id)")
    }

    func invoice(publicToken: String) throws -> Invoice? {
        try one("public_token = \(publicToken)")
    }

    private func one(_ condition: SQL, lock: SQL = "") throws -> Invoice? {
        try connection.query(
            """
            select \(fragment: Self.columns) from books.invoice
            where company_id = \(try access.company()) and \(fragment: condition) \(fragment: lock)
            """
        ).first.map(Self.invoice)
    }

    func list(status: Invoice.Status?, contact: Contact.ID?, page: PageRequest) throws -> Listing<Invoice> {
        let list = DocumentList(
            table: "invoice", stateColumn: "status", company: try access.company(), state: status?.rawValue,
            contact: contact)
        let rows = try connection.query(try list.page(page, columns: Self.columns, connection))
        let total = try ListCounts(connection: connection).total(of: list)
        return Listing(items: try rows.map(Self.invoice), total: total)
    }

    func move(_ id: Invoice.ID, from: Invoice.State, to: Invoice.State) throws -> Invoice? {
        try connection.query(
            """
            update books.invoice set state = \(to.rawValue), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = \(from.rawValue)
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.invoice)
    }

    func revise(_ id: Invoice.ID, dueOn: CalendarDay, note: String?) throws -> Invoice? {
        try connection.query(
            """
            update books.invoice set due_on = \(dueOn), note = \(note), updated_at = clock_timestamp(),
                overdue_at = case when \(dueOn)::date < (
                    select (clock_timestamp() at time zone time_zone)::date from books.company
                    where company_id = \(try access.company())) then overdue_at end
            where company_id = \(try access.company()) and id = \(id)
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.invoice)
    }

    func pay(_ id: Invoice.ID, minorUnits: Int64, paidOn: CalendarDay) throws -> Invoice? {
        guard let invoice = try one("id = \(id)", lock: "for no key update") else { return nil }
        let gross = try DocumentTotals(lines: invoice.content.lines, currency: invoice.content.currency).gross
        guard invoice.state == .sent || invoice.state == .partiallyPaid else {
            throw Refusal(.conflict, "Invoice \(invoice.number) is \(invoice.state.rawValue) and takes no payment.")
        }
        guard minorUnits <= gross - invoice.paid else {
            let due = Money(minorUnits: gross - invoice.paid, currency: invoice.content.currency)
            throw Refusal(
                .conflict, "Only \(due.displayText) of invoice \(invoice.number) is still due.",
                fields: ["amount": "is more than is due"])
        }
        let company = try access.company()
        try connection.execute(
            """
            insert into books.payment (company_id, invoice_id, minor_units, paid_on)
            values (\(company), \(id), \(minorUnits), \(paidOn))
            """)
        return try connection.query(
            """
            update books.invoice set paid = paid + \(minorUnits), updated_at = clock_timestamp(),
                state = case when paid + \(minorUnits) = gross then 'paid' else 'partially_paid' end
            where company_id = \(company) and id = \(id)
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.invoice)
    }

    func markOverdue(now: Date?) throws -> [Invoice.ID] {
        try connection.query(
            """
            update books.invoice i set overdue_at = clock_timestamp()
            from books.company c
            where i.company_id = \(try access.company()) and c.company_id = i.company_id
                and i.state in ('sent', 'partially_paid') and i.overdue_at is null and i.gross > i.paid
                and i.due_on < (coalesce(\(now)::timestamptz, clock_timestamp()) at time zone c.time_zone)::date
            returning i.id
            """
        ).map { Invoice.ID(try $0.uuid("id")) }
    }

    static func invoice(_ row: PostgresRow) throws -> Invoice {
        Invoice(
            id: Invoice.ID(try row.uuid("id")), number: try row.string("number"), state: try row.state("state"),
            content: try DocumentColumns.content(row), quoteID: try row.optionalUUID("quote_id").map { Quote.ID($0) },
            issuedOn: try row.day("issued_on"), dueOn: try row.day("due_on"), paid: try row.int64("paid"),
            isOverdue: try row.bool("is_overdue"), publicToken: try row.string("public_token"),
            createdAt: try row.date("created_at"), updatedAt: try row.date("updated_at"))
    }
}
