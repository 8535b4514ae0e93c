internal import Domain
import FoundationEssentials
import Postgres

/// The pairs of a batch in which something changed, and what `PairDecision` says about each.
struct LinkedPairs {
    let batch: StagedBatch
    /// Pairs that were linked in this step, and only those; in a preview they are in no table. Empty: those that were
    /// linked before.
    let fresh: [(record: Int64, local: UUID)]

    /// A pair with its decision.
    struct Plan {
        let recordID: Int64
        let localID: UUID
        let name: String
        let decision: PairDecision
        let previousBase: FieldValues?
        /// When each edit that the decision saw was made.
        let editTimes: [SyncField: Date]
        /// Pipedrive's number of our organization.
        let localOrganizationRecord: Int64?
        /// Whether somebody is writing it, or has written it since it was read: it is read again.
        let isBusy: Bool
        let isFresh: Bool
        /// Whether its code can't come in.
        let isBlocked: Bool
        /// Whether a write to Pipedrive was sent earlier whose answer nobody heard.
        let wasSent: Bool

        /// What has to be written to Pipedrive.
        func change(_ kind: RecordKind) -> RemoteChange {
            var values = FieldValues()
            for (field, change) in decision.pushed {
                values[field] =
                    field == .organization && !change.after.isEmpty
                    ? localOrganizationRecord.map(String.init) : change.after
            }
            return RemoteChange(
                recordID: recordID, localID: localID, write: RecordWrite(kind, values), changes: decision.pushed,
                edits: editTimes.filter { decision.pushed[$0.key] != nil })
        }
    }

    func plans() throws -> [Plan] {
        if batch.writes { try lockOurs() }
        let freshRecords = Set(fresh.map(\.record))
        return try rows().map { row in
            let record = try row.int64("record_id")
            let editedFields = try row.strings("edit_fields").compactMap(SyncField.init(rawValue:))
            let times = zip(editedFields, try row.dates("edit_times"))
            let editTimes = Dictionary(times) { first, _ in first }
            let empty = zip(editedFields, try row.strings("edit_empties"))
            let wasEmpty = Dictionary(empty.map { ($0, $1 == "true") }) { first, _ in first }
            let base = try row.optionalStrings("remote_base").map(FieldValues.init(pairs:))
            let sent = try row.optionalStrings("sent_values").map(FieldValues.init(pairs:))
            let localOrganization = try row.optionalInt64("local_organization_record")
            let remote = RemoteSide(
                values: FieldValues(pairs: try row.strings("remote_values")),
                organization: try Self.organization(row), addedAt: try row.optionalDate("added_at"),
                changedAt: try row.optionalDate("changed_at"))
            let (values, addedAt, changedAt, name) = try local(row, localOrganization)
            let isBlocked = try row.bool("is_blocked")
            let local = LocalSide(
                values: values, addedAt: addedAt, changedAt: changedAt,
                edits: editTimes.reduce(into: [:]) { edits, edit in
                    edits[edit.key] = LocalEdit(at: edit.value, wasEmpty: wasEmpty[edit.key] ?? false)
                })
            return Plan(
                recordID: record, localID: try row.uuid("local_id"), name: name,
                decision: PairDecision(
                    batch.kind, remote: remote, local: local, base: base, sent: sent, rule: batch.rule,
                    blocked: isBlocked ? [.code] : []),
                previousBase: base, editTimes: editTimes, localOrganizationRecord: localOrganization,
                isBusy: try row.bool("is_busy"), isFresh: freshRecords.contains(record), isBlocked: isBlocked,
                wasSent: sent != nil)
        }
    }

    /// The empty text without an organization, nil where the record's organization is none of ours.
    private static func organization(_ row: PostgresRow) throws -> String? {
        guard try row.optionalInt64("organization_record_id") != nil else { return "" }
        return try row.optionalUUID("remote_organization").map { $0.uuidString.lowercased() }
    }

    private func local(_ row: PostgresRow, _ organizationRecord: Int64?) throws -> (FieldValues, Date, Date, String) {
        if batch.kind == .product {
            let product = try PostgresCatalog.product(row)
            return (FieldValues(product.details), product.createdAt, product.updatedAt, product.details.name)
        }
        let contact = try PostgresContacts.contact(row)
        let organization = contact.details.organizationID.map { organizationRecord == nil ? nil : $0.text } ?? ""
        return (
            FieldValues(contact.details, organization: organization), contact.createdAt, contact.updatedAt,
            contact.details.name
        )
    }

