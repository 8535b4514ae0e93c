public import Domain
import FoundationEssentials

extension Integration {
    /// What came of asking for a run.
    public enum Started: Hashable, Sendable {
        /// It is at work now.
        case started
        /// Another one is at work.
        case running
        /// None may write yet: a preview is there, or being made, for a person to apply.
        case previewed
    }

    /// A preview with what has to be seen of it.
    public struct Preview: Sendable {
        /// The run that made it, or is making it.
        public let run: SyncRun
        /// Whether it may be applied.
        public let isCurrent: Bool
        /// The first few records of each kind and action.
        public let samples: [SyncChange]
    }

    static let sampleLimit = 3

    static func preview(_ transaction: any StorageTransaction) throws -> Preview? {
        guard let run = try transaction.syncLog.preview() else { return nil }
        let isCurrent = try transaction.syncLog.isCurrent(run.id)
        return Preview(
            run: run, isCurrent: isCurrent,
            samples: isCurrent ? try transaction.syncLog.samples(of: run, limit: sampleLimit) : [])
    }

    /// Starts a run. Throws `conflict` without a live connection.
    public func syncNow(_ company: Company.ID) throws -> Started {
        try storage.transaction(.web(company)) { transaction in
            try Self.checkLive(transaction)
            if try RunGate.isOpen(transaction) {
                return try transaction.sync.start(.manual, mode: .full) == nil ? .running : .started
            }
            if let preview = try transaction.syncLog.preview(), try transaction.syncLog.isCurrent(preview.id) {
                return .previewed
            }
            return try transaction.sync.start(.manual, mode: .preview) == nil ? .running : .previewed
        }
    }

    /// Starts a run that writes nothing and says what one would do; false when one is at work already. Throws
    /// `conflict` without a live connection.
    public func preview(_ company: Company.ID) throws -> Bool {
        try storage.transaction(.web(company)) { transaction in
            try Self.checkLive(transaction)
            return try transaction.sync.start(.manual, mode: .preview) != nil
        }
    }

    /// Starts the run that does what a preview said, and nothing beside it; the same again changes nothing. Throws
    /// `conflict` without a live connection, and when the preview is out of date.
    public func apply(_ preview: SyncRun.ID, _ company: Company.ID) throws -> Started {
        try storage.transaction(.web(company)) { transaction in
            try Self.checkLive(transaction)
            if try transaction.sync.recentRuns().contains(where: { $0.plan == preview }) { return .started }
            guard try transaction.syncLog.isCurrent(preview) else {
                throw Refusal(
                    .conflict,
                    "This preview is out of date: settings changed, or a run was made since. Preview again; nothing "
                        + "was changed.")
            }
            return try transaction.sync.start(.manual, mode: .full, plan: preview) == nil ? .running : .started
        }
    }

    /// The newest preview that may be applied.
    public func currentPreview(_ company: Company.ID) throws -> SyncRun? {
        try storage.transaction(.web(company)) { transaction in
            guard let run = try transaction.syncLog.preview(), try transaction.syncLog.isCurrent(run.id) else {
                return nil
            }
            return run
        }
    }

    static func checkLive(_ transaction: any StorageTransaction) throws {
        guard try transaction.connections.connection()?.state == .live else {
            throw Refusal(.conflict, "Connect Pipedrive first.")
        }
    }

    /// The run or preview that is at work, or else the last one of either.
    public func newestRun(_ company: Company.ID) throws -> SyncRun? {
        try storage.transaction(.web(company)) { transaction in
            let runs = [try transaction.sync.recentRuns().first, try transaction.syncLog.preview()].compactMap(\.self)
            return runs.first { $0.state == .running } ?? runs.max { $0.startedAt < $1.startedAt }
        }
    }

    // MARK: Logs

    /// A run, or the live changes, with a page of what was done.
    public struct LoggedChanges: Sendable {
        /// The run; nil for live changes.
        public let run: SyncRun?
        /// What was done to records.
        public let changes: [SyncChange]
        /// Where the next page goes on; nil on the last one.
        public let next: Int64?
    }

