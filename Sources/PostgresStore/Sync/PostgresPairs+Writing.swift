internal import Domain
import FoundationEssentials
import Postgres

extension PostgresPairs {
    func reserve(_ kind: RecordKind, locals: [UUID]) throws -> [RemoteCreation] {
        let company = try access.company()
        // Held against a takeover that is about to link one of them.
        let row = try connection.query(
            "select pipedrive_company_id from pipedrive.connection where company_id = \(company) for no key update"
        ).first
        guard let account = try row?.int64("pipedrive_company_id"), !locals.isEmpty else { return [] }
        try connection.execute(
            """
            insert into pipedrive.link (company_id, pipedrive_company_id, kind, record_id, local_id)
            select \(company)::uuid, \(account)::bigint, \(kind.rawValue)::text,
                -nextval('pipedrive.link_placeholder'), x.id
            from unnest(\(locals)::uuid[]) x (id)
            where exists (
                    select from \(fragment: table(kind)) ours where ours.company_id = \(company) and ours.id = x.id)
                and not exists (
                select from pipedrive.link l where l.company_id = \(company) and l.pipedrive_company_id = \(account)
                    and l.kind = \(kind.rawValue) and l.local_id = x.id)
            on conflict do nothing
            """)
        let ours = try connection.query(
            """
            update pipedrive.link l set push_until = clock_timestamp() + \(unsafe: RemoteLease.interval),
                create_sent_at = clock_timestamp()
            where l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)
                and l.local_id = any (\(locals)::uuid[]) and l.record_id < 0 and l.state = 'live'
                and (l.push_until is null or l.push_until <= clock_timestamp())
            returning l.record_id, l.local_id
            """)
        let placeholders = Dictionary(
            try ours.map { (try $0.uuid("local_id"), try $0.int64("record_id")) }
        ) { first, _ in first }
        let records = LocalRecords(connection: connection, company: company, account: account)
        let edits = try records.edits(Array(placeholders.keys))
        let creations = try records.records(kind, Array(placeholders.keys)).compactMap { record in
            placeholders[record.id].map {
                RemoteCreation(
                    placeholder: $0, localID: record.id, write: RecordWrite(kind, record.values),
                    edits: edits[record.id] ?? [:])
            }
        }
        try connection.execute(
            """
            update pipedrive.link l set create_values = x.sent::text[]
            from unnest(
                \(creations.map(\.placeholder))::bigint[],
                \(creations.map { BatchWriting.array($0.write.values.pairs) })::text[]) x (record_id, sent)
            where l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)
                and l.record_id = x.record_id
            """)
        return creations
    }

