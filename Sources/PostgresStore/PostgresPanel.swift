internal import Domain
import FoundationEssentials
import Postgres

struct PostgresPanel: PanelStore {
    let connection: PostgresConnection

    func view(_ subject: PanelSubject, user: PipedriveUser.ID, now: Date?) throws -> PanelView {
        let head = try connection.query(
            """
            select c.company_id, c.pipedrive_company_id, exists (
                select from pipedrive.user_grant g
                where g.company_id = c.company_id and g.pipedrive_company_id = c.pipedrive_company_id
                    and g.user_id = \(user) and g.state = 'live') as is_granted
            from pipedrive.connection c where c.state in ('live', 'reconnect')
            """
        ).first
        guard let head else { return .disconnected }
        guard try head.bool("is_granted") else { return .notGranted }
        let contacts = try self.contacts(subject, pipedriveCompany: try head.int64("pipedrive_company_id"))
        guard let contact = contacts.first else { return .unlinked }
        return .figures(contact: contact, try figures(contacts, now: now))
    }

    /// The customer first, then the contacts that are counted with it: a person's organization, an organization's
    /// persons.
    private func contacts(_ subject: PanelSubject, pipedriveCompany: Int64) throws -> [Contact.ID] {
        let customer: SQL
        switch subject.resource {
        case .person, .organization:
            customer = """
                select local_id as id, 0 as rank, created_at as made_at from pipedrive.link
                where company_id = books.current_company() and pipedrive_company_id = \(pipedriveCompany)
                    and kind = \(subject.resource.rawValue) and record_id = \(subject.recordID) and state = 'live'
                """
        case .deal:
            customer = Self.customer(ofDeal: subject.recordID, pipedriveCompany: pipedriveCompany)
        }
        return try connection.query(
            """
            with customer as (
                select c.company_id, c.id, c.kind, c.organization_id
                from (\(fragment: customer)) found
                join books.contact c on c.company_id = books.current_company() and c.id = found.id
                order by found.rank, found.made_at desc, c.id limit 1)
            select id, 0 as rank from customer
            union all
            select organization_id, 1 from customer where kind = 'person' and organization_id is not null
            union all
            select p.id, 1 from customer
            join books.contact p on p.company_id = customer.company_id and p.organization_id = customer.id
            where customer.kind = 'organization'
            order by rank
            """
        ).map { Contact.ID(try $0.uuid("id")) }
    }

    // A deal shows its customer: the one its latest quote was made for, else its organization, else its person.
    private static func customer(ofDeal deal: Int64, pipedriveCompany: Int64) -> SQL {
        """
        select id, rank, made_at from (
            select q.contact_id as id, 0 as rank, q.created_at as made_at from books.quote q
            where q.company_id = books.current_company() and q.deal_id = \(deal)
                and q.pipedrive_company_id in (0, \(pipedriveCompany))
            union all
            select l.local_id, case l.kind when 'organization' then 1 else 2 end, l.created_at
            from pipedrive.deal_snapshot s
            join pipedrive.link l on l.company_id = s.company_id
                and l.pipedrive_company_id = s.pipedrive_company_id and l.state = 'live'
                and ((l.kind = 'organization' and l.record_id = s.organization_id)
                    or (l.kind = 'person' and l.record_id = s.person_id))
            where s.company_id = books.current_company() and s.pipedrive_company_id = \(pipedriveCompany)
                and s.deal_id = \(deal)
        ) candidate
        """
    }

    private func figures(_ contacts: [Contact.ID], now: Date?) throws -> [PanelFigures] {
        try connection.query(
            """
            with today as (
                select (coalesce(\(now)::timestamptz, clock_timestamp()) at time zone time_zone)::date as day
                from books.company where company_id = books.current_company()),
            invoiced as (
                select currency, count(*) as documents,
                    coalesce(sum(gross) filter (where state = 'paid'), 0) as revenue,
                    count(*) filter (where state in ('sent', 'partially_paid')) as open_count,
                    coalesce(sum(gross - paid) filter (where state in ('sent', 'partially_paid')), 0) as open,
                    coalesce(sum(gross - paid) filter (
                        where state in ('sent', 'partially_paid') and due_on < (select day from today)), 0) as overdue,
                    (array_agg(id order by created_at desc, id) filter (where state <> 'concept'))[1] as latest_id,
                    (array_agg(number order by created_at desc, id) filter (where state <> 'concept'))[1]
                        as latest_number
                from books.invoice
                where company_id = books.current_company() and contact_id = any (\(contacts.map(\.rawValue))::uuid[])
                group by currency),
            subscribed as (
                select currency, sum(annual_net) as arr from books.subscription
                where company_id = books.current_company() and contact_id = any (\(contacts.map(\.rawValue))::uuid[])
                    and state = 'active'
                group by currency)
            select currency, coalesce(arr, 0)::bigint as arr, coalesce(revenue, 0)::bigint as revenue,
                coalesce(open_count, 0) as open_count, coalesce(open, 0)::bigint as open,
                coalesce(overdue, 0)::bigint as overdue, latest_id, latest_number
            from invoiced full join subscribed using (currency)
            order by coalesce(documents, 0) desc, currency
            """
        ).map(Self.figures)
    }

    private static func figures(_ row: PostgresRow) throws -> PanelFigures {
        let latest = try row.optionalUUID("latest_id").map {
            PanelFigures.LatestInvoice(id: Invoice.ID($0), number: try row.string("latest_number"))
        }
        return PanelFigures(
            currency: try row.currency("currency"), arr: try row.int64("arr"), revenue: try row.int64("revenue"),
            openCount: try row.int("open_count"), open: try row.int64("open"), overdue: try row.int64("overdue"),
            latest: latest)
    }
}
