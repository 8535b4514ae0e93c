internal import Domain
import FoundationEssentials
import Postgres

/// Finds what the records of a batch that have no link could be, and has `RecordMatching` decide.
struct FreshMatching {
    let batch: StagedBatch

    /// The answers.
    struct Answers {
        /// Nothing fits: made in PayDock.
        var created: [Int64] = []
        /// Records and the ones of ours that they are.
        var linked: [(record: Int64, local: UUID)] = []
        /// Left for a person.
        var ambiguous: [(record: Int64, reason: RecordMatching.Ambiguity, candidates: [UUID])] = []
        /// Left alone, by the direction or because a person said so.
        var skipped: [Int64] = []
        /// To be looked at again: it could be what is being created there at this moment.
        var held: [Int64] = []
    }

    func answers() throws -> Answers {
        let creatingSince = try beingCreatedSince()
        var answers = Answers()
        // Two that are being created there may look alike: each record that appears is one of them.
        var arrived: Set<UUID> = []
        for row in try evidence() {
            let id = try row.int64("record_id")
            let addedAt = try row.optionalDate("added_at")
            let candidates = try Self.candidates(row).filter { $0.rule != .creating || !arrived.contains($0.localID) }
            switch RecordMatching.decide(
                batch.kind, candidates: candidates,
                shared: Set(try row.strings("shared").compactMap(MatchRule.init(rawValue:))),
                choice: try Self.choice(row))
            {
            case .create:
                let isChosen = try row.optionalString("choice") == "create"
                if let creatingSince, !isChosen, addedAt.map({ $0 >= creatingSince }) ?? true {
                    answers.held.append(id)
                } else if isChosen || batch.isForQuote || batch.rule.creates(remoteAddedAt: addedAt) {
                    answers.created.append(id)
                } else {
                    answers.skipped.append(id)
                }
            case .link(let local):
                answers.linked.append((id, local))
                arrived.insert(local)
            case .ambiguous(let reason, let candidates): answers.ambiguous.append((id, reason, candidates))
            case .ignore: answers.skipped.append(id)
            }
        }
        return withoutTwins(answers)
    }

    /// Two records of one batch that a person gave, or names give, the same contact: the first has it.
    private func withoutTwins(_ answers: Answers) -> Answers {
        var answers = answers
        var seen: Set<UUID> = []
        let twins = answers.linked.filter { !seen.insert($0.local).inserted }
        guard !twins.isEmpty else { return answers }
        let records = Set(twins.map(\.record))
        answers.linked.removeAll { records.contains($0.record) }
        answers.ambiguous += twins.map { ($0.record, .taken, [$0.local]) }
        return answers
    }

    private static func candidates(_ row: PostgresRow) throws -> [MatchCandidate] {
        let (ids, rules) = (try row.uuids("ids"), try row.strings("rules"))
        let (taken, contested) = (try row.strings("taken"), try row.strings("contested"))
        return ids.indices.compactMap { place in
            MatchRule(rawValue: rules[place]).map {
                MatchCandidate(
                    localID: ids[place], rule: $0, isTaken: taken[place] == "true",
                    isContested: contested[place] == "true")
            }
        }
    }

    private static func choice(_ row: PostgresRow) throws -> MatchChoice? {
        switch try row.optionalString("choice") {
        case "link": try row.optionalUUID("chosen_id").map { .link($0) }
        case "create": .create
        case "ignore": .ignore
        default: nil
        }
    }

    /// Since when something is on its way to Pipedrive whose answer is still out; with a margin for its clock. What was
    /// deleted here meanwhile holds nothing up: nobody waits for its answer any more.
    private func beingCreatedSince() throws -> Date? {
        try batch.connection.query(
            """
            select min(l.create_sent_at) - interval '2 minutes' as since from pipedrive.link l
            where \(fragment: batch.keys("l")) and l.record_id < 0 and l.state = 'live'
                and l.push_until > clock_timestamp()
            """
        ).first?.optionalDate("since")
    }