    func settle(_ change: RemoteChange, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws {
        guard let settling = try settling(change.write.kind, run) else { return }
        switch outcome {
        case .done(let page):
            try settling.keep(change, as: settling.values(of: page, change.recordID))
            try settling.log(
                "updated_there", record: change.recordID, local: change.localID,
                changes: BatchWriting.triples(change.changes))
            if let run {
                try connection.add(
                    SyncRun.Counts(updatedThere: 1), of: change.write.kind, to: run, company: settling.company)
            }
            try settling.release(change.recordID, isUnclear: false)
        case .refused(let words):
            try settling.refuse(change.localID, record: change.recordID, words)
            try settling.release(change.recordID, isUnclear: false)
        case .failed(let isUnclear): try settling.release(change.recordID, isUnclear: isUnclear)
        }
    }

    func settle(_ creation: RemoteCreation, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws {
        guard let settling = try settling(creation.write.kind, run) else { return }
        switch outcome {
        case .done(let page):
            guard let id = page.ids.first else { return }
            try settling.keep(creation, record: id, values: settling.values(of: page, id), of: page)
            try settling.log(
                "created_there", record: id, local: creation.localID,
                changes: SyncField.of(creation.write.kind).flatMap { field in
                    creation.write.values[field].map { [field.rawValue, "", $0] } ?? []
                })
            if let run {
                try connection.add(
                    SyncRun.Counts(createdThere: 1), of: creation.write.kind, to: run, company: settling.company)
            }
        case .refused(let words):
            try settling.refuse(creation.localID, record: nil, words)
            try settling.release(creation.placeholder, isUnclear: false)
        case .failed(let isUnclear): try settling.release(creation.placeholder, isUnclear: isUnclear)
        }
    }

    func table(_ kind: RecordKind) -> SQL { SQL(unsafe: kind == .product ? "books.product" : "books.contact") }

    private func settling(_ kind: RecordKind, _ run: SyncRun.ID?) throws -> RemoteSettling? {
        let company = try access.company()
        let row = try connection.query(
            "select pipedrive_company_id from pipedrive.connection where company_id = \(company) for no key update"
        ).first
        return try row.map {
            RemoteSettling(
                connection: connection, company: company, account: try $0.int64("pipedrive_company_id"), kind: kind,
                run: run?.rawValue)
        }
    }
}

/// Keeps how writes to Pipedrive ended.
struct RemoteSettling {
    let connection: PostgresConnection
    let company: Company.ID
    let account: Int64
    let kind: RecordKind
    let run: UUID?

    private var link: SQL {
        "l.company_id = \(company) and l.pipedrive_company_id = \(account) and l.kind = \(kind.rawValue)"
    }

    func values(of page: RecordPage, _ id: Int64) -> FieldValues {
        let values: FieldValues? =
            switch page {
            case .organizations(let records): records.first { $0.id.rawValue == id }.map { FieldValues($0) }
            case .persons(let records): records.first { $0.id.rawValue == id }.map { FieldValues($0) }
            case .products(let records): records.first { $0.id.rawValue == id }.map { FieldValues($0) }
            }
        return values ?? FieldValues()
    }

    /// What was written counts as synced, in the words that Pipedrive made of it. Other fields keep what they had: if
    /// somebody changed them there meanwhile, they are still to come in.
    func keep(_ change: RemoteChange, as answer: FieldValues) throws {
        let row = try connection.query(
            "select remote_base from pipedrive.link l where \(fragment: link) and l.record_id = \(change.recordID)"
        ).first
        var base = try row?.optionalStrings("remote_base").map(FieldValues.init(pairs:)) ?? FieldValues()
        for field in change.changes.keys { base[field] = answer[field] ?? base[field] }
        try connection.execute(
            """
            update pipedrive.link l set remote_base = \(base.pairs), synced_at = clock_timestamp(),
                updated_at = clock_timestamp()
            where \(fragment: link) and l.record_id = \(change.recordID)
            """)
        try forget(change.edits, of: change.localID)
        try forgive(change.localID)
    }

    /// The placeholder becomes Pipedrive's number. Somebody may have linked the record meanwhile: then ours rests, and a
    /// person looks.
    func keep(_ creation: RemoteCreation, record: Int64, values: FieldValues, of page: RecordPage) throws {
        var base = values
        // An organization that Pipedrive did not know then is still to travel.
        if kind == .person, creation.write.values[.organization] == nil { base[.organization] = nil }
        let taken = try connection.query(
            "select l.local_id from pipedrive.link l where \(fragment: link) and l.record_id = \(record)"
        ).first
        if let taken {
            guard try taken.uuid("local_id") != creation.localID else { return }
            try connection.execute(
                """
                update pipedrive.link l set state = 'ended', push_until = null
                where \(fragment: link) and l.record_id = \(creation.placeholder)
                """)
            try refuse(
                creation.localID, record: record, "The record that was made for it is linked to another one of yours.")
            return
        }
        try connection.execute(
            """
            update pipedrive.link l set record_id = \(record), remote_base = \(base.pairs), push_until = null,
                create_sent_at = null, create_values = null, remote_added_at = \(Self.addedAt(page)),
                synced_at = clock_timestamp(),
                updated_at = clock_timestamp()
            where \(fragment: link) and l.record_id = \(creation.placeholder)
            """)
        try connection.execute(
            """
            delete from pipedrive.remote_key k
            where k.company_id = \(company) and k.pipedrive_company_id = \(account) and k.kind = \(kind.rawValue)
                and k.record_id = \(record)
            """)
        try forget(creation.edits, of: creation.localID)
        try forgive(creation.localID)
    }

    private static func addedAt(_ page: RecordPage) -> Date? {
        switch page {
        case .organizations(let records): records.first?.addedAt
        case .persons(let records): records.first?.addedAt
        case .products(let records): records.first?.addedAt
        }
    }

    private func forget(_ edits: [SyncField: Date], of local: UUID) throws {
        guard !edits.isEmpty else { return }
        try connection.execute(
            """
            delete from pipedrive.local_edit e
            using unnest(\(edits.map(\.key.rawValue))::text[], \(edits.map(\.value))::timestamptz[])
                x (field, edited_at)
            where e.company_id = \(company) and e.local_id = \(local) and e.field = x.field
                and e.edited_at = x.edited_at
            """)
    }

    /// It went out: nothing waits for a person any more.
    private func forgive(_ local: UUID) throws {
        try connection.execute(
            """
            delete from pipedrive.local_attention a
            where a.company_id = \(company) and a.pipedrive_company_id = \(account) and a.kind = \(kind.rawValue)
                and a.local_id = \(local)
            """)
    }

    /// Lets the lease go; an unclear creation is looked for before the next, and what an unclear change sent is known
    /// when it is read.
    func release(_ record: Int64, isUnclear: Bool) throws {
        try connection.execute(
            """
            update pipedrive.link l set push_until = null,
                create_sent_at = case when \(isUnclear)::boolean then l.create_sent_at end,
                sent_values = case when \(isUnclear)::boolean then l.sent_values end
            where \(fragment: link) and l.record_id = \(record)
            """)
    }

    /// Pipedrive said no, with its words: a person has to see to it.
    func refuse(_ local: UUID, record: Int64?, _ words: String) throws {
        let table: SQL = kind == .product ? "books.product" : "books.contact"
        try connection.execute(
            """
            insert into pipedrive.local_attention as a (
                company_id, pipedrive_company_id, kind, local_id, name, reason, answer)
            select \(company)::uuid, \(account)::bigint, \(kind.rawValue)::text, c.id, c.name,
                'Pipedrive refused it.', \(words)
            from \(fragment: table) c where c.company_id = \(company) and c.id = \(local)
            on conflict (company_id, pipedrive_company_id, kind, local_id) do update set
                reason = excluded.reason, answer = excluded.answer, choice = null, noticed_at = clock_timestamp()
            """)
        try log("refused", record: record, local: local, changes: ["reason", "", words])
    }

    func log(_ action: String, record: Int64?, local: UUID, changes: [String]) throws {
        let table: SQL = kind == .product ? "books.product" : "books.contact"
        try connection.execute(
            """
            insert into pipedrive.sync_change (company_id, run_id, kind, record_id, local_id, action, name, changes)
            select \(company)::uuid, \(run)::uuid, \(kind.rawValue)::text, \(record)::bigint, \(local)::uuid,
                \(action)::text, coalesce((
                    select c.name from \(fragment: table) c where c.company_id = \(company) and c.id = \(local)), ''),
                \(changes)
            """)
    }
}
