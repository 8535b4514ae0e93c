internal import Domain
import FoundationEssentials
import Postgres

/// Staged records of one kind that are decided about together, and what they are held against.
struct StagedBatch {
    let connection: PostgresConnection
    let company: Company.ID
    let account: Int64
    let kind: RecordKind
    /// Under which the records are staged.
    let run: UUID
    let rule: SyncRule
    /// Under which changes are logged; nil for a live change.
    var loggedRun: UUID?
    /// Whether only what a preview said is done.
    var followsPlan = false
    /// False for a preview: everything is decided, nothing but the log is written.
    var writes = true
    /// Made whatever the direction, and nothing goes out.
    var isForQuote = false
    /// The records above this one, up to the next.
    var after: Int64 = 0
    var through: Int64 = .max
    /// All that is staged, where that is little.
    var ids: [Int64]?
    /// Set where only some of the staged records are meant; `ids` says which.
    var isSelection = false

    /// The staged rows of the kind, as `s`.
    var rows: SQL {
        "s.company_id = \(company) and s.run_id = \(run) and s.kind = \(kind.rawValue)"
    }

    /// The staged rows of this batch, as `s`.
    var window: SQL {
        let window: SQL = "\(fragment: rows) and s.record_id > \(after)::bigint and s.record_id <= \(through)::bigint"
        guard isSelection, let ids else { return window }
        return "\(fragment: window) and s.record_id = any (\(ids)::bigint[])"
    }

    // What a run stages is new to the server's statistics, and so is a company in its first run: a join whose order is
    // left to the planner may read the whole list for each row. `offset 0` keeps a look-up by key a look-up; what else
    // is asked of the row stands outside of it, so that no index but the key's can serve.

    /// The link of a staged row, as `l`, whatever its state: joins by looking each one up.
    var link: SQL {
        """
        cross join lateral (
            select * from pipedrive.link l where \(fragment: isItsLink) offset 0) l
        """
    }

    /// Whether a staged row has no link at all.
    var isUnlinked: SQL {
        "not exists (select from pipedrive.link l where \(fragment: isItsLink) offset 0)"
    }

    private var isItsLink: SQL {
        """
        l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)
            and l.record_id = s.record_id
        """
    }

    /// Looks the staged row of a record up, as `s`.
    func staged(_ record: String) -> SQL {
        """
        cross join lateral (
            select * from pipedrive.staged_record s where \(fragment: rows) and s.record_id = \(unsafe: record)
            offset 0) s
        """
    }

    /// Whether the staged row of a record says something, as `s`.
    func isStaged(_ record: String, _ condition: SQL = "true") -> SQL {
        """
        exists (
            select from pipedrive.staged_record s
            where \(fragment: rows) and s.record_id = \(unsafe: record) and \(fragment: condition) offset 0)
        """
    }

    /// Whether a record is one of this batch's.
    func isMeant(_ record: String) -> SQL {
        if let ids { return "\(unsafe: record) = any (\(ids)::bigint[])" }
        return "\(unsafe: record) > \(after)::bigint and \(unsafe: record) <= \(through)::bigint"
    }

    /// Keys of a table of a company and kind, as `k`.
    func keys(_ name: String) -> SQL {
        """
        \(unsafe: name).company_id = \(company) and \(unsafe: name).pipedrive_company_id = \(account)
            and \(unsafe: name).kind = \(kind.rawValue)
        """
    }

    var table: SQL { SQL(unsafe: kind == .product ? "books.product" : "books.contact") }

    /// A record that moved between pages is staged twice: the later row is the one that counts.
    func keepLatest() throws {
        try connection.execute(
            """
            delete from pipedrive.staged_record where ctid = any (array(
                select ctid from (
                    select s.ctid, lead(s.position) over (partition by s.record_id order by s.position) as later
                    from pipedrive.staged_record s where \(fragment: rows)) one
                where later is not null))
            """)
    }

    /// Tells the planner what is staged, where it is much: `count_staged` says why.
    func measure() throws {
        let many = try connection.query(
            "select from pipedrive.staged_key s where \(fragment: rows) offset 1000 limit 1")
        if many.first != nil { _ = try connection.query("select pipedrive.count_staged()") }
    }

    func count() throws -> Int {
        try connection.query("select count(*) as staged from pipedrive.staged_record s where \(fragment: window)")
            .first?.int("staged") ?? 0
    }

    /// The last record of the next `limit` after this batch's beginning; nil when there is none.
    func end(of limit: Int) throws -> Int64? {
        try connection.query(
            """
            select max(record_id) as last from (
                select s.record_id from pipedrive.staged_record s
                where \(fragment: rows) and s.record_id > \(after)::bigint order by s.record_id limit \(limit)) next
            """
        ).first?.optionalInt64("last")
    }
}

