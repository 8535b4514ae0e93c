import Domain
import FoundationEssentials

extension MemoryTransaction {
    /// Only where the storage follows the rules.
    func ruled() throws -> RuledState { try tenant().ruled ?? RuledState() }

    func editRuled(_ body: (inout RuledState) throws -> Void) throws {
        try edit { tenant in
            var ruled = tenant.ruled ?? RuledState()
            tenant.ruled = nil
            try body(&ruled)
            tenant.ruled = ruled
        }
    }

    func stage(
        _ page: RecordPage, run: UUID, readAt: Date, occurredAt: [Int64: Date] = [:],
        addresses: [Int64: [String]] = [:]
    ) throws {
        try editRuled { state in
            for (number, given) in addresses where page.kind == .organization {
                let name = RuledState.RecordName(kind: .organization, id: number)
                state.lentKeys[run, default: [:]][name, default: []].formUnion(RuledState.Key.emails(given))
            }
            switch page {
            case .organizations(let records):
                state.staged[run, default: []] += records.map {
                    RuledState.Staged($0, readAt: readAt, occurredAt: occurredAt[$0.id.rawValue])
                }
            case .persons(let records):
                let rows = records.map {
                    RuledState.Staged($0, readAt: readAt, occurredAt: occurredAt[$0.id.rawValue])
                }
                state.staged[run, default: []] += rows
                for row in rows where !row.isDeleted {
                    guard let organization = row.organization else { continue }
                    let name = RuledState.RecordName(kind: .organization, id: organization)
                    state.lentKeys[run, default: [:]][name, default: []].formUnion(row.keys)
                }
            case .products(let records):
                state.staged[run, default: []] += records.map {
                    RuledState.Staged($0, readAt: readAt, occurredAt: occurredAt[$0.id.rawValue])
                }
            }
        }
    }
}

/// Contacts whose edits are noted, as the database's triggers do.
struct RuledContacts: ContactStore {
    let transaction: MemoryTransaction
    private var plain: MemoryContacts { MemoryContacts(transaction: transaction) }

    init(transaction: MemoryTransaction) { self.transaction = transaction }

    func contact(_ id: Contact.ID) throws -> Contact? { try plain.contact(id) }
    func list(search: String?, page: PageRequest) throws -> Listing<Contact> {
        try plain.list(search: search, page: page)
    }

    func insert(_ details: ContactDetails) throws -> Contact {
        let contact = try plain.insert(details)
        try transaction.queuePush(contact.id.rawValue)
        return contact
    }

    func update(_ id: Contact.ID, _ details: ContactDetails) throws -> Contact? {
        guard let before = try plain.contact(id)?.details, let after = try plain.update(id, details) else { return nil }
        let changed = Self.fields.filter { $0.value(before) != $0.value(details) }
        guard !changed.isEmpty else { return after }
        try transaction.note(edits: changed.mapValues { $0(before).isEmpty }, of: id.rawValue)
        return after
    }

    func delete(_ id: Contact.ID) throws -> Bool {
        let isGone = try plain.delete(id)
        guard isGone else { return false }
        try transaction.endLink(of: id.rawValue)
        // A contact that belonged to it belongs to none.
        for member in try transaction.tenant().contacts where member.details.organizationID == id {
            var details = member.details
            details.organizationID = nil
            _ = try update(member.id, details)
        }
        return true
    }

    private static let fields: [SyncField: @Sendable (ContactDetails) -> String] = [
        .name: { $0.name }, .organization: { $0.organizationID?.text ?? "" },
        .emails: { FieldText.list($0.emails) }, .phones: { FieldText.list($0.phones) },
        .address: { FieldText.address($0.address) },
    ]
}
