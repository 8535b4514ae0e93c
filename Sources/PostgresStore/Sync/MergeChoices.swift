internal import Domain
import FoundationEssentials
import Postgres

/// Two linked records became one in Pipedrive, and a person chose the contact of the one that is gone: the survivor's
/// link moves to it. The link of the one that is gone goes to the former contact and stays merged, so that this one is
/// neither created in Pipedrive nor taken for new.
struct MergeChoices {
    let batch: StagedBatch

    /// Records whose pair somebody is writing at this moment: to be read again.
    func follow() throws -> [Int64] {
        guard batch.writes else { return [] }
        var busy: [Int64] = []
        for choice in try choices() {
            if choice.isBusy {
                busy.append(choice.record)
            } else if choice.isPossible, try move(choice) {
                try note(choice)
            } else {
                try askAgain(choice)
            }
        }
        return busy
    }

    private struct Choice {
        let record: Int64
        let chosen: UUID
        let former: UUID
        let isBusy: Bool
        let isPossible: Bool
    }

    private func choices() throws -> [Choice] {
        let isThere: SQL =
            batch.kind == .product
            ? "true" : "ours.archived_at is null and ours.kind = \(batch.kind.rawValue)"
        return try batch.connection.query(
            """
            select a.record_id, a.chosen_id, l.local_id,
                coalesce(l.push_until > clock_timestamp(), false) as is_busy,
                exists (
                    select from \(fragment: batch.table) ours where ours.company_id = \(batch.company)
                        and ours.id = a.chosen_id and \(fragment: isThere))
                    and not exists (
                        select from pipedrive.link t where \(fragment: batch.keys("t"))
                            and t.local_id = a.chosen_id and t.state = 'live') as is_possible
            from pipedrive.attention a
            cross join lateral (
                select * from pipedrive.link l where \(fragment: batch.keys("l"))
                    and l.record_id = a.record_id offset 0) l
            where \(fragment: batch.keys("a")) and \(fragment: batch.isMeant("a.record_id"))
                and a.is_merge and a.choice = 'link' and a.chosen_id is not null and l.state = 'live'
                and \(fragment: batch.isStaged("a.record_id", "not s.is_deleted"))
            order by a.record_id
            """
        ).map {
            Choice(
                record: try $0.int64("record_id"), chosen: try $0.uuid("chosen_id"), former: try $0.uuid("local_id"),
                isBusy: try $0.bool("is_busy"), isPossible: try $0.bool("is_possible"))
        }
    }

    /// The two links change their contacts. The pair was never compared, so that both sides' values meet as new.
    private func move(_ choice: Choice) throws -> Bool {
        let rested = try batch.connection.execute(
            """
            update pipedrive.link l set local_id = \(choice.former), updated_at = clock_timestamp()
            where \(fragment: batch.keys("l")) and l.record_id = (
                select min(m.record_id) from pipedrive.link m where \(fragment: batch.keys("m"))
                    and m.local_id = \(choice.chosen) and m.state = 'merged')
            """)
        guard rested == 1 else { return false }
        try batch.connection.execute(
            """
            update pipedrive.link l set local_id = \(choice.chosen), remote_base = null, sent_values = null,
                synced_at = clock_timestamp(), updated_at = clock_timestamp()
            where \(fragment: batch.keys("l")) and l.record_id = \(choice.record)
            """)
        // Nothing of the former one is to travel any more.
        try batch.connection.execute(
            """
            delete from pipedrive.local_edit e
            where e.company_id = \(batch.company) and e.local_id in (\(choice.former), \(choice.chosen))
            """)
        return true
    }

    private func note(_ choice: Choice) throws {
        try batch.connection.execute(
            """
            delete from pipedrive.attention a
            where \(fragment: batch.keys("a")) and a.record_id = \(choice.record)
            """)
        try batch.connection.execute(
            """
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, local_id, action, name, changes)
            select \(batch.company)::uuid, \(batch.loggedRun)::uuid, \(batch.kind.rawValue)::text,
                \(choice.record)::bigint, ours.id, 'linked', ours.name,
                array['reason', '', 'Chosen after two records became one.']
            from \(fragment: batch.table) ours
            where ours.company_id = \(batch.company) and ours.id = \(choice.chosen)
            """)
    }

    /// What was chosen was archived, deleted or linked meanwhile: the question stands as it did.
    private func askAgain(_ choice: Choice) throws {
        try batch.connection.execute(
            """
            update pipedrive.attention a set choice = null, chosen_id = null
            where \(fragment: batch.keys("a")) and a.record_id = \(choice.record)
            """)
    }
}
