import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

/// What the panel's statement reads, as the runtime role: told by the entries that the server counts, not by time.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct PanelCostTests {
    // Person 1 has 10 invoices, person 2 has 6,000, and 300 others have 10 each.
    private static let rows = """
        insert into books.contact (company_id, id, kind, name)
            select c.company_id, md5('p' || n)::uuid, 'person', 'Person ' || n
            from pipedrive.connection c, generate_series(1, 302) n;
        insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
            select c.company_id, c.pipedrive_company_id, 'person', n, md5('p' || n)::uuid
            from pipedrive.connection c, generate_series(1, 302) n;
        insert into books.invoice (company_id, number, state, contact_id, currency, lines, net, tax, gross, paid,
                issued_on, due_on, public_token)
            select c.company_id, p || '-' || n, case when n % 2 = 0 then 'sent' else 'paid' end, md5('p' || p)::uuid,
                'EUR', '[]', 1, 0, 1, n % 2, current_date, current_date + (n % 10)::int, p || '-' || n
            from pipedrive.connection c, generate_series(1, 302) p,
                generate_series(1, case when p = 2 then 6000 else 10 end) n;
        analyze;
        """

    private static func counts(_ connection: PostgresConnection) throws -> (entries: Int, whole: Int, invoices: Int) {
        let row = try #require(
            try connection.query(
                """
                select (pg_stat_get_xact_tuples_returned('books.figure_pkey'::regclass)
                    + pg_stat_get_xact_tuples_returned('books.newest_invoice_pkey'::regclass))::int as entries,
                    (pg_stat_get_xact_numscans('books.figure'::regclass)
                        + pg_stat_get_xact_numscans('books.newest_invoice'::regclass))::int as whole,
                    (pg_stat_get_xact_tuples_returned('books.invoice'::regclass)
                        + pg_stat_get_xact_tuples_returned('books.invoice_contact'::regclass))::int as invoices
                """
            ).first)
        return (try row.int("entries"), try row.int("whole"), try row.int("invoices"))
    }

    @Test func `6,000 invoices are read for as many entries as 10, and no document is touched`() throws {
        try withStores { stores throws in
            try stores.connect()
            let rows = try stores.database.connect()
            defer { rows.close() }
            try rows.script(Self.rows)
            let connection = try PostgresConnection(try MigratedTemplate.login(to: stores.database))
            defer { connection.close() }
            var entries: [Int64: [Int]] = [:]
            for person in [Int64(1), 2] {
                let query = PanelQuery(
                    subject: PanelSubject(resource: .person, recordIDs: [person]), company: PipedriveCompany.ID(77),
                    user: PipedriveUser.ID(1), now: nil)
                // Until the server would have settled on a generic plan by itself, if it ever did.
                for _ in 1...8 {
                    try connection.transaction(prelude: PostgresStorage.prelude(.web(nil))) { connection in
                        _ = try connection.query(query.choosingCompany)
                        let before = try Self.counts(connection)
                        #expect(try connection.query(query.sql).count == 1)
                        let after = try Self.counts(connection)
                        #expect(after.whole == before.whole && after.invoices == before.invoices)
                        entries[person, default: []].append(after.entries - before.entries)
                    }
                }
            }
            // Planning costs more than the answer: the plan is made once.
            let plans = try #require(
                try connection.query(
                    """
                    select sum(custom_plans)::int as custom, sum(generic_plans)::int as kept from pg_prepared_statements
                    where statement like 'with head as %'
                    """
                ).first)
            let (custom, kept) = (try plans.int("custom"), try plans.int("kept"))
            #expect(custom == 0 && kept == 16, "\(custom) and \(kept)")
            let (few, many) = (try #require(entries[1]?.max()), try #require(entries[2]?.max()))
            #expect(few > 0 && many <= few + 10 && many < 40, "\(few) and \(many) entries")
        }
    }
}
