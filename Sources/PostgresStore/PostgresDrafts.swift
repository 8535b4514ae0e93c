internal import Domain
import FoundationEssentials
import Postgres

struct PostgresDrafts: DraftStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func request(_ deal: Deal.ID) throws -> Bool {
        let company = try access.company()
        return try connection.execute(
            """
            with asked as (
                insert into pipedrive.quote_draft (company_id, pipedrive_company_id, deal_id)
                select company_id, pipedrive_company_id, \(deal) from pipedrive.connection
                where company_id = \(company)
                on conflict (company_id, pipedrive_company_id, deal_id) do update set
                    state = 'requested', reason = null
                    where quote_draft.state = 'failed'
                returning deal_id)
            insert into queue.message (company_id, kind, subject, lane)
            select \(company)::uuid, 'draft', deal_id::text, 'draft:' || deal_id from asked
            """) == 1
    }

    func ready(_ deal: Deal.ID, quote: Quote.ID, context: DealContext, drafter: String) throws {
        let company = try access.company()
        try connection.execute(
            """
            insert into pipedrive.quote_draft (company_id, pipedrive_company_id, deal_id, state, quote_id, drafter)
            select company_id, pipedrive_company_id, \(deal), 'ready', \(quote), \(drafter)
            from pipedrive.connection where company_id = \(company)
            on conflict (company_id, pipedrive_company_id, deal_id) do update set
                state = 'ready', quote_id = excluded.quote_id, drafter = excluded.drafter, reason = null
            """)
        try connection.execute(
            """
            insert into pipedrive.deal_snapshot (
                company_id, pipedrive_company_id, deal_id, title, person_id, organization_id)
            select company_id, pipedrive_company_id, \(deal), \(context.deal.title), \(context.deal.personID),
                \(context.deal.organizationID)
            from pipedrive.connection where company_id = \(company)
            on conflict (company_id, pipedrive_company_id, deal_id) do update set
                title = excluded.title, person_id = excluded.person_id, organization_id = excluded.organization_id,
                taken_at = clock_timestamp()
            """)
    }

    func fail(_ deal: Deal.ID, reason: String) throws {
        try connection.execute(
            """
            update pipedrive.quote_draft d set state = 'failed', reason = \(reason)
            from pipedrive.connection c
            where c.company_id = \(try access.company()) and d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.deal_id = \(deal) and d.state <> 'ready'
            """)
    }

    func recent() throws -> [QuoteDraft] {
        try connection.query(
            """
            select d.deal_id, d.state, d.quote_id, q.number, d.reason, d.requested_at
            from pipedrive.quote_draft d
            left join books.quote q on q.company_id = d.company_id and q.id = d.quote_id
            where d.company_id = \(try access.company())
            order by d.requested_at desc limit 50
            """
        ).map { row in
            QuoteDraft(
                dealID: Deal.ID(try row.int64("deal_id")), state: try row.state("state"),
                quoteID: try row.optionalUUID("quote_id").map { Quote.ID($0) },
                quoteNumber: try row.optionalString("number"), reason: try row.optionalString("reason"),
                requestedAt: try row.date("requested_at"))
        }
    }
}
