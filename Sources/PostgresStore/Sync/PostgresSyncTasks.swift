internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSyncTasks: SyncTaskStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func plan(_ kind: RecordKind, run: SyncRun.ID) throws {
        let company = try access.company()
        let pairs = PostgresPairs(connection: connection, access: access)
        guard let account = try pairs.account(),
            let rule = try PostgresSyncPolicy(connection: connection, access: access).policy()?.rules[kind]
        else { return }
        let current = try connection.query(
            "select mode, plan_id from pipedrive.sync_run where company_id = \(company) and id = \(run)"
        ).first.orMissing("sync_run")
        let isPreview = try current.string("mode") == SyncRun.Mode.preview.rawValue
        let followsPlan = try current.optionalUUID("plan_id") != nil
        guard rule.direction.pushes else {
            if followsPlan { try close(kind, run, company: company, "select null::uuid as local_id where false") }
            return
        }
        let ours = unlinked(kind, run, company: company, account: account, rule: rule)
        let chosen: SQL = """
            select a.local_id from pipedrive.local_attention a where a.company_id = \(company)
                and a.pipedrive_company_id = \(account) and a.kind = \(kind.rawValue) and a.choice = 'create'
            """
        if !isPreview {
            let shared = try connection.query(
                """
                select distinct s.local_id
                from (\(fragment: LocalRecords.sharing(kind, company: company, ours: ours))) s
                where s.local_id not in (\(fragment: chosen))
                """
            ).map { try $0.uuid("local_id") }
            try pairs.ask(kind, shared, account)
        }
        let creations: SQL = """
            select o.local_id from (\(fragment: ours)) o
            where o.local_id in (\(fragment: chosen)) or (
                o.local_id not in (
                    select f.local_id
                    from (\(fragment: LocalRecords.fitting(kind, company: company, account: account, ours: ours))) f)
                and o.local_id not in (\(fragment: LocalRecords.sharing(kind, company: company, ours: ours))))
            """
        if isPreview {
            try preview(kind, run, company: company, creations)
        } else {
            try connection.execute(
                """
                insert into pipedrive.sync_task (company_id, run_id, kind, local_id)
                select \(company)::uuid, \(run)::uuid, \(kind.rawValue)::text, c.local_id
                from (\(fragment: creations)) c on conflict do nothing
                """)
            if followsPlan { try close(kind, run, company: company, creations) }
        }
    }

    private func close(_ kind: RecordKind, _ run: SyncRun.ID, company: Company.ID, _ creations: SQL) throws {
        let count = try PlannedChanges.close(
            kind, run: run, company: company, creations: creations, connection: connection)
        try connection.add(SyncRun.Counts(postponed: count), of: kind, to: run, company: company)
    }

    private func preview(_ kind: RecordKind, _ run: SyncRun.ID, company: Company.ID, _ creations: SQL) throws {
        let table: SQL = kind == .product ? "books.product" : "books.contact"
        let count = try connection.execute(
            """
            insert into pipedrive.sync_change (company_id, run_id, kind, local_id, action, name)
            select \(company)::uuid, \(run)::uuid, \(kind.rawValue)::text, ours.id, 'created_there', ours.name
            from (\(fragment: creations)) c
            join \(fragment: table) ours on ours.company_id = \(company) and ours.id = c.local_id
            """)
        let updates =
            try connection.query(
                """
                select count(*) as updates from pipedrive.sync_change
                where company_id = \(company) and run_id = \(run) and kind = \(kind.rawValue)
                    and action = 'updated_there'
                """
            ).first?.int("updates") ?? 0
        try connection.add(
            SyncRun.Counts(createdThere: count, updatedThere: updates), of: kind, to: run, company: company)
    }

    /// Ours without a link that the direction lets out, and what is still being created; selects local_id.
    private func unlinked(
        _ kind: RecordKind, _ run: SyncRun.ID, company: Company.ID, account: Int64, rule: SyncRule
    ) -> SQL {
        let source: SQL =
            kind == .product
            ? "books.product c where c.company_id = \(company)"
            : "books.contact c where c.company_id = \(company) and c.kind = \(kind.rawValue) and c.archived_at is null"
        // `SyncRule.createsThere` is the rule.
        let isNew: SQL =
            rule.direction == .onlyNew ? "c.created_at >= date_trunc('second', \(rule.since)::timestamptz)" : "true"
        return """
            select c.id as local_id from \(fragment: source) and \(fragment: isNew)
                and not exists (
                    select from pipedrive.link l where l.company_id = c.company_id
                        and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue) and l.local_id = c.id
                        and (l.record_id > 0 or l.state <> 'live')
                    offset 0)
                and not exists (
                    select from pipedrive.local_attention a where a.company_id = c.company_id
                        and a.pipedrive_company_id = \(account) and a.kind = \(kind.rawValue) and a.local_id = c.id
                        and a.choice is distinct from 'create'
                    offset 0)
                and not exists (
                    select from pipedrive.sync_change would where would.company_id = c.company_id
                        and would.run_id = \(run) and would.local_id = c.id and would.action = 'linked')
            """
    }

    func tasks(_ kind: RecordKind, run: SyncRun.ID, creates: Bool, limit: Int) throws -> [SyncTask] {
        try connection.query(
            """
            select t.local_id, t.record_id, l.create_sent_at, coalesce(l.record_id > 0, false) as is_linked from pipedrive.sync_task t
            left join pipedrive.link l on l.company_id = t.company_id and l.local_id = t.local_id
                and l.kind = t.kind and l.state = 'live'
                and l.pipedrive_company_id = (
                    select pipedrive_company_id from pipedrive.connection where company_id = t.company_id)
            where t.company_id = \(try access.company()) and t.run_id = \(run) and t.kind = \(kind.rawValue)
                and (t.record_id is null) = \(creates)
            order by t.local_id limit \(limit)
            """
        ).map {
            SyncTask(
                localID: try $0.uuid("local_id"), recordID: try $0.optionalInt64("record_id"),
                unclearSince: try $0.optionalDate("create_sent_at"), isLinked: try $0.bool("is_linked"))
        }
    }

    func finish(_ tasks: [SyncTask], of kind: RecordKind, run: SyncRun.ID) throws {
        try connection.execute(
            """
            delete from pipedrive.sync_task
            where company_id = \(try access.company()) and run_id = \(run) and kind = \(kind.rawValue)
                and local_id = any (\(tasks.map(\.localID))::uuid[])
            """)
    }
}
