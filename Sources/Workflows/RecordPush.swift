public import Domain
import FoundationEssentials

/// Brings a new or changed record of ours to Pipedrive, by the same decisions as a run.
public struct RecordPush: Sendable {
    private let storage: any Storage
    private let takeover: RecordTakeover
    private let lookup: CreationLookup

    /// Wires the use case.
    public init(storage: any Storage, crm: any CRMRecords, tokens: AccessTokens) {
        self.storage = storage
        takeover = RecordTakeover(storage: storage, crm: crm, tokens: tokens)
        lookup = CreationLookup(storage: storage, crm: crm, tokens: tokens, takeover: takeover)
    }

    /// Seconds between looks at a list that is being read for the first time.
    private static let unreadSeconds = 3

    /// Brings the record whose id the message names.
    public func push(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        guard let local = UUID(uuidString: subject) else {
            return .discarded(reason: "The message names no record")
        }
        guard try !isHeld(company) else { return .completed(note: "The first run brings it") }
        guard let standing = try standing(local, company) else {
            return .completed(note: "It is not there any more")
        }
        switch standing {
        case .stays(let reason): return .completed(note: reason)
        case .busy: return Self.busy
        case .unread: return try waitForList(company)
        case .linked(let kind, let record): return try await bring(kind, [record], company)
        case .fits(let kind, let records): return try await settle(local, kind, records, company)
        case .fresh(let kind, let organization): return try await make(local, kind, organization, company)
        case .unclear(let kind, let since): return try await look(local, kind, since, company)
        }
    }

    private static let busy = DeliveryResult.snoozed(
        seconds: RecordTakeover.busySeconds, reason: "It is being written at this moment")

    /// Before a first run was applied nothing is written: that run looks at every record of ours.
    private func isHeld(_ company: Company.ID) throws -> Bool {
        try storage.transaction(.cron(company)) { transaction in
            try transaction.syncPolicy.policy().map { !$0.isApplied } ?? false
        }
    }

    private func standing(_ local: UUID, _ company: Company.ID) throws -> LocalStanding? {
        try storage.transaction(.cron(company)) { try $0.pairs.standing(local) }
    }

    /// Before Pipedrive's list was read once, nobody knows whether the record is there already. A preview reads it.
    private func waitForList(_ company: Company.ID) throws -> DeliveryResult {
        _ = try storage.transaction(.cron(company)) { try $0.sync.start(.retry, mode: .preview) }
        return .snoozed(seconds: Self.unreadSeconds, reason: "Pipedrive's list is read first")
    }

    private func bring(_ kind: RecordKind, _ records: [Int64], _ company: Company.ID) async throws -> DeliveryResult {
        let brought = try await takeover.bring(kind, records, company: company)
        try brought.tally.orThrow()
        return brought.busy.isEmpty ? .completed(note: brought.note) : Self.busy
    }

    /// Records of Pipedrive that fit decide: each is linked, or left to a person.
    private func settle(
        _ local: UUID, _ kind: RecordKind, _ records: [Int64], _ company: Company.ID
    ) async throws -> DeliveryResult {
        let result = try await bring(kind, records, company)
        guard case .completed = result else { return result }
        switch try standing(local, company) {
        case .fits: return .completed(note: "It could be several records of Pipedrive: see Needs attention")
        case .fresh(let kind, let organization): return try await make(local, kind, organization, company)
        default: return result
        }
    }

    private func make(
        _ local: UUID, _ kind: RecordKind, _ organization: UUID?, _ company: Company.ID
    ) async throws -> DeliveryResult {
        if let organization {
            let result = try await push(organization.uuidString, company: company)
            guard case .completed = result else { return result }
        }
        let (policy, creations) = try storage.transaction(.cron(company)) {
            (try $0.syncPolicy.policy(), try $0.pairs.reserve(kind, locals: [local]))
        }
        guard let policy else { throw ConnectionEnded() }
        guard !creations.isEmpty else { return Self.busy }
        let tally = try await takeover.writing.create(
            creations, RemoteWriting.Order(company: company, run: nil, policy: policy))
        try tally.orThrow()
        return .completed(note: "Made in Pipedrive, or refused by it")
    }

    /// An earlier creation may have taken effect: it is looked for before a second one.
    private func look(
        _ local: UUID, _ kind: RecordKind, _ since: Date, _ company: Company.ID
    ) async throws -> DeliveryResult {
        _ = try await lookup.look(kind, since: since, company: company, run: nil)
        guard case .unclear(let kind, let since) = try standing(local, company) else {
            return .snoozed(seconds: 0, reason: "It was found in Pipedrive")
        }
        if let seconds = try lookup.secondsToWait(since, company) {
            return .snoozed(seconds: seconds, reason: "It may still appear in Pipedrive")
        }
        return try await make(local, kind, nil, company)
    }
}
