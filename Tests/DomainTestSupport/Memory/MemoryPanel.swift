public import Domain
public import FoundationEssentials

extension MemoryStorage: PanelStore {
    /// The tenant's `panelRecords`, whatever was asked, once company and grant were found.
    public func panelView(
        _ subject: PanelSubject, company: PipedriveCompany.ID, user: PipedriveUser.ID, now: Date?
    ) throws -> PanelView {
        read { state in
            guard let id = state.claims[company], let tenant = state.tenants[id],
                tenant.connection?.state == .live
            else { return .disconnected }
            guard tenant.grants.contains(where: { $0.userID == user && $0.state == .live }) else { return .notGranted }
            return .records(id, tenant.panelRecords)
        }
    }
}

/// Snapshots of the memory's tenant, and the functions that only the database has.
struct MemorySnapshots: SnapshotStore, FigureStore {
    let transaction: MemoryTransaction

    func keep(_ deal: DealGlance) throws {
        try transaction.integration()
        try transaction.edit { $0.dealGlances[deal.id] = deal }
    }

    func keep(_ page: RecordPage) throws {
        try transaction.integration()
        try transaction.edit { tenant in
            switch page {
            case .persons(let persons):
                for person in persons {
                    tenant.recordDetails["person:\(person.id)"] = ContactDetails(
                        kind: .person, name: person.name, emails: person.emails, phones: person.phones)
                }
            case .organizations(let organizations):
                for organization in organizations {
                    tenant.recordDetails["organization:\(organization.id)"] = ContactDetails(
                        kind: .organization, name: organization.name, address: organization.address)
                }
            case .products: break
            }
        }
    }

    func deal(_ id: Deal.ID) throws -> DealGlance? { try transaction.tenant().dealGlances[id] }

    func details(_ kind: RecordKind, _ id: Int64) throws -> ContactDetails? {
        try transaction.tenant().recordDetails["\(kind.rawValue):\(id)"]
    }

    func link(_ kind: RecordKind, _ id: Int64, to contact: Contact.ID) throws -> Bool {
        try transaction.integration()
        return try transaction.edit { tenant in
            let linked = tenant.links[kind] ?? [:]
            guard linked[id] == nil, !linked.values.contains(contact) else { return false }
            tenant.links[kind, default: [:]][id] = contact
            return true
        }
    }

    func forget(now: Date?) throws -> Int { 0 }
    func differing() throws -> Int { 0 }
    func rebuild() throws -> Int { 0 }
    func foldPast() throws -> Int { 0 }
}
