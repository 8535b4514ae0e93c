import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

/// Never another company's figures, whatever ids are sent.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct PanelSeparationTests {
    private static let count: Int64 = 20

    /// Company n: user n, deal, person and organization 1 that every company has, and n * 1000, which only it has; a
    /// revenue of n.
    private static let rows = """
        insert into books.company (company_id, name, currency, country, time_zone)
            select md5('c' || n)::uuid, 'Company ' || n, 'EUR', 'NL', 'UTC' from generate_series(1, \(count)) n;
        insert into web.pipedrive_company_directory (pipedrive_company_id, company_id)
            select 500 + n, md5('c' || n)::uuid from generate_series(1, \(count)) n;
        insert into pipedrive.connection (
                company_id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state)
            select md5('c' || n)::uuid, 500 + n, 'Acme', n, 'live' from generate_series(1, \(count)) n;
        insert into pipedrive.user_grant (company_id, pipedrive_company_id, user_id, user_name, is_admin, state)
            select md5('c' || n)::uuid, 500 + n, n, 'Bo', true, 'live' from generate_series(1, \(count)) n;
        insert into books.contact (company_id, id, kind, name)
            select md5('c' || n)::uuid, md5(kind || n || record)::uuid, kind, 'Company ' || n
            from generate_series(1, \(count)) n, unnest(array['person', 'organization']) kind,
                unnest(array[1, n * 1000]) record;
        insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
            select md5('c' || n)::uuid, 500 + n, kind, record, md5(kind || n || record)::uuid
            from generate_series(1, \(count)) n, unnest(array['person', 'organization']) kind,
                unnest(array[1, n * 1000]) record;
        insert into pipedrive.deal_snapshot (company_id, pipedrive_company_id, deal_id, title, organization_id)
            select md5('c' || n)::uuid, 500 + n, record, 'Deal', record
            from generate_series(1, \(count)) n, unnest(array[1, n * 1000]) record;
        insert into books.invoice (company_id, number, state, contact_id, currency, lines, net, tax, gross, paid,
                issued_on, due_on, public_token)
            select company_id, name || id, 'paid', id, 'EUR', '[]', n, 0, n, n, current_date, current_date, id::text
            from books.contact cross join lateral (select replace(name, 'Company ', '')::bigint as n) number;
        """

    private static func view(
        _ resource: PanelSubject.Resource, _ record: Int64, company: Int64, user: Int64, in stores: Stores
    ) throws -> PanelView {
        try stores.storage.panelView(
            PanelSubject(resource: resource, recordIDs: [record]), company: PipedriveCompany.ID(500 + company),
            user: PipedriveUser.ID(user), now: nil)
    }

    @Test func `all pairs of twenty companies, users and records show only what is the company's own`() throws {
        try withStores { stores throws in
            let connection = try stores.database.connect()
            defer { connection.close() }
            try connection.script(Self.rows)
            for company in 1...Self.count {
                for other in 1...Self.count {
                    for resource in [PanelSubject.Resource.person, .organization, .deal] {
                        let asOther = try Self.view(resource, 1, company: company, user: other, in: stores)
                        if other != company {
                            #expect(asOther == .notGranted)
                        }
                        let view = try Self.view(resource, other * 1_000, company: company, user: company, in: stores)
                        guard case .records(_, let records) = view else {
                            throw NeverHappened(description: "a company's own user was refused")
                        }
                        let names = records.compactMap { $0.customer?.name }
                        #expect(names == (other == company ? ["Company \(company)"] : []))
                        #expect(records.flatMap(\.figures).map(\.revenue) == (other == company ? [company] : []))
                    }
                }
            }
        }
    }

    @Test func `several records come together, in their order, and only once each`() throws {
        try withStores { stores throws in
            let connection = try stores.database.connect()
            defer { connection.close() }
            try connection.script(Self.rows)
            let view = try stores.storage.panelView(
                PanelSubject(resource: .person, recordIDs: [7_000, 1, 8_000]), company: PipedriveCompany.ID(507),
                user: PipedriveUser.ID(7), now: nil)
            guard case .records(_, let records) = view else { throw NeverHappened(description: "no records") }
            #expect(records.map(\.recordID) == [7_000, 1, 8_000])
            #expect(records.map { $0.figures.map(\.revenue) } == [[7], [7], []])
            #expect(records.map(\.needsLook) == [false, false, true])
        }
    }
}
