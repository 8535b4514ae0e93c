internal import Domain
import FoundationEssentials
import Postgres

struct PostgresDraftRecords: DraftRecordStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private static let columns = SQL(
        unsafe: "r.id, r.deal_id, r.purpose, r.state, r.quote_id, r.outcome, r.reason, r.requested_at")

    func ask(_ deal: Deal.ID, comparedWith quote: Quote.ID?) throws -> DraftRecord.ID {
        let company = try access.company()
        let purpose: DraftRecord.Purpose = quote == nil ? .trial : .comparison
        let row = try connection.query(
            """
            insert into pipedrive.draft_record (
                company_id, pipedrive_company_id, deal_id, purpose, state, quote_id)
            select company_id, pipedrive_company_id, \(deal), \(purpose.rawValue), 'requested', \(quote)
            from pipedrive.connection where company_id = \(company) and state = 'live'
            returning id
            """
        ).first
        guard let row else { throw Refusal(.conflict, "Connect Pipedrive first.") }
        let id = DraftRecord.ID(try row.uuid("id"))
        try connection.execute(
            """
            insert into queue.message (company_id, kind, subject) values (\(company), 'draft', \("trial:" + id.text))
            """)
        return id
    }

    func record(_ id: DraftRecord.ID) throws -> DraftRecord? {
        try connection.query(
            """
            select \(fragment: Self.columns) from pipedrive.draft_record r
            where r.company_id = \(try access.company()) and r.id = \(id)
            """
        ).first.map(Self.record)
    }

    func keep(_ outcome: DraftOutcome, deal: Deal.ID, quote: Quote.ID) throws {
        let (trail, usage) = (outcome.trail, outcome.trail.usage)
        try connection.execute(
            """
            insert into pipedrive.draft_record (
                company_id, pipedrive_company_id, deal_id, purpose, state, quote_id, drafter, model, prompt_version,
                fallback, question_tokens, answer_tokens, milliseconds, outcome, finished_at)
            select company_id, pipedrive_company_id, \(deal), 'quote', 'ready', \(quote), \(outcome.drafter),
                \(trail.model), \(trail.promptVersion), \(trail.fallback), \(usage.question), \(usage.answer),
                \(trail.milliseconds), \(try StoredOutcome(outcome).text), clock_timestamp()
            from pipedrive.connection where company_id = \(try access.company())
            """)
    }

    func finish(_ id: DraftRecord.ID, _ outcome: DraftOutcome) throws -> Bool {
        let (trail, usage) = (outcome.trail, outcome.trail.usage)
        return try connection.execute(
            """
            update pipedrive.draft_record set state = 'ready', drafter = \(outcome.drafter), model = \(trail.model),
                prompt_version = \(trail.promptVersion), fallback = \(trail.fallback),
                question_tokens = \(usage.question), answer_tokens = \(usage.answer),
                milliseconds = \(trail.milliseconds), outcome = \(try StoredOutcome(outcome).text),
                finished_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = 'requested'
            """) == 1
    }

    func fail(_ id: DraftRecord.ID, reason: String) throws {
        try connection.execute(
            """
            update pipedrive.draft_record set state = 'failed', reason = \(reason), finished_at = clock_timestamp()
            where company_id = \(try access.company()) and id = \(id) and state = 'requested'
            """)
    }

    func records(of quote: Quote.ID) throws -> [DraftRecord] {
        let company = try access.company()
        // The one that made the quote is shown however often it was compared since.
        return try connection.query(
            """
            select * from (
                (select \(fragment: Self.columns) from pipedrive.draft_record r
                where r.company_id = \(company) and r.quote_id = \(quote) and r.purpose = 'comparison'
                order by r.requested_at desc limit 4)
                union all
                (select \(fragment: Self.columns) from pipedrive.draft_record r
                where r.company_id = \(company) and r.quote_id = \(quote) and r.purpose = 'quote' limit 1)) r
            order by r.requested_at desc
            """
        ).map(Self.record)
    }

    func trials() throws -> [DraftRecord] {
        try connection.query(
            """
            select \(fragment: Self.columns) from pipedrive.draft_record r
            where r.company_id = \(try access.company()) and r.purpose = 'trial'
            order by r.requested_at desc limit 5
            """
        ).map(Self.record)
    }

    private static func record(_ row: PostgresRow) throws -> DraftRecord {
        DraftRecord(
            id: DraftRecord.ID(try row.uuid("id")), dealID: Deal.ID(try row.int64("deal_id")),
            purpose: try row.state("purpose"), state: try row.state("state"),
            quoteID: try row.optionalUUID("quote_id").map { Quote.ID($0) },
            outcome: try row.optionalString("outcome").map { try StoredOutcome.outcome($0) },
            reason: try row.optionalString("reason"), requestedAt: try row.date("requested_at"))
    }
}

struct PostgresDraftSpend: DraftSpendStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func reserve(_ tokens: Int, limit: Int) throws -> Bool {
        let company = try access.company()
        try connection.execute(
            "insert into pipedrive.draft_spend (company_id) values (\(company)) on conflict do nothing")
        // Of two that ask at once, the second sees what the first has set aside.
        return try connection.execute(
            """
            update pipedrive.draft_spend s set
                tokens = \(tokens)::bigint + case when s.day = t.today then s.tokens else 0 end,
                questions = 1 + case when s.day = t.today then s.questions else 0 end, day = t.today
            from (select (clock_timestamp() at time zone 'UTC')::date as today) t
            where s.company_id = \(company)
                and \(tokens)::bigint + case when s.day = t.today then s.tokens else 0 end <= \(limit)::bigint
            """) == 1
    }

    func settle(reserved: Int, spent: Int) throws {
        // What was set aside before midnight is settled on the new day, which may have nothing of it.
        try connection.execute(
            """
            update pipedrive.draft_spend set tokens = greatest(tokens + \(spent - reserved)::bigint, 0)
            where company_id = \(try access.company())
            """)
    }

    func today() throws -> DraftSpend {
        let row = try connection.query(
            """
            select tokens, questions from pipedrive.draft_spend
            where company_id = \(try access.company()) and day = (clock_timestamp() at time zone 'UTC')::date
            """
        ).first
        return DraftSpend(
            tokens: try row.map { Int(try $0.int64("tokens")) } ?? 0, questions: try row?.int("questions") ?? 0)
    }
}