    /// What a run did, oldest first, or live changes, newest first. Throws `notFound` for a run that is not the
    /// company's.
    public func changes(
        of run: SyncRun.ID?, after: Int64?, limit: Int, _ company: Company.ID
    ) throws -> LoggedChanges {
        try storage.transaction(.web(company)) { transaction in
            let found = try run.map { id in
                guard let found = try transaction.syncLog.run(id) else {
                    throw Refusal(.notFound, "There is no such run.")
                }
                return found
            }
            let changes = try transaction.syncLog.changes(of: run, after: after, limit: limit + 1)
            let page = Array(changes.prefix(limit))
            return LoggedChanges(run: found, changes: page, next: changes.count > limit ? page.last?.id : nil)
        }
    }

    // MARK: Custom fields

    /// Keeps the chosen custom fields. Throws `invalid` for fields that Pipedrive does not have, or that can't hold what
    /// they are to hold.
    public func save(mapping: FieldMapping, company: Company.ID) throws {
        try storage.transaction(.web(company)) { transaction in
            let policy = try transaction.syncPolicy.policy()
            for use in CustomFieldUse.allCases {
                guard let code = mapping[keyPath: use.code], code != policy?.mapping[keyPath: use.code] else {
                    continue
                }
                guard policy?.customFields.contains(where: { use.takes($0) && $0.code == code }) ?? false else {
                    throw Refusal(
                        .invalid, "Choose one of the fields that Pipedrive has.", fields: [use.rawValue: "is unknown"])
                }
            }
            guard mapping.vatNumber == nil || mapping.vatNumber != mapping.kvkNumber else {
                throw Refusal(
                    .invalid, "VAT number and KvK number can't be kept in one field.",
                    fields: [CustomFieldUse.kvkNumber.rawValue: "is the same"])
            }
            // Fields belong to settings, which are not kept before something in them was chosen.
            try transaction.settings.save(try transaction.settings.settings())
            try transaction.syncPolicy.save(mapping: mapping)
        }
    }

    /// Has Pipedrive's custom fields read again. Throws `conflict` without a live connection.
    public func refreshFields(_ company: Company.ID) throws {
        try storage.transaction(.web(company)) { transaction in
            try Self.checkLive(transaction)
            try transaction.queue.add(NewMessage(kind: .subscribe, subject: Subscribing.fieldsSubject))
        }
    }

    /// Keeps which part of the day's tokens runs leave to other apps. Throws `invalid` out of range.
    public func save(reservePercent: Int, company: Company.ID) throws {
        guard IntegrationSettings.reserveRange.contains(reservePercent) else {
            throw Refusal(
                .invalid, "Leave 0 to 90 percent to other apps.", fields: ["reserve": "is out of range"])
        }
        try change(company) { $0.reservePercent = reservePercent }
    }
}

/// What a custom field of Pipedrive can be chosen for.
public enum CustomFieldUse: String, Sendable, CaseIterable {
    /// VAT number of organizations.
    case vatNumber = "vat_number"
    /// Number in the Dutch trade register.
    case kvkNumber = "kvk_number"
    /// Language of documents for organizations.
    case organizationLanguage = "organization_language"
    /// Language of documents for persons.
    case personLanguage = "person_language"

    /// Whose field it is.
    public var kind: RecordKind { self == .personLanguage ? .person : .organization }

    /// Where its code is kept.
    public var code: WritableKeyPath<FieldMapping, String?> {
        switch self {
        case .vatNumber: \.vatNumber
        case .kvkNumber: \.kvkNumber
        case .organizationLanguage: \.organizationLanguage
        case .personLanguage: \.personLanguage
        }
    }

    /// Whether a field can hold it: text, or for a language also a choice of one.
    public func takes(_ field: CustomField) -> Bool {
        guard field.kind == kind else { return false }
        switch self {
        case .vatNumber, .kvkNumber: return ["varchar", "varchar_auto", "text"].contains(field.type)
        case .organizationLanguage, .personLanguage:
            return ["varchar", "varchar_auto", "text", "enum"].contains(field.type)
        }
    }
}
