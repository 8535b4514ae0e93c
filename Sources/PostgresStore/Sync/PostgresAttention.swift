internal import Domain
import FoundationEssentials
import Postgres

struct PostgresAttention: AttentionStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func count() throws -> Int {
        try connection.query("select count(*) as records from (\(fragment: try questions())) q").first?.int("records")
            ?? 0
    }

    func records(limit: Int) throws -> [AttentionRecord] {
        try connection.query(
            """
            select kind, record_id, name, reason from (\(fragment: try questions())) q
            order by reason, kind, name, record_id limit \(limit)
            """
        ).map {
            AttentionRecord(
                kind: try $0.state("kind"), recordID: try $0.optionalInt64("record_id"), name: try $0.string("name"),
                reason: try $0.string("reason"))
        }
    }

    /// Records of Pipedrive that could be several of ours; ours that can't go out; fields that both sides changed.
    private func questions() throws -> SQL {
        let company = try access.company()
        return """
            select kind, record_id, name, reason from pipedrive.attention
            where company_id = \(company) and choice is distinct from 'ignore'
            union all
            select kind, null, name, reason || coalesce(' It says: ' || answer, '') from pipedrive.local_attention
            where company_id = \(company) and choice is null
            union all
            select kind, record_id, name,
                'Both sides changed its ' || replace(field, '_', ' ') || '. Kept: ' || kept || '. Not kept: ' || lost || '.'
            from pipedrive.conflict where company_id = \(company)
            """
    }
}