    /// Who edits one of ours at this moment is waited for, and seen by the next statement.
    private func lockOurs() throws {
        _ = try batch.connection.query(
            """
            select from \(fragment: batch.table) ours
            where ours.company_id = \(batch.company) and ours.id = any (array(
                select l.local_id from pipedrive.staged_record s \(fragment: batch.link)
                where \(fragment: batch.window) and l.state = 'live' and \(fragment: Self.isChanged)
                    and \(fragment: isMeant)))
            order by ours.id for no key update
            """)
    }

    /// Whether either side of the link `l` changed since it was last synced with what is staged as `s`.
    private static let isChanged = SQL(
        unsafe: """
            (l.remote_base is distinct from s.remote_values or exists (
                select from pipedrive.local_edit e where e.company_id = l.company_id and e.local_id = l.local_id))
            """)

    private var isMeant: SQL {
        fresh.isEmpty ? "true" : "l.record_id = any (\(fresh.map(\.record))::bigint[])"
    }

    private var pairs: SQL {
        if !batch.writes, !fresh.isEmpty {
            return """
                select f.record_id, f.local_id, null::text[] as remote_base, null::text[] as sent_values,
                    false as is_busy
                from unnest(\(fresh.map(\.record))::bigint[], \(fresh.map(\.local))::uuid[]) f (record_id, local_id)
                """
        }
        return """
            select l.record_id, l.local_id, l.remote_base, l.sent_values,
                coalesce(l.push_until > clock_timestamp(), false)
                    or (l.remote_base is not null and l.synced_at >= s.read_at) as is_busy
            from pipedrive.staged_record s \(fragment: batch.link)
            where \(fragment: batch.window) and not s.is_deleted and l.state = 'live'
                and \(fragment: Self.isChanged) and \(fragment: isMeant)
            """
    }

    private func rows() throws -> PostgresRows {
        let company = batch.company
        let columns = batch.kind == .product ? PostgresCatalog.columns : PostgresContacts.columns
        let source: SQL =
            batch.kind == .product
            ? "books.product p where p.company_id = \(company) and p.id = pair.local_id"
            : "books.contact where company_id = \(company) and id = pair.local_id"
        return try batch.connection.query(
            """
            with pair as materialized (\(fragment: pairs))
            select s.record_id, s.remote_values, s.organization_record_id, s.added_at, s.changed_at,
                pair.local_id, pair.remote_base, pair.sent_values, pair.is_busy, ro.local_id as remote_organization,
                lo.record_id as local_organization_record, \(fragment: blocked) as is_blocked,
                array(select e.field from pipedrive.local_edit e
                    where e.company_id = \(company) and e.local_id = pair.local_id order by e.field) as edit_fields,
                array(select e.edited_at from pipedrive.local_edit e
                    where e.company_id = \(company) and e.local_id = pair.local_id order by e.field) as edit_times,
                array(select e.was_empty::text from pipedrive.local_edit e
                    where e.company_id = \(company) and e.local_id = pair.local_id order by e.field) as edit_empties,
                ours.*
            from pair \(fragment: batch.staged("pair.record_id"))
            cross join lateral (select \(fragment: columns) from \(fragment: source)) ours
            left join lateral (
                select o.local_id, o.state from pipedrive.link o where o.company_id = \(company)
                    and o.pipedrive_company_id = \(batch.account) and o.kind = 'organization'
                    and o.record_id = s.organization_record_id offset 0) ro on ro.state = 'live'
            left join lateral (
                select o.record_id from pipedrive.link o where o.company_id = \(company)
                    and o.pipedrive_company_id = \(batch.account) and o.kind = 'organization'
                    and o.local_id = \(unsafe: batch.kind == .product ? "null" : "ours.organization_id")
                    and o.state = 'live' and o.record_id > 0 offset 0) lo on true
            order by s.record_id
            """)
    }

    /// Pipedrive lets products share a code, and ours is unique: none comes in that another one has, or is about to.
    private var blocked: SQL {
        guard batch.kind == .product else { return "false" }
        return """
            (s.code is not null and s.code is distinct from ours.code and (
                exists (
                    select from books.product other
                    where other.company_id = \(batch.company) and other.code = s.code and other.id <> pair.local_id)
                or exists (
                    select from pipedrive.staged_record twin
                    where twin.company_id = s.company_id and twin.run_id = s.run_id and twin.kind = s.kind
                        and twin.code = s.code and twin.record_id <> s.record_id and not twin.is_deleted)))
            """
    }
}
