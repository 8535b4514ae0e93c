internal import Domain
import FoundationEssentials
import Postgres

struct PostgresDrafts: DraftStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func enter(_ entry: DealEntry, flood: FloodRule) throws -> EntryOutcome {
        let company = try access.company()
        try lockEntries(of: company)
        let found = try connection.query(
            """
            select d.state, c.pipedrive_company_id,
                (select count(*) from pipedrive.quote_draft r
                    where r.company_id = c.company_id and r.pipedrive_company_id = c.pipedrive_company_id
                        and r.requested_at > clock_timestamp()
                            - make_interval(secs => \(flood.seconds)::double precision)) as recent
            from pipedrive.connection c
            left join pipedrive.quote_draft d on d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.deal_id = \(entry.dealID)
            where c.company_id = \(company)
            """
        ).first
        guard let found else { return .refused }
        switch try found.optionalString("state").map({ try $0.orState() }) {
        case .requested, .held: return .pending
        case .ready:
            try noteAgain(entry.dealID, company)
            return .again
        case .waiting: return try wake(entry.dealID) ? .requested : .pending
        case nil, .failed:
            let isHeld = try found.int("recent") >= flood.count
            try keep(entry, state: isHeld ? .held : .requested, company)
            if !isHeld { try ask(entry.dealID, company) }
            return isHeld ? .held : .requested
        }
    }

    // Entries of a company are counted one after the other; the lock goes with the transaction.
    private func lockEntries(of company: Company.ID) throws {
        _ = try connection.query("select pg_advisory_xact_lock(hashtextextended(\("draft " + company.text), 0))")
    }

    private func keep(_ entry: DealEntry, state: QuoteDraft.State, _ company: Company.ID) throws {
        try connection.execute(
            """
            insert into pipedrive.quote_draft (company_id, pipedrive_company_id, deal_id, state, trigger_id)
            select company_id, pipedrive_company_id, \(entry.dealID), \(state.rawValue), \(entry.triggerID)
            from pipedrive.connection where company_id = \(company)
            on conflict (company_id, pipedrive_company_id, deal_id) do update set
                state = excluded.state, reason = null, trigger_id = excluded.trigger_id,
                requested_at = clock_timestamp()
            """)
    }

    private func noteAgain(_ deal: Deal.ID, _ company: Company.ID) throws {
        try connection.execute(
            """
            update pipedrive.quote_draft d set again_at = clock_timestamp() from pipedrive.connection c
            where c.company_id = \(company) and d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.deal_id = \(deal)
            """)
    }

    private func ask(_ deal: Deal.ID, _ company: Company.ID) throws {
        try connection.execute(
            """
            insert into queue.message (company_id, kind, subject, lane)
            values (\(company), 'draft', \("\(deal)"), \("draft:\(deal)"))
            """)
    }

    func wake(_ deal: Deal.ID) throws -> Bool {
        let company = try access.company()
        let isOurs = try connection.execute(
            """
            update pipedrive.quote_draft d set state = 'requested', reason = null from pipedrive.connection c
            where c.company_id = \(company) and d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.deal_id = \(deal) and d.state = 'waiting'
            """)
        guard isOurs == 1 else { return false }
        try ask(deal, company)
        return true
    }

    func waiting(limit: Int) throws -> [WaitingDeal] {
        try connection.query(
            """
            select d.deal_id, d.person_id, d.organization_id, exists (
                select from pipedrive.link l where l.company_id = d.company_id
                    and l.pipedrive_company_id = d.pipedrive_company_id and l.state = 'live'
                    and l.kind = case when d.organization_id is null then 'person' else 'organization' end
                    and l.record_id = coalesce(d.organization_id, d.person_id)) as is_linked
            from pipedrive.connection c
            join pipedrive.quote_draft d on d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.state = 'waiting'
            where c.company_id = \(try access.company()) order by d.requested_at limit \(limit)
            """
        ).map { row in
            WaitingDeal(
                dealID: Deal.ID(try row.int64("deal_id")),
                personID: try row.optionalInt64("person_id").map { Person.ID($0) },
                organizationID: try row.optionalInt64("organization_id").map { Organization.ID($0) },
                isLinked: try row.bool("is_linked"))
        }
    }

    func release(dropping reason: String?) throws -> Int {
        let company = try access.company()
        guard let reason else {
            return try connection.execute(
                """
                with released as (
                    update pipedrive.quote_draft d set state = 'requested' from pipedrive.connection c
                    where c.company_id = \(company) and d.company_id = c.company_id
                        and d.pipedrive_company_id = c.pipedrive_company_id and d.state = 'held'
                    returning d.deal_id)
                insert into queue.message (company_id, kind, subject, lane, priority)
                select \(company)::uuid, 'draft', deal_id::text, 'draft:' || deal_id, 4 from released order by deal_id
                """)
        }
        return try connection.execute(
            """
            update pipedrive.quote_draft d set state = 'failed', reason = \(reason) from pipedrive.connection c
            where c.company_id = \(company) and d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.state = 'held'
            """)
    }

    func ready(_ deal: Deal.ID, quote: Quote.ID, context: DealContext, drafter: String) throws {
        let company = try access.company()
        try connection.execute(
            """
            insert into pipedrive.quote_draft (
                company_id, pipedrive_company_id, deal_id, state, quote_id, drafter)
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

    func fail(_ deal: Deal.ID, reason: String, waitsForContact context: DealContext?) throws {
        let state: QuoteDraft.State = context == nil ? .failed : .waiting
        try connection.execute(
            """
            update pipedrive.quote_draft d set state = \(state.rawValue), reason = \(reason),
                person_id = \(context?.deal.personID), organization_id = \(context?.deal.organizationID)
            from pipedrive.connection c
            where c.company_id = \(try access.company()) and d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.deal_id = \(deal) and d.state <> 'ready'
            """)
    }

    func abandon(reason: String) throws -> Int {
        let company = try access.company()
        try lockEntries(of: company)
        return try connection.execute(
            """
            update pipedrive.quote_draft set state = 'failed', reason = \(reason)
            where company_id = \(company) and state = 'requested'
            """)
    }

    func heldCount() throws -> Int {
        try connection.query(
            """
            select count(*) as deals from pipedrive.connection c
            join pipedrive.quote_draft d on d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.state = 'held'
            where c.company_id = \(try access.company())
            """
        ).first?.int("deals") ?? 0
    }

    private static let columns = SQL(
        unsafe: """
            d.deal_id, d.state, d.trigger_id, d.quote_id, q.number, d.drafter, d.reason, d.requested_at, d.again_at
            """)

    func draft(of deal: Deal.ID) throws -> QuoteDraft? {
        try connection.query(
            """
            select \(fragment: Self.columns) from pipedrive.connection c
            join pipedrive.quote_draft d on d.company_id = c.company_id
                and d.pipedrive_company_id = c.pipedrive_company_id and d.deal_id = \(deal)
            left join books.quote q on q.company_id = d.company_id and q.id = d.quote_id
            where c.company_id = \(try access.company())
            """
        ).first.map(Self.draft)
    }

    func recent() throws -> [QuoteDraft] {
        try connection.query(
            """
            select \(fragment: Self.columns) from pipedrive.quote_draft d
            left join books.quote q on q.company_id = d.company_id and q.id = d.quote_id
            where d.company_id = \(try access.company())
            order by d.requested_at desc limit 50
            """
        ).map(Self.draft)
    }

    private static func draft(_ row: PostgresRow) throws -> QuoteDraft {
        QuoteDraft(
            dealID: Deal.ID(try row.int64("deal_id")), state: try row.state("state"),
            triggerID: try row.optionalUUID("trigger_id").map { QuoteTrigger.ID($0) },
            quoteID: try row.optionalUUID("quote_id").map { Quote.ID($0) },
            quoteNumber: try row.optionalString("number"), drafter: try row.optionalString("drafter"),
            reason: try row.optionalString("reason"), requestedAt: try row.date("requested_at"),
            againAt: try row.optionalDate("again_at"))
    }
}

extension String {
    fileprivate func orState() throws -> QuoteDraft.State {
        guard let state = QuoteDraft.State(rawValue: self) else { throw StoredValueError(column: "state") }
        return state
    }
}
