internal import Domain
import FoundationEssentials
import Postgres

/// Holds what is decided about a batch against the preview that its run applies. What is not as it was said then is
/// left alone, and noted; a run that applies nothing does everything.
struct PlannedChanges {
    let batch: StagedBatch
    private let planned: [Int64: [Planned]]

    private struct Planned {
        let action: SyncChange.Action
        let local: UUID?
        let changes: [String]
        /// Whether a new record says what it said then.
        let isSame: Bool
    }

    init(batch: StagedBatch) throws {
        self.batch = batch
        guard batch.followsPlan else {
            planned = [:]
            return
        }
        let rows = try batch.connection.query(
            """
            select p.record_id, p.action, p.local_id, p.changes,
                coalesce(p.changes = s.remote_values, false) as is_same
            from pipedrive.sync_plan p
            left join lateral (
                select * from pipedrive.staged_record s
                where \(fragment: batch.rows) and s.record_id = p.record_id offset 0) s on true
            where p.company_id = \(batch.company) and p.run_id = \(batch.run) and p.kind = \(batch.kind.rawValue)
                and p.record_id > \(batch.after)::bigint and p.record_id <= \(batch.through)::bigint
            """)
        var planned: [Int64: [Planned]] = [:]
        for row in rows {
            planned[try row.int64("record_id"), default: []].append(
                Planned(
                    action: try row.state("action"), local: try row.optionalUUID("local_id"),
                    changes: try row.strings("changes"), isSame: try row.bool("is_same")))
        }
        self.planned = planned
    }

    /// Copies what the preview said about a kind to where it is looked up, and ticked off.
    static func begin(_ batch: StagedBatch, preview: UUID) throws {
        try batch.connection.execute(
            """
            insert into pipedrive.sync_plan (
                company_id, run_id, kind, record_id, local_id, action, name, changes, planned_at)
            select c.company_id, \(batch.run)::uuid, c.kind, c.record_id, c.local_id, c.action, c.name, c.changes,
                c.happened_at
            from pipedrive.sync_change c
            where c.company_id = \(batch.company) and c.run_id = \(preview) and c.kind = \(batch.kind.rawValue)
                and c.action in ('created', 'linked', 'updated', 'created_there', 'updated_there')
            """)
    }

    /// The records without a link about which the preview said the same.
    func agreed(_ answers: FreshMatching.Answers) throws -> FreshMatching.Answers {
        guard batch.followsPlan else { return answers }
        var agreed = answers
        agreed.created = answers.created.filter { record in
            planned[record]?.contains { $0.action == .created && $0.isSame } ?? false
        }
        agreed.linked = answers.linked.filter { pair in
            planned[pair.record]?.contains { $0.action == .linked && $0.local == pair.local } ?? false
        }
        let isKept = Set(agreed.created + agreed.linked.map(\.record))
        try note((answers.created + answers.linked.map(\.record)).filter { !isKept.contains($0) })
        try settle(agreed.created)
        return agreed
    }

    /// The pairs about which the preview said the same.
    func agreed(_ plans: [LinkedPairs.Plan]) throws -> [LinkedPairs.Plan] {
        guard batch.followsPlan else { return plans }
        let agreed = plans.filter { plan in
            let said = planned[plan.recordID] ?? []
            let pull = said.first { $0.action == .linked || $0.action == .updated }?.changes ?? []
            let push = said.first { $0.action == .updatedThere }?.changes ?? []
            return Self.isSame(plan.decision.pulled, pull) && Self.isSame(plan.decision.pushed, push)
        }
        let isKept = Set(agreed.map(\.recordID))
        try note(plans.map(\.recordID).filter { !isKept.contains($0) })
        try settle(agreed.map(\.recordID))
        return agreed
    }

    /// Whether a decision is what was said. A preview can't know organizations that it does not make.
    private static func isSame(_ changes: [SyncField: PairDecision.Change], _ said: [String]) -> Bool {
        withoutOrganization(BatchWriting.triples(changes)) == withoutOrganization(said)
    }