    private func evidence() throws -> PostgresRows {
        let (company, kind) = (batch.company, batch.kind.rawValue)
        return try batch.connection.query(
            """
            with fresh as materialized (
                select s.record_id, s.name, s.code, s.emails, s.added_at from pipedrive.staged_record s
                where \(fragment: batch.window) and not s.is_deleted and \(fragment: isFresh)),
            key as materialized (
                select distinct s.record_id, s.rule, s.key from pipedrive.staged_key s
                where \(fragment: batch.window) and \(fragment: isFresh)),
            hit as materialized (\(fragment: hits) union \(fragment: creating)),
            candidate as (
                select h.record_id, h.rule, h.local_id,
                    exists (
                        select from pipedrive.link t where \(fragment: batch.keys("t")) and t.local_id = h.local_id
                            and t.state = 'live' and t.record_id > 0 offset 0) as is_taken,
                    exists (\(fragment: contest)) as is_contested
                from hit h),
            gathered as (
                select record_id, array_agg(local_id order by local_id, rule) as ids,
                    array_agg(rule order by local_id, rule) as rules,
                    array_agg(is_taken::text order by local_id, rule) as taken,
                    array_agg(is_contested::text order by local_id, rule) as contested
                from candidate group by record_id),
            shared as (
                select k.record_id, array_agg(distinct k.rule) as rules from key k
                where exists (
                        select from pipedrive.staged_key o where o.company_id = \(company) and o.run_id = \(batch.run)
                            and o.kind = \(kind) and o.rule = k.rule and o.key = k.key and o.record_id <> k.record_id
                        offset 0)
                    or exists (
                        select from pipedrive.remote_key o where \(fragment: batch.keys("o"))
                            and o.rule = k.rule and o.key = k.key and o.record_id <> k.record_id
                        offset 0)
                group by k.record_id)
            select f.record_id, f.added_at, coalesce(g.ids, '{}') as ids, coalesce(g.rules, '{}') as rules,
                coalesce(g.taken, '{}') as taken, coalesce(g.contested, '{}') as contested,
                coalesce(sh.rules, '{}') as shared, a.choice, a.chosen_id
            from fresh f
            left join gathered g on g.record_id = f.record_id
            left join shared sh on sh.record_id = f.record_id
            left join lateral (
                select * from pipedrive.attention a where \(fragment: batch.keys("a"))
                    and a.record_id = f.record_id offset 0) a on true
            order by f.record_id
            """)
    }

    /// Whether the staged row `s` has no link; or has one that is gone, and a person said that it is somebody new.
    private var isFresh: SQL {
        """
        (\(fragment: batch.isUnlinked) or s.record_id = any (array(
            select a.record_id from pipedrive.attention a
            join pipedrive.link l on \(fragment: batch.keys("l")) and l.record_id = a.record_id and l.state = 'gone'
            where \(fragment: batch.keys("a")) and a.choice is not null and a.choice = 'create')))
        """
    }

    /// What of ours has one of a record's keys.
    private var hits: SQL {
        let company = batch.company
        let contact: SQL = """
            join books.contact c on c.company_id = \(company) and c.kind = \(batch.kind.rawValue)
                and c.archived_at is null
            """
        let byEmail: SQL = """
            select k.record_id, k.rule, e.contact_id as local_id from key k
            cross join lateral (
                select e.contact_id from books.contact_email e
                where e.company_id = \(company) and e.normalized = k.key offset 0) e
            where k.rule = 'email' and exists (
                select from books.contact c where c.company_id = \(company) and c.id = e.contact_id
                    and c.kind = \(batch.kind.rawValue) and c.archived_at is null offset 0)
            """
        switch batch.kind {
        case .person: return byEmail
        case .organization:
            return byEmail + """
                 union
                select k.record_id, k.rule, c.id from key k \(fragment: contact) and c.name_key = k.key
                where k.rule = 'name'
                union \(fragment: byNumber("vat")) union \(fragment: byNumber("kvk"))
                """
        case .product:
            // Two codes are two products, however they are called.
            return """
                select k.record_id, k.rule, p.id as local_id from key k
                join books.product p on p.company_id = \(company) and p.code = k.key where k.rule = 'code'
                union
                select k.record_id, k.rule, p.id from key k join fresh f on f.record_id = k.record_id
                join books.product p on p.company_id = \(company) and p.name_key = k.key
                    and (p.code is null or f.code is null)
                where k.rule = 'name'
                """
        }
    }

