import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

/// Books of three companies in time zones a day apart, made from a fixed seed, all of it linked to Pipedrive; and what
/// every panel has to show, computed the slow and obvious way.
struct GeneratedBooks {
    private let stores: Stores

    init(_ stores: Stores) {
        self.stores = stores
    }

    /// 40 contacts per company, a third of them organizations, and so many documents, written in statements of all
    /// sizes. A tenth of the documents are subscriptions.
    func fill(documentCount: Int) throws {
        try run(
            """
            select setseed(0.42);
            insert into books.company (company_id, name, currency, country, time_zone)
                select md5('generated ' || n)::uuid, 'Company ' || n, 'EUR', 'NL',
                    (array['Pacific/Kiritimati', 'Europe/Amsterdam', 'Pacific/Pago_Pago'])[n]
                from generate_series(1, 3) n;
            insert into web.pipedrive_company_directory (pipedrive_company_id, company_id)
                select 900 + n, md5('generated ' || n)::uuid from generate_series(1, 3) n;
            insert into pipedrive.connection (
                    company_id, pipedrive_company_id, pipedrive_company_name, owner_user_id, state)
                select md5('generated ' || n)::uuid, 900 + n, 'Acme', 1, 'live' from generate_series(1, 3) n;
            insert into pipedrive.user_grant (
                    company_id, pipedrive_company_id, user_id, user_name, is_admin, state)
                select company_id, pipedrive_company_id, 1, 'Bo', true, 'live' from pipedrive.connection
                where pipedrive_company_id > 900;
            insert into books.contact (company_id, id, kind, name)
                select c.company_id, md5(c.company_id || 'o' || n)::uuid, 'organization', 'Org ' || n
                from books.company c, generate_series(1, 13) n where c.name like 'Company _';
            insert into books.contact (company_id, id, kind, name, organization_id)
                select c.company_id, md5(c.company_id || 'p' || n)::uuid, 'person', 'Person ' || n,
                    case when n % 4 > 0 then md5(c.company_id || 'o' || (1 + n % 6))::uuid end
                from books.company c, generate_series(1, 27) n where c.name like 'Company _';
            insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
                select c.company_id, p.pipedrive_company_id, c.kind,
                    row_number() over (partition by c.company_id, c.kind order by c.id), c.id
                from books.contact c join pipedrive.connection p using (company_id)
                where p.pipedrive_company_id > 900;
            create table public.customer as
                select company_id, id, row_number() over (order by id) as position from books.contact
                where company_id in (select company_id from pipedrive.connection where pipedrive_company_id > 900);
            """)
        var made = 0
        for size in [1, 2, 7, 40, 200, Int.max] where made < documentCount {
            let count = min(size, documentCount - made)
            try run(invoices(from: made + 1, to: made + count))
            made += count
        }
        try GeneratedSubscriptions(stores).add(count: documentCount / 10)
    }

    private func invoices(from: Int, to: Int) -> String {
        """
        insert into books.invoice (company_id, id, number, state, contact_id, currency, lines, net, tax, gross, paid,
                issued_on, due_on, public_token, created_at)
            select k.company_id, md5('i' || n)::uuid, 'G' || n, s.state, k.id,
                (array['EUR', 'EUR', 'EUR', 'USD', 'JPY'])[1 + floor(random() * 5)], '[]', g.gross, 0, g.gross,
                case s.state when 'paid' then g.gross when 'partially_paid' then 1 + floor(random() * (g.gross - 1))
                    else 0 end,
                current_date - 30, current_date + (floor(random() * 60) - 30)::int, md5('t' || n),
                clock_timestamp() - random() * interval '100 days'
            from generate_series(\(from), \(to)) n
            cross join lateral (select 2 + floor(random() * 1000000 + n * 0)::bigint as gross) g
            cross join lateral (
                select (array['concept', 'sent', 'sent', 'partially_paid', 'paid', 'paid', 'credited'])[
                    1 + floor(random() * 7 + n * 0)] as state) s
            join public.customer k on k.position = 1 + (n * 7919) % (select count(*) from public.customer);
        """
    }

    /// What happens to documents and persons, one by one and many at once.
    func change() throws {
        for remainder in 0..<5 {
            try run(
                """
                update books.invoice set state = 'sent' where state = 'concept' and hashtext(number) % 11 = \(remainder);
                update books.invoice set state = 'paid', paid = gross
                    where state in ('sent', 'partially_paid') and hashtext(number) % 13 = \(remainder);
                update books.invoice set state = 'credited' where state = 'sent' and hashtext(number) % 17 = \(remainder);
                update books.invoice set due_on = due_on + 9 where hashtext(number) % 19 = \(remainder);
                update books.invoice set overdue_at = clock_timestamp() where hashtext(number) % 3 = \(remainder);
                update books.subscription set state = 'cancelled' where hashtext(name) % 7 = \(remainder);
                update books.subscription set state = 'active'
                where state in ('concept', 'paused') and hashtext(name) % 9 = \(remainder);
                update books.contact c set organization_id = o.id
                    from books.contact o
                    where o.company_id = c.company_id and o.kind = 'organization' and c.kind = 'person'
                        and o.name = 'Org ' || (1 + (hashtext(c.name) & 1023 + \(remainder)) % 13)
                        and hashtext(c.name) % 5 = \(remainder);
                update books.contact set organization_id = null
                    where kind = 'person' and hashtext(name) % 23 = \(remainder);
                update books.contact set archived_at = clock_timestamp() where hashtext(name) % 29 = \(remainder);
                """)
        }
    }