    private static func withoutOrganization(_ triples: [String]) -> [String] {
        stride(from: 0, to: triples.count, by: 3).flatMap { place in
            triples[place] == SyncField.organization.rawValue
                ? [] : Array(triples[place..<min(place + 3, triples.count)])
        }
    }

    private func settle(_ records: [Int64]) throws {
        try batch.connection.execute(
            """
            update pipedrive.sync_plan p set is_settled = true
            where p.company_id = \(batch.company) and p.run_id = \(batch.run) and p.kind = \(batch.kind.rawValue)
                and p.record_id = any (\(records)::bigint[])
            """)
    }

    private func note(_ records: [Int64]) throws {
        guard !records.isEmpty else { return }
        try batch.connection.execute(
            """
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, action, name, changes)
            select \(batch.company)::uuid, \(batch.run)::uuid, \(batch.kind.rawValue)::text, s.record_id, 'postponed',
                s.name, array['reason', '', 'It is not as the preview said.']
            from pipedrive.staged_record s
            where \(fragment: batch.window) and s.record_id = any (\(records)::bigint[])
            """)
        try settle(records)
    }
}

extension PlannedChanges {
    /// Ticks off what of ours goes to Pipedrive as it was said, and notes the rest of a kind; says how many are left
    /// alone in all.
    static func close(
        _ kind: RecordKind, run: SyncRun.ID, company: Company.ID, creations: SQL, connection: PostgresConnection
    ) throws -> Int {
        let table: SQL = kind == .product ? "books.product" : "books.contact"
        try connection.execute(
            """
            delete from pipedrive.sync_task t using \(fragment: table) ours
            where t.company_id = \(company) and t.run_id = \(run) and t.kind = \(kind.rawValue)
                and t.record_id is null and ours.company_id = t.company_id and ours.id = t.local_id
                and not exists (
                    select from pipedrive.sync_plan p
                    where p.company_id = t.company_id and p.run_id = t.run_id and p.kind = t.kind
                        and p.record_id is null and p.local_id = t.local_id and p.planned_at >= ours.updated_at)
            """)
        try connection.execute(
            """
            update pipedrive.sync_plan p set is_settled = true
            from pipedrive.sync_task t
            where p.company_id = \(company) and p.run_id = \(run) and p.kind = \(kind.rawValue)
                and p.record_id is null and t.company_id = p.company_id and t.run_id = p.run_id and t.kind = p.kind
                and t.record_id is null and t.local_id = p.local_id
            """)
        // What would go out now and was not said, and what was said and is not there, or not so, any more.
        try connection.execute(
            """
            insert into pipedrive.sync_change (
                company_id, run_id, kind, record_id, local_id, action, name, changes)
            select \(company)::uuid, \(run)::uuid, \(kind.rawValue)::text, null, ours.id, 'postponed', ours.name,
                array['reason', '', 'It is not as the preview said.']
            from (\(fragment: creations)) c
            join \(fragment: table) ours on ours.company_id = \(company) and ours.id = c.local_id
            where not exists (
                select from pipedrive.sync_task t
                where t.company_id = \(company) and t.run_id = \(run) and t.kind = \(kind.rawValue)
                    and t.local_id = c.local_id)
            union all
            select distinct on (p.record_id, p.local_id) p.company_id, p.run_id, p.kind, p.record_id, p.local_id,
                'postponed', p.name, array['reason', '', 'It is gone, or needs nothing any more.']
            from pipedrive.sync_plan p
            where p.company_id = \(company) and p.run_id = \(run) and p.kind = \(kind.rawValue) and not p.is_settled
                and (p.local_id is null or p.local_id not in (select c.local_id from (\(fragment: creations)) c))
            """)
        return try connection.query(
            """
            select count(*) as postponed from pipedrive.sync_change
            where company_id = \(company) and run_id = \(run) and kind = \(kind.rawValue) and action = 'postponed'
            """
        ).first?.int("postponed") ?? 0
    }
}