    /// Each number is looked up by its key.
    private func byNumber(_ name: String) -> SQL {
        """
        select k.record_id, k.rule, c.id from key k
        cross join lateral (
            select c.id, c.archived_at, c.kind from books.contact c
            where c.company_id = \(batch.company) and c.\(unsafe: name)_key = substr(k.key, 5) offset 0) c
        where k.rule = 'number' and k.key like \(name + " %") and c.archived_at is null
            and c.kind = \(batch.kind.rawValue)
        """
    }

    /// What we sent to Pipedrive without hearing of it again, and says just what was sent; ours may say something else
    /// by now.
    private var creating: SQL {
        """
        select f.record_id, 'creating', l.local_id from fresh f
        join pipedrive.link l on l.state = 'live' and \(fragment: isSent(record: "f"))
        join \(fragment: batch.table) c on c.company_id = l.company_id and c.id = l.local_id
        """
    }

    /// Whether the record says what was sent for the link `l`.
    private func isSent(record: String) -> SQL {
        let alike: SQL =
            switch batch.kind {
            case .organization: "true"
            case .person:
                """
                coalesce(pipedrive.field_text(l.create_values, 'emails'), '')
                    = array_to_string(\(unsafe: record).emails, e'\\n')
                """
            case .product:
                """
                coalesce(pipedrive.field_text(l.create_values, 'code'), '') = coalesce(\(unsafe: record).code, '')
                """
            }
        return """
            \(fragment: batch.keys("l")) and l.record_id < 0
                and \(unsafe: record).added_at >= l.create_sent_at - interval '2 minutes'
                and books.normalize_name(pipedrive.field_text(l.create_values, 'name'))
                    = books.normalize_name(\(unsafe: record).name) and \(fragment: alike)
            """
    }

    /// What was sent to Pipedrive and deleted here before its answer came is nobody's when it appears: it does not come
    /// back.
    func followEnded() throws {
        try batch.connection.execute(
            """
            update pipedrive.link gone set record_id = x.record_id
            from (
                select distinct on (placeholder) placeholder, record_id from (
                    select distinct on (s.record_id) s.record_id, l.record_id as placeholder
                    from pipedrive.staged_record s join pipedrive.link l on l.state = 'ended'
                        and \(fragment: isSent(record: "s"))
                    where \(fragment: batch.window) and not s.is_deleted and \(fragment: batch.isUnlinked)
                    order by s.record_id, l.record_id desc) one
                order by placeholder, record_id) x
            where \(fragment: batch.keys("gone")) and gone.record_id = x.placeholder
            """)
    }

    /// Whether another record without a link fits the candidate `h` as well.
    private var contest: SQL {
        let company = batch.company
        let email: SQL = """
            select 'email' as rule, e.normalized as key from books.contact_email e
            where e.company_id = \(company) and e.contact_id = h.local_id
            """
        let own: SQL =
            switch batch.kind {
            case .person: email
            case .organization:
                email + """
                     union all select 'name', c.name_key from books.contact c
                    where c.company_id = \(company) and c.id = h.local_id
                    union all select 'number', 'vat ' || c.vat_key from books.contact c
                    where c.company_id = \(company) and c.id = h.local_id
                    union all select 'number', 'kvk ' || c.kvk_key from books.contact c
                    where c.company_id = \(company) and c.id = h.local_id
                    """
            case .product:
                """
                select 'code' as rule, p.code as key from books.product p
                where p.company_id = \(company) and p.id = h.local_id
                union all select 'name', p.name_key from books.product p
                where p.company_id = \(company) and p.id = h.local_id and p.code is null
                """
            }
        return """
            select from (\(fragment: own)) own
            where exists (
                    select from pipedrive.staged_key o where o.company_id = \(company) and o.run_id = \(batch.run)
                        and o.kind = \(batch.kind.rawValue) and o.rule = own.rule and o.key = own.key
                        and o.record_id <> h.record_id
                        and not exists (
                            select from pipedrive.link l where \(fragment: batch.keys("l"))
                                and l.record_id = o.record_id offset 0)
                    offset 0)
                or exists (
                    select from pipedrive.remote_key o where \(fragment: batch.keys("o")) and o.rule = own.rule
                        and o.key = own.key and o.record_id <> h.record_id
                    offset 0)
            """
    }
}
