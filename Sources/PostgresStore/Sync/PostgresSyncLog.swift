internal import Domain
import FoundationEssentials
import Postgres

struct PostgresSyncLog: SyncLogStore {
    let connection: PostgresConnection
    let access: StorageAccess

    func run(_ id: SyncRun.ID) throws -> SyncRun? {
        try connection.query(
            """
            select \(fragment: PostgresSync.columns) from pipedrive.sync_run
            where company_id = \(try access.company()) and id = \(id)
            """
        ).first.map(PostgresSync.run)
    }

    func preview() throws -> SyncRun? {
        let company = try access.company()
        return try connection.query(
            """
            select \(fragment: PostgresSync.columns) from pipedrive.sync_run
            where company_id = \(company) and mode = 'preview' and started_at >= (
                select c.connected_at from pipedrive.connection c where c.company_id = \(company))
            order by started_at desc limit 1
            """
        ).first.map(PostgresSync.run)
    }

    func isCurrent(_ preview: SyncRun.ID) throws -> Bool {
        let company = try access.company()
        return try connection.query(
            """
            select from pipedrive.sync_run r
            join pipedrive.connection c on c.company_id = r.company_id
            left join pipedrive.settings s on s.company_id = r.company_id
            where r.company_id = \(company) and r.id = \(preview) and r.mode = 'preview' and r.state = 'completed'
                and r.started_at >= greatest(
                    c.connected_at, s.organization_since, s.person_since, s.product_since, s.mapping_since)
                and not exists (
                    select from pipedrive.sync_run later
                    where later.company_id = r.company_id and later.started_at > r.started_at)
            """
        ).first != nil
    }

    func changes(of run: SyncRun.ID?, after: Int64?, limit: Int) throws -> [SyncChange] {
        let company = try access.company()
        let place: SQL =
            switch (run, after) {
            case (let run?, let after): "run_id = \(run) and id > \(after ?? 0) order by id"
            case (nil, let after?): "run_id is null and id < \(after) order by id desc"
            case (nil, nil): "run_id is null order by id desc"
            }
        return try connection.query(
            """
            select \(fragment: Self.columns) from pipedrive.sync_change
            where company_id = \(company) and \(fragment: place) limit \(limit)
            """
        ).map(Self.change).namingOrganizations(connection, company)
    }

    func samples(of run: SyncRun, limit: Int) throws -> [SyncChange] {
        let company = try access.company()
        let samples = try RecordKind.allCases.flatMap { kind in
            try Self.counted(run.counts[kind] ?? SyncRun.Counts()).flatMap { action in
                try connection.query(
                    """
                    select \(fragment: Self.columns) from pipedrive.sync_change
                    where company_id = \(company) and run_id = \(run.id) and kind = \(kind.rawValue)
                        and action = \(action.rawValue)
                    order by id limit \(limit)
                    """
                ).map(Self.change)
            }
        }
        return try samples.namingOrganizations(connection, company)
    }

    /// What is not counted is not looked for.
    private static func counted(_ counts: SyncRun.Counts) -> [SyncChange.Action] {
        [
            (counts.created, SyncChange.Action.created), (counts.linked, .linked), (counts.updated, .updated),
            (counts.createdThere, .createdThere), (counts.updatedThere, .updatedThere),
            (counts.needsAttention, .attention), (counts.postponed, .postponed),
        ].filter { $0.0 > 0 }.map(\.1)
    }

    private static let columns = SQL(
        unsafe: "id, kind, record_id, local_id, action, name, changes, happened_at")

    private static func change(_ row: PostgresRow) throws -> SyncChange {
        let action: SyncChange.Action = try row.state("action")
        return SyncChange(
            id: try row.int64("id"), kind: try row.state("kind"), recordID: try row.optionalInt64("record_id"),
            localID: try row.optionalUUID("local_id"), action: action, name: try row.string("name"),
            fields: fields(try row.strings("changes"), action), happenedAt: try row.date("happened_at"))
    }

    /// What is new has values; what changed has values before and after.
    private static func fields(_ texts: [String], _ action: SyncChange.Action) -> [SyncChange.Field] {
        let width = action == .created ? 2 : 3
        return stride(from: 0, to: texts.count - texts.count % width, by: width).map { place in
            SyncChange.Field(
                name: texts[place], before: width == 2 ? "" : texts[place + 1], after: texts[place + width - 1])
        }
    }
}

extension [SyncChange] {
    /// An organization is logged by its number, Pipedrive's or ours, because it may be renamed; a person reads its name.
    fileprivate func namingOrganizations(_ connection: PostgresConnection, _ company: Company.ID) throws -> [SyncChange]
    {
        let field = SyncField.organization.rawValue
        let texts = Set(flatMap(\.fields).filter { $0.name == field }.flatMap { [$0.before, $0.after] })
        guard texts.contains(where: { !$0.isEmpty }) else { return self }
        let named = try connection.query(
            """
            select c.id::text as number, c.name from books.contact c
            where c.company_id = \(company) and c.id = any (\(texts.compactMap { UUID(uuidString: $0) })::uuid[])
            union all
            select l.record_id::text, c.name from pipedrive.link l
            join books.contact c on c.company_id = l.company_id and c.id = l.local_id
            where l.company_id = \(company) and l.kind = 'organization'
                and l.pipedrive_company_id = (
                    select pipedrive_company_id from pipedrive.connection where company_id = \(company))
                and l.record_id = any (\(texts.compactMap { Int64($0) })::bigint[])
            """
        ).map { (try $0.string("number"), try $0.string("name")) }
        let names = Dictionary(named) { first, _ in first }
        func name(_ text: String) -> String { text.isEmpty ? "" : names[text] ?? "organization \(text)" }
        return map { change in
            SyncChange(
                id: change.id, kind: change.kind, recordID: change.recordID, localID: change.localID,
                action: change.action, name: change.name,
                fields: change.fields.map { given in
                    guard given.name == field else { return given }
                    return SyncChange.Field(name: field, before: name(given.before), after: name(given.after))
                }, happenedAt: change.happenedAt)
        }
    }
}
