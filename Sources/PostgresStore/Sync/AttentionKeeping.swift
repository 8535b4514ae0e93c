internal import Domain
import FoundationEssentials
import Postgres

/// Keeps what a person has to decide about the records of a batch, and takes back what is decided.
struct AttentionKeeping {
    let batch: StagedBatch

    /// Says how many records wait.
    func keep(
        _ ambiguous: [(record: Int64, reason: RecordMatching.Ambiguity, candidates: [UUID])],
        blocked plans: [LinkedPairs.Plan]
    ) throws -> Int {
        let questions =
            ambiguous.map { Question(record: $0.record, reason: words($0.reason), candidates: $0.candidates) }
            + plans.filter(\.isBlocked).map {
                Question(record: $0.recordID, reason: "Another product has this code.", candidates: [])
            } + (try stillGone())
        try forget(except: questions.map(\.record))
        guard !questions.isEmpty else { return 0 }
        try note(questions)
        return questions.count
    }

    private struct Question {
        let record: Int64
        let reason: String
        let candidates: [UUID]
    }

    private func words(_ reason: RecordMatching.Ambiguity) -> String {
        switch (batch.kind, reason) {
        case (.product, .shared): "Several products of Pipedrive share this code or name."
        case (.product, .taken): "The product that fits is linked to another one of Pipedrive."
        case (.product, .several): "More than one product fits."
        case (_, .shared): "Several records of Pipedrive share this address or name."
        case (_, .taken): "The contact that fits is linked to another record of Pipedrive."
        case (_, .several): "More than one contact fits."
        }
    }

    /// Records that are back while ours is linked to another one by now.
    private func stillGone() throws -> [Question] {
        try batch.connection.query(
            """
            select s.record_id from pipedrive.staged_record s \(fragment: batch.link)
            where \(fragment: batch.window) and not s.is_deleted and l.state = 'gone'
            order by s.record_id
            """
        ).map {
            Question(
                record: try $0.int64("record_id"),
                reason: "What it was linked to is linked to another record of Pipedrive.", candidates: [])
        }
    }

    // What a person chose to ignore stays ignored, and what a merge asks about waits for a person.
    private func forget(except records: [Int64]) throws {
        guard batch.writes else { return }
        try batch.connection.execute(
            """
            delete from pipedrive.attention a
            where \(fragment: batch.keys("a")) and \(fragment: batch.isMeant("a.record_id"))
                and a.record_id <> all (\(records)::bigint[]) and not a.is_merge
                and \(fragment: batch.isStaged("a.record_id", "(a.choice is distinct from 'ignore' or s.is_deleted)"))
            """)
    }

    private func note(_ questions: [Question]) throws {
        let asked: SQL = """
            unnest(
                \(questions.map(\.record))::bigint[], \(questions.map(\.reason))::text[],
                \(questions.map { BatchWriting.array($0.candidates.map { $0.uuidString.lowercased() }) })::text[])
                q (record_id, reason, candidates)
            \(fragment: batch.staged("q.record_id"))
            """
        let log: SQL =
            "\(batch.company)::uuid, \(batch.loggedRun)::uuid, \(batch.kind.rawValue)::text"
        guard batch.writes else {
            try batch.connection.execute(
                """
                insert into pipedrive.sync_change (company_id, run_id, kind, record_id, action, name, changes)
                select \(fragment: log), q.record_id, 'attention', s.name, array['reason', '', q.reason]
                from \(fragment: asked)
                """)
            return
        }
        try batch.connection.execute(
            """
            with noticed as (
                insert into pipedrive.attention as a (
                    company_id, pipedrive_company_id, kind, record_id, name, reason, candidates, remote_values)
                select \(batch.company)::uuid, \(batch.account)::bigint, \(batch.kind.rawValue)::text, q.record_id,
                    s.name, q.reason, q.candidates::uuid[], s.remote_values
                from \(fragment: asked)
                on conflict (company_id, pipedrive_company_id, kind, record_id) do update set
                    name = excluded.name, reason = excluded.reason, candidates = excluded.candidates,
                    remote_values = excluded.remote_values
                    where (a.name, a.reason, a.candidates, a.remote_values) is distinct from
                        (excluded.name, excluded.reason, excluded.candidates, excluded.remote_values)
                returning record_id, name, reason, xmax = 0 as is_new)
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, action, name, changes)
            select \(fragment: log), n.record_id, 'attention', n.name, array['reason', '', n.reason]
            from noticed n where n.is_new
            """)
    }
}
