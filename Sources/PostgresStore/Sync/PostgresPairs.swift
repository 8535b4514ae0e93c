internal import Domain
import FoundationEssentials
import Postgres

struct PostgresPairs: PairStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func decide(_ kind: RecordKind, run: SyncRun.ID, after: Int64?, limit: Int) throws -> Int64? {
        let company = try access.company()
        let row = try connection.query(
            """
            select mode, started_at, plan_id from pipedrive.sync_run
            where company_id = \(company) and id = \(run) and state = 'running'
            """
        ).first
        guard let row, var batch = try batch(kind, run: run.rawValue) else { return nil }
        batch.loggedRun = run.rawValue
        batch.writes = try row.state("mode", SyncRun.Mode.self) == .full
        let preview = try row.optionalUUID("plan_id")
        batch.followsPlan = preview != nil
        return try Syncing(connection: connection).doing {
            if after == nil {
                try begin(batch, startedAt: try row.date("started_at"))
                if let preview { try PlannedChanges.begin(batch, preview: preview) }
            }
            batch.after = after ?? 0
            guard let through = try batch.end(of: limit) else {
                try lookAgain(batch, run, since: try row.date("started_at"), limit: limit)
                return nil
            }
            batch.through = through
            let decided = try decide(batch)
            try BatchWriting(batch: batch).keepTasks(decided.plans)
            try connection.add(decided.counts, of: kind, to: run, company: company)
            return through
        }
    }

    /// Decides once more about what an earlier batch left to a person because of one that was linked: by now that one
    /// may have given up its address, or its code. All in the transaction of the last batch, so only a few thousand, and
    /// of a chain of codes that move on only the beginning; the rest is the next run's.
    private func lookAgain(_ whole: StagedBatch, _ run: SyncRun.ID, since startedAt: Date, limit: Int) throws {
        guard whole.writes, !whole.followsPlan else { return }
        var left = Int.max
        for _ in 0..<Self.secondLooks {
            let ids = try freed(whole, since: startedAt, limit: Self.secondLookBatches * limit)
            guard !ids.isEmpty, ids.count < left else { return }
            left = ids.count
            for start in stride(from: 0, to: ids.count, by: limit) {
                var batch = whole
                batch.after = 0
                batch.isSelection = true
                let some = Array(ids[start..<min(start + limit, ids.count)])
                batch.ids = some
                let decided = try decide(batch)
                try BatchWriting(batch: batch).keepTasks(decided.plans)
                var counts = decided.counts
                // They were counted when they were looked at first.
                counts.read = 0
                counts.needsAttention -= some.count
                try connection.add(counts, of: batch.kind, to: run, company: batch.company)
            }
        }
    }

    private static let secondLooks = 3
    private static let secondLookBatches = 3

    /// Staged records that wait for a person because of one that the run has written since, or for a code alone. What
    /// the run has written itself is read again by the next one.
    private func freed(_ batch: StagedBatch, since startedAt: Date, limit: Int) throws -> [Int64] {
        try connection.query(
            """
            select a.record_id from pipedrive.attention a
            where \(fragment: batch.keys("a")) and a.choice is null and not a.is_merge
                and \(fragment: batch.isStaged("a.record_id", "not s.is_deleted"))
                and (exists (
                        select from pipedrive.link l where \(fragment: batch.keys("l"))
                            and l.local_id = any (a.candidates) and l.state = 'live' and l.record_id > 0
                            and l.synced_at >= \(startedAt) offset 0)
                    or (a.candidates = '{}' and a.kind = 'product' and exists (
                        select from pipedrive.link l where \(fragment: batch.keys("l"))
                            and l.record_id = a.record_id and l.state = 'live' and l.synced_at < \(startedAt)
                            offset 0)))
            order by a.record_id limit \(limit)
            """
        ).map { try $0.int64("record_id") }
    }

    /// What concerns the whole list of a kind.
    private func begin(_ batch: StagedBatch, startedAt: Date) throws {
        try batch.keepLatest()
        try batch.measure()
        try batch.followStates()
        try batch.followAbsences(since: startedAt)
        // Before anything is matched: an address that moved from one record to another is not shared.
        try BatchWriting(batch: batch).forgetKeys()
        try connection.execute(
            """
            insert into pipedrive.sync_state as s (
                company_id, pipedrive_company_id, \(unsafe: batch.kind.rawValue)_listed_at)
            values (\(batch.company), \(batch.account), clock_timestamp())
            on conflict (company_id, pipedrive_company_id) do update set
                \(unsafe: batch.kind.rawValue)_listed_at = clock_timestamp()
            """)
    }

    func takeOver(_ fresh: FreshRecords) throws -> TakenOver {
        let company = try access.company()
        let run = UUID()
        guard var batch = try batch(fresh.page.kind, run: run) else { return TakenOver() }
        batch.loggedRun = fresh.run?.rawValue
        batch.isForQuote = fresh.isForQuote
        return try Syncing(connection: connection).doing {
            try StagedRecords(
                connection: connection, company: company, run: run, readAt: fresh.readAt, occurredAt: fresh.occurredAt,
                addresses: fresh.addresses
            ).copy(fresh.page)
            batch.ids = fresh.page.ids
            try batch.followStates()
            try batch.followMissing(fresh.missing, readAt: fresh.readAt)
            try BatchWriting(batch: batch).forgetKeys()
            let decided = try decide(batch)
            for table in ["staged_record", "staged_key"] {
                try connection.execute(
                    "delete from pipedrive.\(unsafe: table) where company_id = \(company) and run_id = \(run)")
            }
            if let run = fresh.run {
                var counts = decided.counts
                // They were counted as read when their page was.
                counts.read = 0
                try connection.add(counts, of: batch.kind, to: run, company: company)
            }
            let pushed =
                fresh.isForQuote ? [] : decided.plans.filter { !$0.isBusy && !$0.decision.pushed.isEmpty }
            let writes = pushed.map { $0.change(batch.kind) }
            try lease(writes, batch)
            return TakenOver(
                counts: decided.counts, writes: writes,
                busy: decided.plans.filter(\.isBusy).map(\.recordID) + decided.held)
        }
    }

    /// What became of a batch.
    private struct Decided {
        var counts: SyncRun.Counts
        let plans: [LinkedPairs.Plan]
        let held: [Int64]
    }

    private func decide(_ batch: StagedBatch) throws -> Decided {
        var counts = SyncRun.Counts(read: try batch.count())
        let planned = try PlannedChanges(batch: batch)
        let matching = FreshMatching(batch: batch)
        if batch.writes { try matching.followEnded() }
        let waiting = try MergeChoices(batch: batch).follow()
        // What is linked comes first: an address that it gave up is free for who has it now.
        var plans = try planned.agreed(try LinkedPairs(batch: batch, fresh: []).plans())
        try settle(plans, batch)
        let answers = try planned.agreed(try matching.answers())
        let writing = BatchWriting(batch: batch)
        try writing.link(answers.linked)
        try writing.create(answers.created)
        if !answers.linked.isEmpty {
            let fresh = try planned.agreed(try LinkedPairs(batch: batch, fresh: answers.linked).plans())
            try settle(fresh, batch)
            plans += fresh
        }
        let ready = plans.filter { !$0.isBusy }
        counts.created = answers.created.count
        counts.linked = answers.linked.count
        counts.updated = ready.count { !$0.isFresh && !$0.decision.pulled.isEmpty }
        counts.skipped = answers.skipped.count
        counts.needsAttention = try AttentionKeeping(batch: batch).keep(answers.ambiguous, blocked: ready)
        try writing.keepKeys()
        return Decided(counts: counts, plans: plans, held: answers.held + waiting)
    }

    private func settle(_ plans: [LinkedPairs.Plan], _ batch: StagedBatch) throws {
        let ready = plans.filter { !$0.isBusy }
        guard !ready.isEmpty else { return }
        let writing = BatchWriting(batch: batch)
        try writing.pull(ready)
        try writing.keepConflicts(ready)
        try writing.keepBases(ready)
        try writing.note(ready)
    }

    /// What is sent is kept before it is: a process that dies, or hears no answer, can't say whether it arrived. What was
    /// read before counts as old from now on.
    private func lease(_ writes: [RemoteChange], _ batch: StagedBatch) throws {
        guard !writes.isEmpty else { return }
        let records = writes.map(\.recordID)
        try connection.execute(
            """
            update pipedrive.link l set push_until = clock_timestamp() + \(unsafe: RemoteLease.interval),
                sent_values = x.sent::text[], synced_at = clock_timestamp()
            from unnest(\(records)::bigint[], \(writes.map { BatchWriting.array($0.write.values.pairs) })::text[])
                x (record_id, sent)
            where \(fragment: batch.keys("l")) and l.record_id = x.record_id
                and l.record_id = any (\(records)::bigint[])
            """)
    }

    func unknown(_ kind: RecordKind, _ ids: [Int64]) throws -> [Int64] {
        try connection.query(
            """
            select x.id from unnest(\(ids)::bigint[]) x (id)
            join pipedrive.connection c on c.company_id = \(try access.company())
            where not exists (
                    select from pipedrive.link l where l.company_id = c.company_id
                        and l.pipedrive_company_id = c.pipedrive_company_id and l.kind = \(kind.rawValue)
                        and l.record_id = x.id)
                and not exists (
                    select from pipedrive.attention a where a.company_id = c.company_id
                        and a.pipedrive_company_id = c.pipedrive_company_id and a.kind = \(kind.rawValue)
                        and a.record_id = x.id)
            order by x.id
            """
        ).map { try $0.int64("id") }
    }

    /// What decides about the staged records of a run, or of one change. Locks the connection: one decision of a
    /// company at a time, because two would match the same records without a link.
    private func batch(_ kind: RecordKind, run: UUID) throws -> StagedBatch? {
        let company = try access.company()
        let row = try connection.query(
            """
            select pipedrive_company_id from pipedrive.connection where company_id = \(company) for no key update
            """
        ).first
        guard let row,
            let policy = try PostgresSyncPolicy(connection: connection, access: access).policy(),
            let rule = policy.rules[kind]
        else { return nil }
        return StagedBatch(
            connection: connection, company: company, account: try row.int64("pipedrive_company_id"), kind: kind,
            run: run, rule: rule)
    }
}

/// How long a write to Pipedrive holds its pair: longer than its time-out.
enum RemoteLease {
    static let interval = "interval '60 seconds'"
}

/// Marks what the transaction writes as the sync's own: it is no edit of a person.
struct Syncing {
    let connection: PostgresConnection

    func doing<Result>(_ body: () throws -> Result) throws -> Result {
        try mark("yes")
        let result = try body()
        try mark("")
        return result
    }

    private func mark(_ word: String) throws {
        _ = try connection.query("select set_config('paydock.syncing', \(word), true)")
    }
}
