import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

/// Which indexes the real statements use, as the runtime roles under row-level security, among 200 companies.
///
/// Told by the scans that the server counts in the transaction itself, so that no statement is written down twice.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct PlanTests {
    private static let template: Result<String, any Error> = Result {
        try TestDatabase.template(named: "plans", content: MigratedTemplate.content + rows) { url in
            try MigratedTemplate.migrate(url)
            let connection = try PostgresConnection(
                PostgresConfiguration(url: url, applicationName: "paydock-test-rows"))
            defer { connection.close() }
            try connection.script(rows)
        }
    }

    private static let company = "md5('company 7')::uuid"
    // md5('Company 7 3')
    private let contactThree = "e4cdf57d-636b-4371-1b35-21d7b4379385"

    private static let rows = """
        insert into books.company (company_id, name, currency, country, time_zone)
            select md5('company ' || n)::uuid, 'Company ' || n, 'EUR', 'NL', 'Europe/Amsterdam'
            from generate_series(1, 200) n;
        insert into books.contact (company_id, id, kind, name, emails)
            select c.company_id, md5(c.name || ' ' || n)::uuid, 'person', 'Contact ' || n, array['c' || n || '@example.com']
            from books.company c, generate_series(1, 100) n;
        insert into books.contact (company_id, id, kind, name, vat_number, kvk_number)
            select c.company_id, md5(c.name || ' organization ' || n)::uuid, 'organization', 'Organization ' || n,
                'NL ' || 1000 + n, (2000 + n)::text
            from books.company c, generate_series(1, 100) n where c.name = 'Company 7';
        insert into books.quote (company_id, id, number, state, contact_id, currency, lines, net, tax, gross,
                valid_until, public_token, created_at)
            select c.company_id, md5(c.id || 'q' || n)::uuid, n || c.name, 'sent', c.id, 'EUR', '[]', 1, 0, 1,
                '2026-01-01', md5(c.id || 'q' || n), '2025-01-01'::timestamptz + n * interval '1 minute'
            from books.contact c, generate_series(1, 2) n where c.name !~ ' 9.$';
        insert into books.invoice (company_id, id, number, state, contact_id, currency, lines, net, tax, gross,
                issued_on, due_on, public_token, created_at)
            select c.company_id, md5(c.id || 'i' || n)::uuid, n || c.name, case n when 1 then 'sent' else 'credited' end,
                c.id, 'EUR', '[]', 1, 0, 1,
                '2025-01-01', '2026-01-01', md5(c.id || 'i' || n), '2025-01-01'::timestamptz + n * interval '1 minute'
            from books.contact c, generate_series(1, 2) n where c.name !~ ' 9.$';
        insert into pipedrive.connection (company_id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state)
            select company_id, row_number() over (), name, 1, 'live' from books.company;
        insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
            select c.company_id, p.pipedrive_company_id, 'person',
                row_number() over (partition by c.company_id order by c.id), c.id
            from books.contact c join pipedrive.connection p using (company_id);
        insert into pipedrive.webhook_inbox (company_id, body)
            select company_id, '\\x00' from books.company, generate_series(1, 50);
        analyze;
        """

    /// Runs the body until the server may have settled on a generic plan, and says what each run scanned.
    private static func expect(
        _ index: String, reads limit: Int, of table: String, as access: (Company.ID) -> StorageAccess,
        _ body: (any StorageTransaction) throws -> Void
    ) throws {
        try withTestDatabase(template: try template.get()) { database in
            let storage = PostgresStorage(try MigratedTemplate.login(to: database), keyring: nil)
            let company = Company.ID(try #require(UUID(uuidString: try id(of: database))))
            for _ in 1...7 {
                try storage.transaction(access(company)) { transaction throws in
                    let connection = try #require(transaction as? PostgresTransaction).connection
                    let before = try scans(index, table, connection)
                    try body(transaction)
                    let after = try scans(index, table, connection)
                    #expect(after.index > before.index, "\(index) is not used")
                    #expect(after.whole == before.whole, "\(table) is read whole")
                    #expect(after.read - before.read <= limit, "\(index) reads \(after.read - before.read) entries")
                }
            }
        }
    }

    private static func id(of database: TestDatabase) throws -> String {
        let connection = try database.connect()
        defer { connection.close() }
        return try connection.query("select \(unsafe: company)::text as id").first?.string("id") ?? ""
    }

    private static func scans(
        _ index: String, _ table: String, _ connection: PostgresConnection
    ) throws -> (index: Int, read: Int, whole: Int) {
        let row = try #require(
            try connection.query(
                """
                select pg_stat_get_xact_numscans(\(index)::regclass) as index_scans,
                    pg_stat_get_xact_tuples_returned(\(index)::regclass) as entries,
                    pg_stat_get_xact_numscans(\(table)::regclass) as table_scans
                """
            ).first)
        return (try row.int("index_scans"), try row.int("entries"), try row.int("table_scans"))
    }

    @Test func `contacts are listed by name`() throws {
        try Self.expect("books.contact_name", reads: 220, of: "books.contact", as: StorageAccess.api) {
            transaction throws in
            #expect(try transaction.contacts.list(search: nil, page: PageRequest(limit: 10)).items.count == 10)
        }
    }

    @Test func `a contact is found by its e-mail`() throws {
        try Self.expect("books.contact_email_pkey", reads: 2, of: "books.contact_email", as: StorageAccess.web) {
            transaction throws in
            let found = try transaction.contacts.list(search: "C7@example.com", page: PageRequest())
            #expect(found.items.map(\.details.name) == ["Contact 7"])
        }
    }

    @Test func `contacts are found by the beginning of the name`() throws {
        try Self.expect("books.contact_name_prefix", reads: 30, of: "books.contact", as: StorageAccess.api) {
            transaction throws in
            let found = try transaction.contacts.list(search: " contact  9", page: PageRequest())
            #expect(found.total == 11 && found.items.first?.details.name == "Contact 9")
        }
    }

    @Test func `quotes are listed newest first`() throws {
        try Self.expect("books.quote_newest", reads: 220, of: "books.quote", as: StorageAccess.web) {
            transaction throws in
            #expect(
                try transaction.quotes.list(state: nil, contact: nil, page: PageRequest(limit: 10)).items.count == 10)
        }
    }

    @Test func `invoices are listed newest first`() throws {
        try Self.expect("books.invoice_newest", reads: 220, of: "books.invoice", as: StorageAccess.api) {
            transaction throws in
            #expect(
                try transaction.invoices.list(status: nil, contact: nil, page: PageRequest(limit: 10)).items.count == 10
            )
        }
    }

    @Test func `invoices with a status are listed newest first`() throws {
        try Self.expect("books.invoice_status_newest", reads: 40, of: "books.invoice", as: StorageAccess.api) {
            transaction throws in
            let list = try transaction.invoices.list(status: .sent, contact: nil, page: PageRequest(limit: 10))
            #expect(list.items.count == 10 && list.total > 50)
        }
    }

    // What the index passes over is not read from the table: the page alone is, by its identifiers.
    @Test func `a page far down the invoices reads its own rows only`() throws {
        try Self.expect("books.invoice_pkey", reads: 10, of: "books.invoice", as: StorageAccess.api) {
            transaction throws in
            let page = PageRequest(limit: 5, offset: 150)
            #expect(try transaction.invoices.list(status: nil, contact: nil, page: page).items.count == 5)
        }
    }

    @Test func `an invoice is found by its id`() throws {
        try Self.expect("books.invoice_pkey", reads: 2, of: "books.invoice", as: StorageAccess.api) {
            transaction throws in
            _ = try transaction.invoices.invoice(Invoice.ID(UUID()))
        }
    }

    @Test func `the invoices of a contact are found by it`() throws {
        let contact = Contact.ID(try #require(UUID(uuidString: contactThree)))
        try Self.expect("books.invoice_contact", reads: 6, of: "books.invoice", as: StorageAccess.api) {
            transaction throws in
            _ = try transaction.invoices.list(status: nil, contact: contact, page: PageRequest())
        }
    }

    @Test func `a link is found by Pipedrive's number`() throws {
        try Self.expect("pipedrive.link_pkey", reads: 2, of: "pipedrive.link", as: StorageAccess.cron) {
            transaction throws in
            #expect(try transaction.sync.contact(.person, recordID: 42) != nil)
        }
    }

    @Test(arguments: ["vat", "kvk"])
    func `an organization is found by its numbers`(name: String) throws {
        var id: Int64 = 900
        try Self.expect("books.contact_\(name)", reads: 6, of: "books.contact", as: StorageAccess.cron) {
            transaction throws in
            id += 1
            let organization = Organization(
                id: Organization.ID(id), name: "Is called otherwise", vatNumber: name == "vat" ? "nl\(id + 110)" : nil,
                kvkNumber: name == "kvk" ? "\(id + 1110)" : nil)
            #expect(try transaction.takeOver(.organizations([organization])).linked == 1)
        }
    }

    @Test func `a delivery is found by its number`() throws {
        try Self.expect("pipedrive.webhook_inbox_pkey", reads: 2, of: "pipedrive.webhook_inbox", as: StorageAccess.cron)
        { transaction in
            for id in [Int64(1), 300, 9_999] { _ = try transaction.inbox.body(id) }
        }
    }

    @Test func `deleting a contact ends its links by our side's index`() throws {
        try Self.expect("pipedrive.link_local", reads: 4, of: "pipedrive.link", as: StorageAccess.cron) {
            transaction throws in
            // Those in the nineties have no documents.
            let found = try transaction.contacts.list(search: "contact 9", page: PageRequest())
            #expect(try transaction.contacts.delete(try #require(found.items.last).id))
        }
    }
}
