public import Domain

/// Takes one changed record over, as a run would.
public struct RecordTakeover: Sendable {
    private let storage: any Storage
    private let crm: any CRM
    private let tokens: AccessTokens

    /// Wires the use case.
    public init(storage: any Storage, crm: any CRM, tokens: AccessTokens) {
        self.storage = storage
        self.crm = crm
        self.tokens = tokens
    }

    /// Fetches the record named `person:12` and takes it over.
    public func takeOver(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        let parts = subject.split(separator: ":")
        guard parts.count == 2, let kind = RecordKind(rawValue: String(parts[0])), let id = Int64(parts[1]) else {
            return .discarded(reason: "The message names no record")
        }
        let crm = self.crm
        let page = try await tokens.calling(company) { try await crm.record(kind, id: id, access: $0) }
        guard page.count > 0 else { return .completed(note: "The record is not there, or not visible") }
        let counts = try storage.transaction(.cron(company)) { transaction in
            let settings = try transaction.settings.settings()
            return settings.directions[kind]?.pulls ?? true ? try transaction.sync.takeOver(page) : nil
        }
        guard let counts else { return .completed(note: "This kind is not pulled") }
        return .completed(note: "created \(counts.created), linked \(counts.linked), updated \(counts.updated)")
    }
}