extension StagedBatch {
    /// Links whose record was deleted in Pipedrive are gone; one that is back lives again. The contact stays. If it was
    /// another record's meanwhile, it has that one's values, which no edit tells of: the two meet for the first time.
    /// `LinkState.seen` is the rule; a test holds these statements against it.
    func followStates() throws {
        guard writes else { return }
        try markGone(
            """
            select l.record_id from pipedrive.staged_record s \(fragment: link)
            where \(fragment: rows) and s.is_deleted and l.state = 'live' and l.synced_at < s.read_at
            """)
        try connection.execute(
            """
            update pipedrive.link l set state = case when back.exists_here then 'live' else 'ended' end,
                remote_base = case when back.was_taken then null else l.remote_base end,
                sent_values = case when back.was_taken then null else l.sent_values end,
                updated_at = clock_timestamp()
            from (
                select l.record_id, row_number() over (partition by l.local_id order by l.record_id) as rank,
                    exists (select from \(fragment: table) c where c.company_id = l.company_id and c.id = l.local_id)
                        as exists_here,
                    exists (
                        select from pipedrive.link other
                        where other.company_id = l.company_id and other.local_id = l.local_id
                            and other.pipedrive_company_id = l.pipedrive_company_id and other.kind = l.kind
                            and other.state = 'live') as is_taken,
                    exists (
                        select from pipedrive.link other
                        where other.company_id = l.company_id and other.local_id = l.local_id
                            and other.pipedrive_company_id = l.pipedrive_company_id and other.kind = l.kind
                            and other.record_id <> l.record_id and other.synced_at > l.synced_at) as was_taken
                from pipedrive.link l \(fragment: staged("l.record_id"))
                where \(fragment: keys("l")) and \(fragment: isMeant("l.record_id")) and l.state = 'gone'
                    and not s.is_deleted and l.synced_at < s.read_at
            ) back
            where \(fragment: keys("l")) and l.record_id = back.record_id
                and (not back.exists_here or (back.rank = 1 and not back.is_taken))
            """)
    }

    /// What a full list does not hold is gone, or not visible any more; what nobody asks about is forgotten.
    func followAbsences(since startedAt: Date) throws {
        if writes {
            try markGone(
                """
                select l.record_id from pipedrive.link l
                where \(fragment: keys("l")) and l.state = 'live' and l.record_id > 0 and l.synced_at < \(startedAt)
                    and not \(fragment: isStaged("l.record_id")) and not \(fragment: isUnasked("l.record_id"))
                """)
        }
        for name in ["remote_key", "attention"] {
            // What was made in Pipedrive since the list was read stands on no list yet.
            try connection.execute(
                """
                delete from pipedrive.\(unsafe: name) x
                where \(fragment: keys("x")) and x.noticed_at < \(startedAt)
                    and not \(fragment: isStaged("x.record_id", "not s.is_deleted"))
                    and not \(fragment: isUnasked("x.record_id"))
                """)
        }
    }

    /// Whether it is a variation of a product that is there and that this run has not asked: that it is not staged says
    /// nothing.
    private func isUnasked(_ record: String) -> SQL {
        guard kind == .product else { return "false" }
        let product = "(\(record) / \(CatalogItem.ID.firstVariation))"
        return """
            (\(unsafe: record) >= \(CatalogItem.ID.firstVariation)
                and \(fragment: isStaged(product, "not s.is_deleted"))
                and not exists (
                    select from pipedrive.product_look v where v.company_id = \(company)
                        and v.pipedrive_company_id = \(account) and v.record_id = \(unsafe: product)
                        and v.run_id = \(run) offset 0))
            """
    }

    /// Ends what is known of records that were asked for by their numbers and are not there.
    func followMissing(_ ids: [Int64], readAt: Date) throws {
        guard !ids.isEmpty, writes else { return }
        try markGone(
            """
            select l.record_id from pipedrive.link l
            where \(fragment: keys("l")) and l.state = 'live' and l.record_id = any (\(ids)::bigint[])
                and l.synced_at < \(readAt)
            """)
        for name in ["remote_key", "attention"] {
            try connection.execute(
                """
                delete from pipedrive.\(unsafe: name) x
                where \(fragment: keys("x")) and x.record_id = any (\(ids)::bigint[])
                """)
        }
    }

    private func markGone(_ records: SQL) throws {
        try connection.execute(
            """
            with gone as (
                update pipedrive.link l set state = 'gone', synced_at = clock_timestamp()
                where \(fragment: keys("l")) and l.state = 'live'
                    and l.record_id = any (array(\(fragment: records)))
                returning l.record_id, l.local_id)
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, local_id, action, name)
            select \(company)::uuid, \(loggedRun)::uuid, \(kind.rawValue), g.record_id, g.local_id, 'gone',
                coalesce((
                    select c.name from \(fragment: table) c where c.company_id = \(company) and c.id = g.local_id), '')
            from gone g
            """)
    }
}