    /// A second before and after midnight in each company's time zone, on the days to come.
    func momentsAroundMidnight() throws -> [Date] {
        try stores.raw(
            """
            select ((current_date + 2)::timestamp at time zone time_zone) + shift * interval '1 second' as moment
            from books.company cross join (values (-1), (1)) s (shift) where name like 'Company _'
            """
        ).map { try $0.date("moment") }
    }

    /// Every person's and organization's page, as the panel gives it and as the documents say.
    func compareAllPages(now: Date?) throws {
        let expected = Dictionary(grouping: try stores.raw(Self.oracle(now: now)).map { $0 }) { row in
            (try? row.string("page")) ?? "a row without a page"
        }
        let pages = try stores.raw(
            """
            select pipedrive_company_id as company, kind, record_id, pipedrive_company_id || kind || record_id as page
            from pipedrive.link where pipedrive_company_id > 900
            """)
        #expect(pages.count == 120)
        for page in pages {
            let resource = try #require(PanelSubject.Resource(rawValue: try page.string("kind")))
            let view = try stores.storage.panelView(
                PanelSubject(resource: resource, recordIDs: [try page.int64("record_id")]),
                company: PipedriveCompany.ID(try page.int64("company")), user: PipedriveUser.ID(1), now: now)
            guard case .records(_, let records) = view, let record = records.first else {
                throw NeverHappened(description: "a page without an answer")
            }
            let shown = record.figures.map {
                "\($0.currency.code) \($0.arr) \($0.revenue) \($0.openCount) \($0.open) \($0.overdue) "
                    + ($0.latest?.number ?? "none")
            }
            let name = try page.string("page")
            let wanted = try expected[name].map { try $0.map { try $0.string("line") } } ?? ["EUR 0 0 0 0 0 none"]
            #expect(shown.sorted() == wanted.sorted(), "\(name)")
        }
    }

    /// Slow on purpose: joins every page with every document it counts, and says what the words of the panel mean.
    private static func oracle(now: Date?) -> SQL {
        """
        with page as (
            select l.company_id, l.pipedrive_company_id || l.kind || l.record_id as page, c.id, c.kind,
                c.organization_id,
                (coalesce(\(now)::timestamptz, clock_timestamp()) at time zone b.time_zone)::date as today
            from pipedrive.link l
            join books.contact c on c.company_id = l.company_id and c.id = l.local_id
            join books.company b on b.company_id = l.company_id
            where l.pipedrive_company_id > 900),
        counted as (
            select page, today, company_id, id as customer from page
            union all
            select page, today, company_id, organization_id from page
            where kind = 'person' and organization_id is not null
            union all
            select p.page, p.today, p.company_id, m.id from page p
            join books.contact m on m.company_id = p.company_id and m.organization_id = p.id
            where p.kind = 'organization'),
        document as (
            select c.page, i.currency, 0 as arr, case when i.state = 'paid' then i.gross else 0 end as revenue,
                case when i.state in ('sent', 'partially_paid') and i.gross > i.paid then 1 else 0 end as open_count,
                case when i.state in ('sent', 'partially_paid') then i.gross - i.paid else 0 end as open,
                case when i.state in ('sent', 'partially_paid') and i.due_on < c.today then i.gross - i.paid
                    else 0 end as overdue,
                i.number, i.created_at, i.id
            from counted c join books.invoice i on i.company_id = c.company_id and i.contact_id = c.customer
            where i.state <> 'concept'
            union all
            select c.page, s.currency, s.arr, 0, 0, 0, 0, null, null, null
            from counted c join (\(fragment: GeneratedSubscriptions.oracle)) s on s.company_id = c.company_id and s.contact_id = c.customer
            where s.state = 'active')
        select page, concat_ws(' ', currency, sum(arr), sum(revenue), sum(open_count), sum(open), sum(overdue),
            coalesce((array_agg(number order by created_at desc, id) filter (where number is not null))[1], 'none')
            ) as line
        from document group by page, currency
        having sum(arr) <> 0 or count(number) > 0
        """
    }

    private func run(_ script: String) throws {
        let connection = try stores.database.connect()
        defer { connection.close() }
        try connection.script(script)
    }
}
