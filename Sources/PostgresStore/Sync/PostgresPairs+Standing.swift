internal import Domain
import FoundationEssentials
import Postgres

extension PostgresPairs {
    func standing(_ local: UUID) throws -> LocalStanding? {
        let company = try access.company()
        guard let account = try account(),
            let policy = try PostgresSyncPolicy(connection: connection, access: access).policy()
        else { return .stays("Pipedrive is not connected") }
        let ours = LocalRecords(connection: connection, company: company, account: account)
        guard let kind = try ours.kind(of: local), let rule = policy.rules[kind] else { return nil }
        guard let record = try ours.records(kind, [local]).first else { return nil }
        if record.isArchived { return .stays("It is archived") }
        if let choice = try waiting(local, kind, account), choice != "create" {
            return .stays("It waits for a person: see Needs attention")
        }
        guard rule.direction.pushes else { return .stays("The direction of this kind leaves it in PayDock") }
        if let standing = try linked(local, kind, account) { return standing }
        guard rule.createsThere(localAddedAt: record.createdAt) else {
            return .stays("The direction of this kind leaves it in PayDock")
        }
        guard try isListed(kind, account) else { return .unread(kind) }
        return try fresh(record, account, policy)
    }

    /// What a person has to decide, or decided, about one of ours; empty while it waits.
    private func waiting(_ local: UUID, _ kind: RecordKind, _ account: Int64) throws -> String? {
        try connection.query(
            """
            select coalesce(choice, '') as choice from pipedrive.local_attention
            where company_id = \(try access.company()) and pipedrive_company_id = \(account)
                and kind = \(kind.rawValue) and local_id = \(local)
            """
        ).first?.string("choice")
    }

    private func linked(_ local: UUID, _ kind: RecordKind, _ account: Int64) throws -> LocalStanding? {
        let row = try connection.query(
            """
            select l.record_id, l.state, l.create_sent_at,
                coalesce(l.push_until > clock_timestamp(), false) as is_busy,
                l.remote_base is null or exists (
                    select from pipedrive.local_edit e where e.company_id = l.company_id and e.local_id = l.local_id)
                    as has_edits
            from pipedrive.link l
            where l.company_id = \(try access.company()) and l.pipedrive_company_id = \(account)
                and l.kind = \(kind.rawValue) and l.local_id = \(local)
            order by l.state = 'live' desc limit 1
            """
        ).first
        guard let row else { return nil }
        switch try row.state("state", LinkState.self) {
        case .gone: return .stays("Its record of Pipedrive was deleted, or is not visible")
        case .merged: return .stays("Its record of Pipedrive was merged into another one")
        case .ended: return .stays("Its link was ended")
        case .live: break
        }
        if try row.bool("is_busy") { return .busy }
        let record = try row.int64("record_id")
        if record > 0 {
            return try row.bool("has_edits") ? .linked(kind, record) : .stays("Pipedrive has everything")
        }
        return try row.optionalDate("create_sent_at").map { .unclear(kind, since: $0) }
            ?? .fresh(kind, organization: nil)
    }

    private func isListed(_ kind: RecordKind, _ account: Int64) throws -> Bool {
        try connection.query(
            """
            select from pipedrive.sync_state where company_id = \(try access.company())
                and pipedrive_company_id = \(account) and \(unsafe: kind.rawValue)_listed_at is not null
            """
        ).first != nil
    }

    private func fresh(
        _ record: LocalRecords.Record, _ account: Int64, _ policy: SyncPolicy
    ) throws -> LocalStanding {
        let company = try access.company()
        let ours: SQL = "select \(record.id)::uuid as local_id"
        if try waiting(record.id, record.kind, account) != "create" {
            let fitting = try connection.query(
                """
                select distinct record_id
                from (\(fragment: LocalRecords.fitting(record.kind, company: company, account: account, ours: ours))) f
                order by record_id limit 100
                """
            ).map { try $0.int64("record_id") }
            if !fitting.isEmpty { return .fits(record.kind, fitting) }
            let shared = try connection.query(LocalRecords.sharing(record.kind, company: company, ours: ours))
            if shared.first != nil {
                try ask(record.kind, [record.id], account)
                return .stays("Several contacts share its address or number: see Needs attention")
            }
        }
        return .fresh(record.kind, organization: try missing(record.organization, account, policy))
    }

    /// The organization of a person, where it has to be made in Pipedrive first.
    private func missing(_ organization: UUID?, _ account: Int64, _ policy: SyncPolicy) throws -> UUID? {
        guard let organization, let rule = policy.rules[.organization] else { return nil }
        let row = try connection.query(
            """
            select c.created_at from books.contact c
            where c.company_id = \(try access.company()) and c.id = \(organization) and c.archived_at is null
                and not exists (
                    select from pipedrive.link l where l.company_id = c.company_id
                        and l.pipedrive_company_id = \(account) and l.kind = 'organization' and l.local_id = c.id
                        and (l.state <> 'live' or l.record_id > 0))
            """
        ).first
        return try row.flatMap { rule.createsThere(localAddedAt: try $0.date("created_at")) ? organization : nil }
    }

    /// Records of ours that can't go out, because others of ours share what they are known by.
    func ask(_ kind: RecordKind, _ locals: [UUID], _ account: Int64) throws {
        try connection.execute(
            """
            insert into pipedrive.local_attention (
                company_id, pipedrive_company_id, kind, local_id, name, reason)
            select c.company_id, \(account), \(kind.rawValue), c.id, c.name,
                'Several contacts share its address or number.'
            from \(fragment: table(kind)) c
            where c.company_id = \(try access.company()) and c.id = any (\(locals)::uuid[])
            on conflict do nothing
            """)
    }

    func account() throws -> Int64? {
        try connection.query(
            "select pipedrive_company_id from pipedrive.connection where company_id = \(try access.company())"
        ).first?.int64("pipedrive_company_id")
    }
}
