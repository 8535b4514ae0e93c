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

    /// Records of Pipedrive that could be several of ours; ours that can't go out; fields that both sides changed. What
    /// a person has decided waits no more. Those of a Pipedrive company that is not connected rest.
    private func questions() throws -> SQL {
        let company = try access.company()
        return """
            select kind, record_id, name, reason from pipedrive.attention a
            where a.company_id = \(company) and a.choice is null and \(fragment: try here("a"))
            union all
            select kind, null, name, reason || coalesce(' It says: ' || answer, '') from pipedrive.local_attention a
            where a.company_id = \(company) and a.choice is null and \(fragment: try here("a"))
            union all
            select kind, record_id, name,
                'Both sides changed its ' || replace(field, '_', ' ') || '. Kept: ' || kept || '. Not kept: ' || lost || '.'
            from pipedrive.conflict a where a.company_id = \(company) and \(fragment: try here("a"))
            """
    }

    /// Rows of the Pipedrive company that is connected, or was last.
    func here(_ name: String) throws -> SQL {
        """
        \(unsafe: name).pipedrive_company_id = (
            select c.pipedrive_company_id from pipedrive.connection c where c.company_id = \(try access.company()))
        """
    }

    // MARK: What waits

    func list(passing: [AttentionSort: Int], limit: Int) throws -> AttentionList {
        var list = AttentionList()
        // One more says whether there is another page.
        func page(_ sort: AttentionSort) -> (limit: Int, offset: Int) { (limit + 1, max(0, passing[sort] ?? 0)) }
        func cut<Question>(_ questions: [Question], _ sort: AttentionSort) -> [Question] {
            if questions.count > limit { list.further.insert(sort) }
            return Array(questions.prefix(limit))
        }
        list.matches = cut(try matches(page(.matches)), .matches)
        list.ours = cut(try ours(page(.ours)), .ours)
        list.conflicts = cut(try conflicts(page(.conflicts)), .conflicts)
        return list
    }

    // A page is found by its keys in an index first: what comes before it is passed over there.

    private func matches(_ page: (limit: Int, offset: Int)) throws -> [AttentionMatch] {
        let rows = try connection.query(
            """
            select a.kind, a.record_id, a.name, a.reason, a.is_merge, coalesce(a.choice, '') as choice,
                a.remote_values, a.candidates, \(fragment: Self.canCreate) as can_create,
                array(
                    select k.rule || ' ' || k.key from pipedrive.remote_key k
                    where k.company_id = a.company_id and k.pipedrive_company_id = a.pipedrive_company_id
                        and k.kind = a.kind and k.record_id = a.record_id
                    order by 1) as keys
            from (
                select a.company_id, a.pipedrive_company_id, a.kind, a.record_id from pipedrive.attention a
                where a.company_id = \(try access.company()) and \(fragment: try here("a"))
                order by a.choice is not null, a.kind, a.record_id limit \(page.limit) offset \(page.offset)) place
            join pipedrive.attention a using (company_id, pipedrive_company_id, kind, record_id)
            order by a.choice is not null, a.kind, a.record_id
            """)
        let known = try candidates(Set(try rows.flatMap { try $0.uuids("candidates") }))
        let organizations = try organizationNames(try rows.map { FieldValues(pairs: try $0.strings("remote_values")) })
        return try rows.map { row in
            var values = FieldValues(pairs: try row.strings("remote_values"))
            values[.organization] = values[.organization].map { organizations[$0] ?? "" }
            let choice = try row.string("choice")
            return AttentionMatch(
                kind: try row.state("kind"), recordID: try row.int64("record_id"), name: try row.string("name"),
                reason: try row.string("reason"), isMerge: try row.bool("is_merge"),
                canCreate: try row.bool("can_create"), isIgnored: choice == "ignore",
                isDecided: ["link", "create"].contains(choice), values: values, keys: try row.strings("keys"),
                candidates: try row.uuids("candidates").compactMap { known[$0] })
        }
    }

    /// Whether the record of the question `a` can be made anew.
    static let canCreate = SQL(
        unsafe: """
            (not a.is_merge and not exists (
                select from pipedrive.link l where l.company_id = a.company_id
                    and l.pipedrive_company_id = a.pipedrive_company_id and l.kind = a.kind
                    and l.record_id = a.record_id and l.state = 'live'))
            """)

    /// Names of our organizations by Pipedrive's numbers.
    private func organizationNames(_ values: [FieldValues]) throws -> [String: String] {
        let numbers = Set(values.compactMap { $0[.organization] }.compactMap { Int64($0) })
        guard !numbers.isEmpty else { return [:] }
        let names = try connection.query(
            """
            select l.record_id, c.name from pipedrive.link l
            join books.contact c on c.company_id = l.company_id and c.id = l.local_id
            where l.company_id = \(try access.company()) and \(fragment: try here("l")) and l.kind = 'organization'
                and l.record_id = any (\(Array(numbers))::bigint[])
            """
        ).map { (String(try $0.int64("record_id")), try $0.string("name")) }
        return Dictionary(names) { first, _ in first }
    }

    private func candidates(_ ids: Set<UUID>) throws -> [UUID: AttentionCandidate] {
        guard !ids.isEmpty else { return [:] }
        let company = try access.company()
        let linked = try connection.query(
            """
            select l.local_id, l.record_id from pipedrive.link l
            where l.company_id = \(company) and \(fragment: try here("l")) and l.state = 'live' and l.record_id > 0
                and l.local_id = any (\(Array(ids))::uuid[])
            """
        ).map { (try $0.uuid("local_id"), try $0.int64("record_id")) }
        let records = Dictionary(linked) { first, _ in first }
        var found: [UUID: AttentionCandidate] = [:]
        for row in try connection.query(
            """
            select o.name as organization_name, ours.* from (
                select \(fragment: PostgresContacts.columns) from books.contact
                where company_id = \(company) and id = any (\(Array(ids))::uuid[])) ours
            left join books.contact o on o.company_id = \(company) and o.id = ours.organization_id
            """)
        {
            let contact = try PostgresContacts.contact(row)
            let organization = try row.optionalString("organization_name") ?? ""
            let id = contact.id.rawValue
            found[id] = AttentionCandidate(
                localID: id, name: contact.details.name,
                values: FieldValues(contact.details, organization: organization), linkedTo: records[id])
        }
        for row in try connection.query(
            """
            select \(fragment: PostgresCatalog.columns) from books.product p
            where p.company_id = \(company) and p.id = any (\(Array(ids))::uuid[])
            """)
        {
            let product = try PostgresCatalog.product(row)
            let id = product.id.rawValue
            found[id] = AttentionCandidate(
                localID: id, name: product.details.name, values: FieldValues(product.details), linkedTo: records[id])
        }
        return found
    }

    private func ours(_ page: (limit: Int, offset: Int)) throws -> [AttentionLocal] {
        try connection.query(
            """
            select a.kind, a.local_id, a.name, a.reason, a.answer, coalesce(a.choice, '') as choice
            from (
                select a.company_id, a.pipedrive_company_id, a.kind, a.local_id from pipedrive.local_attention a
                where a.company_id = \(try access.company()) and \(fragment: try here("a"))
                order by a.choice is not null, a.kind, a.local_id limit \(page.limit) offset \(page.offset)) place
            join pipedrive.local_attention a using (company_id, pipedrive_company_id, kind, local_id)
            order by a.choice is not null, a.kind, a.local_id
            """
        ).map { row in
            let choice = try row.string("choice")
            return AttentionLocal(
                kind: try row.state("kind"), localID: try row.uuid("local_id"), name: try row.string("name"),
                reason: try row.string("reason"), answer: try row.optionalString("answer"),
                isIgnored: choice == "ignore", isDecided: choice == "create")
        }
    }

    private func conflicts(_ page: (limit: Int, offset: Int)) throws -> [AttentionConflict] {
        let company = try access.company()
        return try connection.query(
            """
            select a.kind, a.local_id, a.record_id, a.name, a.field, a.is_remote_kept, a.noticed_at,
                case when a.field = 'organization' then coalesce((
                    select c.name from books.contact c where c.company_id = a.company_id and c.id::text = a.kept), '')
                    else a.kept end as kept,
                case when a.field = 'organization' then coalesce((
                    select c.name from books.contact c where c.company_id = a.company_id and c.id::text = a.lost), '')
                    else a.lost end as lost
            from (
                select a.company_id, a.pipedrive_company_id, a.kind, a.local_id, a.field from pipedrive.conflict a
                where a.company_id = \(company) and \(fragment: try here("a"))
                order by a.noticed_at desc, a.local_id, a.field limit \(page.limit) offset \(page.offset)) place
            join pipedrive.conflict a using (company_id, pipedrive_company_id, kind, local_id, field)
            order by a.noticed_at desc, a.local_id, a.field
            """
        ).map {
            AttentionConflict(
                kind: try $0.state("kind"), localID: try $0.uuid("local_id"), recordID: try $0.int64("record_id"),
                name: try $0.string("name"), field: try $0.state("field"), kept: try $0.string("kept"),
                lost: try $0.string("lost"), isRemoteKept: try $0.bool("is_remote_kept"),
                noticedAt: try $0.date("noticed_at"))
        }
    }
}
