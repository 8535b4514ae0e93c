internal import Domain
import FoundationEssentials
import Postgres

extension PostgresAttention {
    func answer(_ choice: MatchChoice?, _ kind: RecordKind, _ recordID: Int64) throws -> AttentionAnswer {
        let company = try access.company()
        // Held against a takeover that is about to decide by itself.
        _ = try connection.query("select from pipedrive.connection where company_id = \(company) for no key update")
        let row = try connection.query(
            """
            select a.choice, a.candidates, a.is_merge, \(fragment: Self.canCreate) as can_create
            from pipedrive.attention a
            where a.company_id = \(company) and \(fragment: try here("a")) and a.kind = \(kind.rawValue)
                and a.record_id = \(recordID)
            for update
            """
        ).first
        guard let row else { return .settled }
        let before = try row.optionalString("choice")
        guard let choice else {
            guard before == "ignore" else { return .settled }
            return try keep(nil, nil, kind, recordID)
        }
        guard before == nil else { return .settled }
        if try row.bool("is_merge"), choice == .ignore {
            try connection.execute(
                """
                delete from pipedrive.attention a
                where a.company_id = \(company) and \(fragment: try here("a")) and a.kind = \(kind.rawValue)
                    and a.record_id = \(recordID)
                """)
            return .done
        }
        // Both contacts are there: a third one is no answer to a merge, and none to a code that another product has.
        if choice == .create, try !row.bool("can_create") { return .settled }
        switch choice {
        case .create: return try keep("create", nil, kind, recordID)
        case .ignore: return try keep("ignore", nil, kind, recordID)
        case .link(let local):
            guard try row.uuids("candidates").contains(local) else { return .gone }
            if let problem = try trouble(linking: local, kind) { return problem }
            return try keep("link", local, kind, recordID)
        }
    }

    private func keep(_ choice: String?, _ local: UUID?, _ kind: RecordKind, _ recordID: Int64) throws
        -> AttentionAnswer
    {
        try connection.execute(
            """
            update pipedrive.attention a set choice = \(choice)::text, chosen_id = \(local)::uuid
            where a.company_id = \(try access.company()) and \(fragment: try here("a")) and a.kind = \(kind.rawValue)
                and a.record_id = \(recordID)
            """)
        return .done
    }

    private func trouble(linking local: UUID, _ kind: RecordKind) throws -> AttentionAnswer? {
        let company = try access.company()
        let exists: SQL =
            kind == .product
            ? "select from books.product c where c.company_id = \(company) and c.id = \(local)"
            : """
            select from books.contact c where c.company_id = \(company) and c.id = \(local)
                and c.kind = \(kind.rawValue) and c.archived_at is null
            """
        guard try connection.query(exists).first != nil else { return .gone }
        let taken = try connection.query(
            """
            select from pipedrive.link a
            where a.company_id = \(company) and \(fragment: try here("a")) and a.kind = \(kind.rawValue)
                and a.local_id = \(local) and a.state = 'live' and a.record_id > 0
            union all
            select from pipedrive.attention a
            where a.company_id = \(company) and \(fragment: try here("a")) and a.kind = \(kind.rawValue)
                and a.chosen_id = \(local) and a.choice = 'link'
            """
        ).first
        return taken == nil ? nil : .taken
    }

    func answer(_ choice: LocalChoice, _ kind: RecordKind, ours local: UUID) throws -> AttentionAnswer {
        let company = try access.company()
        let ours: SQL = """
            a.company_id = \(company) and \(fragment: try here("a")) and a.kind = \(kind.rawValue) and a.local_id = \(local)
            """
        let waiting: SQL = choice == .reopen ? "a.choice = 'ignore'" : "a.choice is null"
        let answer: SQL =
            switch choice {
            case .retry: "delete from pipedrive.local_attention a where"
            case .create: "update pipedrive.local_attention a set choice = 'create' where"
            case .ignore: "update pipedrive.local_attention a set choice = 'ignore' where"
            case .reopen: "update pipedrive.local_attention a set choice = null where"
            }
        return try connection.execute("\(fragment: answer) \(fragment: ours) and \(fragment: waiting)") == 1
            ? .done : .settled
    }

    func settle(_ kind: RecordKind, ours local: UUID, _ field: SyncField, usesOther: Bool) throws -> AttentionAnswer {
        let company = try access.company()
        let row = try connection.query(
            """
            delete from pipedrive.conflict a
            where a.company_id = \(company) and \(fragment: try here("a")) and a.kind = \(kind.rawValue)
                and a.local_id = \(local) and a.field = \(field.rawValue)
            returning kept, lost
            """
        ).first
        guard let row else { return .settled }
        guard usesOther else { return .done }
        let direction = try PostgresSyncPolicy(connection: connection, access: access).policy()?.rules[kind]?.direction
        guard direction?.pushes ?? false else { return .heldByDirection }
        guard let now = try value(of: field, kind, local) else { return .gone }
        guard try now == row.string("kept") else { return .changed(now) }
        let value = try row.string("lost")
        if field == .code, try isCodeTaken(value, by: local) { return .codeTaken }
        try LocalFields(connection: connection, company: company).write(kind, [(local, field.rawValue, value)])
        return .done
    }

    /// What our record says now; nil when it is gone.
    private func value(of field: SyncField, _ kind: RecordKind, _ local: UUID) throws -> String? {
        let company = try access.company()
        if kind == .product {
            return try connection.query(
                """
                select \(fragment: PostgresCatalog.columns) from books.product p
                where p.company_id = \(company) and p.id = \(local)
                """
            ).first.flatMap { FieldValues(try PostgresCatalog.product($0).details)[field] }
        }
        return try connection.query(
            """
            select \(fragment: PostgresContacts.columns) from books.contact
            where company_id = \(company) and id = \(local) and archived_at is null for no key update
            """
        ).first.flatMap { row in
            let details = try PostgresContacts.contact(row).details
            return FieldValues(details, organization: details.organizationID?.text ?? "")[field]
        }
    }

    private func isCodeTaken(_ code: String, by local: UUID) throws -> Bool {
        try connection.query(
            """
            select from books.product p
            where p.company_id = \(try access.company()) and p.code = \(code) and p.id <> \(local)
            """
        ).first != nil
    }
}
