public import Domain

/// Looks at a record that the panel stood beside and nothing was known of: whose deal it is, and what fills in the form
/// of a new customer. Takes nothing over: a look makes no contact.
public struct RecordLook: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let deals: any DealGlancing
    private let tokens: AccessTokens

    /// Wires the use case.
    public init(storage: any Storage, crm: any CRM, deals: any DealGlancing, tokens: AccessTokens) {
        self.storage = storage
        self.crm = crm
        self.deals = deals
        self.tokens = tokens
    }

    private static let prefix = "look:"

    /// What the message about a look is about: `look:deal:7`.
    static func subject(_ resource: PanelSubject.Resource, _ id: Int64) -> String {
        "\(prefix)\(resource.rawValue):\(id)"
    }

    /// Whether a message about a record asks for a look only.
    static func covers(_ subject: String) -> Bool { subject.hasPrefix(prefix) }

    /// Looks at the record named `look:deal:7`; at a deal's person and organization too, where no contact is linked.
    func look(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        let parts = subject.split(separator: ":")
        guard parts.count == 3, let resource = PanelSubject.Resource(rawValue: String(parts[1])),
            let id = Int64(parts[2])
        else { return .discarded(reason: "The message names no record") }
        switch resource {
        case .person: return try await look(.person, id, company)
        case .organization: return try await look(.organization, id, company)
        case .deal: return try await look(Deal.ID(id), company)
        }
    }

    private func look(_ deal: Deal.ID, _ company: Company.ID) async throws -> DeliveryResult {
        let deals = self.deals
        let seen = try await tokens.calling(company) { try await deals.glance(deal, access: $0) }
        guard let seen else { return .completed(note: "The deal is not there, or not visible") }
        try storage.transaction(.cron(company)) { try $0.snapshots.keep(seen) }
        // What a form would be filled in from: the organization where the deal has one, else the person.
        if let organization = seen.organizationID {
            return try await lookIfUnlinked(.organization, organization.rawValue, company)
        }
        if let person = seen.personID { return try await lookIfUnlinked(.person, person.rawValue, company) }
        return .completed(note: "The deal has neither a person nor an organization")
    }

    private func lookIfUnlinked(_ kind: RecordKind, _ id: Int64, _ company: Company.ID) async throws -> DeliveryResult {
        if try storage.transaction(.cron(company), { try $0.sync.contact(kind, recordID: id) }) != nil {
            return .completed(note: "Seen; its customer is linked")
        }
        return try await look(kind, id, company)
    }

    private func look(_ kind: RecordKind, _ id: Int64, _ company: Company.ID) async throws -> DeliveryResult {
        let crm = self.crm
        let page = try await tokens.calling(company) { try await crm.record(kind, id: id, access: $0) }
        guard page.count > 0 else { return .completed(note: "The record is not there, or not visible") }
        try storage.transaction(.cron(company)) { try $0.snapshots.keep(page) }
        return .completed(note: "Seen")
    }
}
