internal import Domain
import FoundationEssentials
import Postgres

struct PostgresQuotes: QuoteStore {
    let connection: PostgresConnection
    let access: StorageAccess

    static let columns = SQL(
        unsafe: """
            id, number, state, contact_id, addressee, addressee_email, currency, lines::text as lines, external_id,
            deal_id, lead_id, note, email_subject, email_body, valid_until::text as valid_until, public_token,
            created_at, updated_at, decided_at, decided_by_name, decided_by_email, decline_reason
            """)

    // Drafts belong to the connected Pipedrive company: deal 7 of another account is another deal. The API's role
    // can't read the connection, and what it makes is bound to none.
    private var pipedriveCompany: SQL {
        access.role == .api
            ? SQL(unsafe: "0::bigint")
            : "coalesce((select pipedrive_company_id from pipedrive.connection), 0)"
    }

    func insert(_ quote: NewQuote) throws -> Quote {
        let company = try access.company()
        if let externalID = quote.content.externalID, try self.quote(externalID: externalID) != nil {
            throw Self.taken(externalID)
        }
        let totals = try DocumentTotals(lines: quote.content.lines, currency: quote.content.currency)
        let number = try DocumentNumbers(connection: connection).next("quote", year: quote.today.year, company: company)
        let content = quote.content
        do {
            return try connection.query(
                """
                insert into books.quote (
                    company_id, number, contact_id, addressee, addressee_email, currency, lines, net, tax, gross,
                    pipedrive_company_id, external_id, deal_id, lead_id, note, email_subject, email_body, valid_until,
                    public_token)
                values (
                    \(company), \("Q\(number)"), \(content.contactID), \(content.addressee), \(content.addresseeEmail),
                    \(content.currency.code),
                    \(try StoredLine.text(content.lines))::text::jsonb, \(totals.net), \(totals.tax), \(totals.gross),
                    \(fragment: pipedriveCompany), \(content.externalID), \(content.dealID), \(content.leadID),
                    \(content.note), \(quote.email.subject), \(quote.email.body),
                    \(quote.validUntil ?? quote.today.adding(days: 30)), \(quote.publicToken))
                returning \(fragment: Self.columns)
                """
            ).first.map(Self.quote).orMissing("quote")
        } catch let error as PostgresError where error.isUniqueViolation && error.constraint == "quote_external_id" {
            throw Self.taken(quote.content.externalID ?? "")
        } catch let error as PostgresError {
            throw MissingReference.refusal(error) ?? error
        }
    }

    private static func taken(_ externalID: String) -> Refusal {
        Refusal(.conflict, "There is a quote with the external id \(externalID).", fields: ["external_id": "is taken"])
    }

    func quote(_ id: Quote.ID) throws -> Quote? {
        try one("id = \(id)")
    }

    func quote(publicToken: String) throws -> Quote? {
        try one("public_token = \(publicToken)")
    }

    func quote(externalID: String) throws -> Quote? {
        try one("external_id = \(externalID) and pipedrive_company_id = \(fragment: pipedriveCompany)")
    }

    private func one(_ condition: SQL) throws -> Quote? {
        try connection.query(
            """
            select \(fragment: Self.columns) from books.quote
            where company_id = \(try access.company()) and \(fragment: condition)
            """
        ).first.map(Self.quote)
    }

    func list(state: Quote.State?, contact: Contact.ID?, page: PageRequest) throws -> Listing<Quote> {
        let list = DocumentList(
            table: "quote", company: try access.company(), state: state?.rawValue, contact: contact)
        let rows = try connection.query(try list.page(page, columns: Self.columns, connection))
        let total = try ListCounts(connection: connection).total(of: list)
        return Listing(items: try rows.map(Self.quote), total: total)
    }

    func move(_ id: Quote.ID, from: Quote.State, to: Quote.State) throws -> Quote? {
        try connection.query(
            """
            update books.quote set state = \(to.rawValue), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = \(from.rawValue)
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.quote)
    }

    func decide(_ id: Quote.ID, from: Quote.State, to: Quote.State, _ decision: QuoteDecision) throws -> Quote? {
        try connection.query(
            """
            update books.quote set state = \(to.rawValue), updated_at = clock_timestamp(),
                decided_at = clock_timestamp(), decided_by_name = \(decision.name),
                decided_by_email = \(decision.email), decline_reason = \(decision.reason)
            where company_id = \(try access.company()) and id = \(id) and state = \(from.rawValue)
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.quote)
    }

    func revise(
        _ id: Quote.ID, content: DocumentContent, email: EmailText, validUntil: CalendarDay
    ) throws -> Quote? {
        let totals = try DocumentTotals(lines: content.lines, currency: content.currency)
        return try connection.query(
            """
            update books.quote set
                contact_id = \(content.contactID), addressee = \(content.addressee),
                addressee_email = \(content.addresseeEmail),
                currency = \(content.currency.code), lines = \(try StoredLine.text(content.lines))::text::jsonb,
                net = \(totals.net), tax = \(totals.tax), gross = \(totals.gross), deal_id = \(content.dealID),
                lead_id = \(content.leadID), note = \(content.note), email_subject = \(email.subject),
                email_body = \(email.body), valid_until = \(validUntil), updated_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = 'concept'
            returning \(fragment: Self.columns)
            """
        ).first.map(Self.quote)
    }

    func expire(now: Date?) throws -> Int {
        try connection.execute(
            """
            update books.quote q set state = 'expired', updated_at = clock_timestamp()
            from books.company c
            where q.company_id = \(try access.company()) and c.company_id = q.company_id
                and q.state in ('sent', 'viewed')
                and q.valid_until < (coalesce(\(now)::timestamptz, clock_timestamp()) at time zone c.time_zone)::date
            """)
    }

    static func quote(_ row: PostgresRow) throws -> Quote {
        Quote(
            id: Quote.ID(try row.uuid("id")), number: try row.string("number"), state: try row.state("state"),
            content: try DocumentColumns.content(row),
            email: EmailText(subject: try row.string("email_subject"), body: try row.string("email_body")),
            validUntil: try row.day("valid_until"), publicToken: try row.string("public_token"),
            createdAt: try row.date("created_at"), updatedAt: try row.date("updated_at"),
            decision: try row.optionalDate("decided_at").map { decidedAt in
                QuoteDecision(
                    name: try row.optionalString("decided_by_name"), email: try row.optionalString("decided_by_email"),
                    reason: try row.optionalString("decline_reason"), decidedAt: decidedAt)
            })
    }
}
