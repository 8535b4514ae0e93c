internal import Domain
import FoundationEssentials
import Postgres

struct PostgresTouchedRecords: TouchedRecordStore {
    let connection: PostgresConnection
    let access: StorageAccess

    private var account: SQL {
        get throws {
            "(select pipedrive_company_id from pipedrive.connection where company_id = \(try access.company()))"
        }
    }

    /// The table's rows of the connected Pipedrive company. Names no table: it serves the table as `t` and as itself.
    private var own: SQL {
        get throws {
            "company_id = \(try access.company()) and pipedrive_company_id = \(fragment: try account)"
        }
    }

    func touch(_ kind: RecordKind, _ id: Int64, occurredAt: Date?) throws {
        try connection.execute(
            """
            insert into pipedrive.touched_record as t (
                company_id, pipedrive_company_id, kind, record_id, occurred_at)
            select company_id, pipedrive_company_id, \(kind.rawValue), \(id), \(occurredAt)::timestamptz
            from pipedrive.connection where company_id = \(try access.company())
            on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                occurred_at = greatest(t.occurred_at, excluded.occurred_at), touched_at = clock_timestamp(),
                taken_until = null
            """)
        _ = try PostgresQueue(connection: connection, access: access).add(
            NewMessage(kind: .record, subject: kind.rawValue, priority: 3))
    }

    // Longer than a request takes, and than the lease of the message that somebody reads them for.
    private static let takenTime = "interval '40 seconds'"

    func take(_ kind: RecordKind, limit: Int) throws -> [TouchedRecord] {
        try connection.query(
            """
            update pipedrive.touched_record t set taken_until = clock_timestamp() + \(unsafe: Self.takenTime)
            where \(fragment: try own) and t.kind = \(kind.rawValue) and t.record_id = any (array(
                select record_id from pipedrive.touched_record
                where \(fragment: try own) and kind = \(kind.rawValue)
                    and (taken_until is null or taken_until <= clock_timestamp())
                order by touched_at limit \(limit) for update skip locked))
            returning t.record_id, t.occurred_at, t.touched_at
            """
        ).map {
            TouchedRecord(
                recordID: try $0.int64("record_id"), occurredAt: try $0.optionalDate("occurred_at"),
                touchedAt: try $0.date("touched_at"))
        }.sorted { $0.touchedAt < $1.touchedAt }
    }

    func isWaiting(_ kind: RecordKind) throws -> Bool {
        try connection.query(
            """
            select from pipedrive.touched_record where \(fragment: try own) and kind = \(kind.rawValue) limit 1
            """
        ).first != nil
    }

    func letGo(_ kind: RecordKind, _ records: [TouchedRecord]) throws {
        guard !records.isEmpty else { return }
        try connection.execute(
            """
            update pipedrive.touched_record t set taken_until = null
            from unnest(\(records.map(\.recordID))::bigint[], \(records.map(\.touchedAt))::timestamptz[])
                r (record_id, touched_at)
            where \(fragment: try own) and t.kind = \(kind.rawValue) and t.record_id = r.record_id
                and t.touched_at = r.touched_at
            """)
    }

    func requeue() throws {
        let kinds = try connection.query(
            """
            select distinct t.kind from pipedrive.touched_record t
            where \(fragment: try own) and t.touched_at < clock_timestamp() - interval '2 minutes'
                and not exists (
                    select from queue.message m
                    where m.company_id = t.company_id and m.kind = 'record' and m.subject = t.kind
                        and m.state in ('available', 'scheduled', 'running', 'retryable'))
            """
        ).map { try $0.string("kind") }
        let queue = PostgresQueue(connection: connection, access: access)
        for kind in kinds { _ = try queue.add(NewMessage(kind: .record, subject: kind, priority: 3)) }
    }

    func forget(_ kind: RecordKind, _ records: [TouchedRecord]) throws {
        guard !records.isEmpty else { return }
        try connection.execute(
            """
            delete from pipedrive.touched_record t
            using unnest(\(records.map(\.recordID))::bigint[], \(records.map(\.touchedAt))::timestamptz[])
                r (record_id, touched_at)
            where \(fragment: try own) and t.kind = \(kind.rawValue) and t.record_id = r.record_id
                and t.touched_at = r.touched_at
            """)
    }

    func merge(_ kind: RecordKind, from loser: Int64, into survivor: Int64) throws {
        let company = try access.company()
        _ = try connection.query(
            "select from pipedrive.connection where company_id = \(company) for no key update")
        let survivor = try last(kind, survivor)
        guard survivor != loser else { return }
        // One that is gone while its contact is another record's by now links nothing any more.
        let links = try connection.query(
            """
            select l.record_id from pipedrive.link l
            where l.company_id = \(company) and l.pipedrive_company_id = \(fragment: try account)
                and l.kind = \(kind.rawValue) and l.record_id in (\(loser), \(survivor))
                and (l.state = 'live' or l.state = 'gone' and not exists (
                    select from pipedrive.link other
                    where other.company_id = l.company_id and other.pipedrive_company_id = l.pipedrive_company_id
                        and other.kind = l.kind and other.local_id = l.local_id and other.state = 'live'))
            """
        ).map { try $0.int64("record_id") }
        switch MergeOutcome.of(loserIsLinked: links.contains(loser), survivorIsLinked: links.contains(survivor)) {
        case .nothing: try rest(kind, loser, into: survivor, company)
        case .moves: try move(kind, from: loser, into: survivor, company)
        case .asks:
            try rest(kind, loser, into: survivor, company)
            try ask(kind, loser, survivor, company)
        }
    }

    /// The survivor may have been merged on by now: the one that is still there.
    private func last(_ kind: RecordKind, _ survivor: Int64) throws -> Int64 {
        try connection.query(
            """
            with recursive way as (
                select \(survivor)::bigint as record_id, 0 as steps
                union all
                select l.merged_into, w.steps + 1 from way w
                join pipedrive.link l on l.company_id = \(try access.company())
                    and l.pipedrive_company_id = \(fragment: try account) and l.kind = \(kind.rawValue)
                    and l.record_id = w.record_id and l.state = 'merged' and l.merged_into is not null
                where w.steps < 100)
            select record_id from way order by steps desc limit 1
            """
        ).first?.int64("record_id") ?? survivor
    }

    /// Only the one that is gone was linked: its contact is the survivor's from now on.
    private func move(_ kind: RecordKind, from loser: Int64, into survivor: Int64, _ company: Company.ID) throws {
        let local = try rest(kind, loser, into: survivor, company)
        try connection.execute(
            """
            insert into pipedrive.link as l (company_id, pipedrive_company_id, kind, record_id, local_id)
            values (\(company), \(fragment: try account), \(kind.rawValue), \(survivor), \(local))
            on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                local_id = excluded.local_id, state = 'live', remote_base = null, sent_values = null,
                synced_at = clock_timestamp(),
                updated_at = clock_timestamp()
                where l.state <> 'live'
            """)
        try connection.execute(
            """
            delete from pipedrive.attention
            where company_id = \(company) and pipedrive_company_id = \(fragment: try account)
                and kind = \(kind.rawValue) and record_id in (\(loser), \(survivor))
            """)
    }

    /// The link of the one that is gone rests; says whose it was.
    @discardableResult
    private func rest(_ kind: RecordKind, _ loser: Int64, into survivor: Int64, _ company: Company.ID) throws -> UUID? {
        try connection.query(
            """
            update pipedrive.link set state = 'merged', merged_into = \(survivor), synced_at = clock_timestamp(),
                updated_at = clock_timestamp()
            where company_id = \(company) and pipedrive_company_id = \(fragment: try account)
                and kind = \(kind.rawValue) and record_id = \(loser) and state in ('live', 'gone')
            returning local_id
            """
        ).first?.uuid("local_id")
    }

    /// Both were linked: a person looks at the two contacts.
    private func ask(_ kind: RecordKind, _ loser: Int64, _ survivor: Int64, _ company: Company.ID) throws {
        try connection.execute(
            """
            insert into pipedrive.attention as a (
                company_id, pipedrive_company_id, kind, record_id, name, reason, candidates, is_merge, remote_values)
            select l.company_id, l.pipedrive_company_id, l.kind, l.record_id,
                coalesce(c.name, p.name, l.kind || ' ' || l.record_id),
                'Two records became one in Pipedrive. It keeps its contact; the other one is left to you.',
                array_agg(distinct other.local_id), true, coalesce(l.remote_base, '{}')
            from pipedrive.link l
            join pipedrive.link other on other.company_id = l.company_id
                and other.pipedrive_company_id = l.pipedrive_company_id and other.kind = l.kind
                and other.record_id in (\(loser), \(survivor))
            left join books.contact c on c.company_id = l.company_id and c.id = l.local_id
            left join books.product p on p.company_id = l.company_id and p.id = l.local_id
            where l.company_id = \(company) and l.pipedrive_company_id = \(fragment: try account)
                and l.kind = \(kind.rawValue) and l.record_id = \(survivor)
            group by l.company_id, l.pipedrive_company_id, l.kind, l.record_id, l.remote_base, c.name, p.name
            on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                name = excluded.name, reason = excluded.reason, candidates = excluded.candidates, is_merge = true,
                remote_values = excluded.remote_values
            """)
    }
}
