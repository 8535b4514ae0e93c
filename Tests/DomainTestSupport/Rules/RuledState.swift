public import Domain
public import FoundationEssentials

/// What the sync keeps of one company when the fake storage follows the rules: `RuledPairs`.
public struct RuledState {
    /// A link, with what was last synced.
    public struct Link: Hashable, Sendable {
        /// The kind of both.
        public var kind: RecordKind
        /// Pipedrive's number; negative while it is being created there.
        public var recordID: Int64
        /// Ours.
        public var localID: UUID
        /// Where it stands.
        public var state = LinkState.live
        /// Pipedrive's values as last synced.
        public var base: FieldValues?
        /// When the record was added.
        public var addedAt: Date?
        /// When the pair was last written.
        public var syncedAt: Date
        /// Somebody writes it to Pipedrive until then.
        public var pushUntil: Date?
        /// A creation was sent then, and nobody knows how it ended.
        public var createSentAt: Date?
        /// What was sent then, or by a change whose answer is not known.
        public var sent: FieldValues?
        /// The record that it was merged into.
        public var mergedInto: Int64?
    }

    /// What records are known by.
    struct Key: Hashable {
        let rule: MatchRule
        let text: String
    }

    /// Names a record of Pipedrive.
    public struct RecordName: Hashable, Sendable {
        /// Its kind.
        public let kind: RecordKind
        /// Its number.
        public let id: Int64

        /// Names it.
        public init(kind: RecordKind, id: Int64) {
            self.kind = kind
            self.id = id
        }
    }

    struct RemoteKeys {
        var keys: Set<Key>
        var noticedAt: Date
    }

    /// What a person has to decide about a record of Pipedrive.
    public struct Question: Hashable, Sendable {
        /// The contacts that it could be.
        public var candidates: [UUID]
        /// Whether a merge asks.
        public var isMerge = false
        var noticedAt: Date
    }

    /// Both sides changed a field: what was kept, and what lost.
    public struct Conflict: Hashable, Sendable {
        /// Ours.
        public let localID: UUID
        /// The field.
        public let field: SyncField
        /// The value of both sides.
        public let kept: String
        /// The other one.
        public let lost: String
    }

    struct Staged {
        let name: RecordName
        let title: String
        let values: FieldValues
        let organization: Int64?
        let address: PostalAddress
        let isDeleted: Bool
        let addedAt: Date?
        let changedAt: Date?
        let readAt: Date
        let keys: Set<Key>
    }

    struct Edit: Hashable {
        var at: Date
        let wasEmpty: Bool
    }

    /// The links, resting ones included.
    public var links: [Link] = []
    /// What waits for a person, by record.
    public var questions: [RecordName: Question] = [:]
    /// Ours that wait for a person.
    public var waiting: Set<UUID> = []
    /// The fields that both sides changed.
    public var conflicts: [Conflict] = []
    /// How many contacts the sync made or changed.
    public var writeCount = 0
    /// How often the sync made a contact of a record.
    public var madeFrom: [RecordName: Int] = [:]
    var edits: [UUID: [SyncField: Edit]] = [:]
    var remoteKeys: [RecordName: RemoteKeys] = [:]
    var listed: Set<RecordKind> = []
    var staged: [UUID: [Staged]] = [:]
    /// Keys that persons' addresses give their organizations, by run.
    var lentKeys: [UUID: [RecordName: Set<Key>]] = [:]
    var tasks: [UUID: [RecordKind: [SyncTask]]] = [:]
    var placeholderCount: Int64 = 0

    /// Nothing synced yet.
    public init() {}

    func link(_ name: RecordName) -> Link? { links.first { $0.kind == name.kind && $0.recordID == name.id } }

    /// The live link of one of ours.
    public func link(of local: UUID) -> Link? { links.first { $0.localID == local && $0.state == .live } }

    mutating func change(_ name: RecordName, _ body: (inout Link) -> Void) {
        guard let place = links.firstIndex(where: { $0.kind == name.kind && $0.recordID == name.id }) else { return }
        body(&links[place])
    }
}

extension RuledState.Key {
    static func name(_ text: String) -> Self {
        Self(rule: .name, text: text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " "))
    }

    static func emails(_ texts: [String]) -> Set<Self> {
        Set(texts.compactMap { EmailAddress.normalized($0).map { Self(rule: .email, text: $0) } })
    }

    /// What one of ours is known by.
    static func of(_ details: ContactDetails) -> Set<Self> {
        details.kind == .person ? emails(details.emails) : emails(details.emails).union([name(details.name)])
    }
}

extension RuledState.Staged {
    init(_ person: Person, readAt: Date, occurredAt: Date?) {
        let values = FieldValues(person)
        self.init(
            name: RuledState.RecordName(kind: .person, id: person.id.rawValue), title: person.name, values: values,
            organization: person.organizationID?.rawValue, address: PostalAddress(), isDeleted: person.isDeleted,
            addedAt: person.addedAt, changedAt: occurredAt ?? person.updatedAt, readAt: readAt,
            keys: RuledState.Key.emails(FieldText.entries(values[.emails] ?? "")))
    }

    init(_ organization: Organization, readAt: Date, occurredAt: Date?) {
        self.init(
            name: RuledState.RecordName(kind: .organization, id: organization.id.rawValue), title: organization.name,
            values: FieldValues(organization), organization: nil, address: organization.address,
            isDeleted: organization.isDeleted, addedAt: organization.addedAt,
            changedAt: occurredAt ?? organization.updatedAt, readAt: readAt, keys: [.name(organization.name)])
    }

    init(_ item: CatalogItem, readAt: Date, occurredAt: Date?) {
        let code = item.code.map { RuledState.Key(rule: .code, text: $0) }
        self.init(
            name: RuledState.RecordName(kind: .product, id: item.id.rawValue), title: item.name,
            values: FieldValues(item), organization: nil, address: PostalAddress(), isDeleted: item.isDeleted,
            addedAt: item.addedAt, changedAt: occurredAt ?? item.updatedAt, readAt: readAt,
            keys: Set([RuledState.Key.name(item.name), code].compactMap { $0 }))
    }
}

extension RuledState {
    /// One record was merged into another: moves its link, or asks.
    mutating func merge(_ kind: RecordKind, from loser: Int64, into survivor: Int64, now: Date) {
        // The survivor may have been merged on by now.
        var survivor = survivor
        while let link = link(RecordName(kind: kind, id: survivor)), link.state == .merged, let next = link.mergedInto,
            next != loser
        {
            survivor = next
        }
        let (gone, kept) = (RecordName(kind: kind, id: loser), RecordName(kind: kind, id: survivor))
        let old = link(gone)
        switch MergeOutcome.of(loserIsLinked: isLinked(old), survivorIsLinked: isLinked(link(kept))) {
        case .nothing: if old?.state == .gone { rest(gone, into: survivor, now) }
        case .moves:
            rest(gone, into: survivor, now)
            guard let local = old?.localID else { return }
            if link(kept) == nil {
                links.append(Link(kind: kind, recordID: survivor, localID: local, syncedAt: now))
            } else {
                change(kept) {
                    $0.localID = local
                    $0.state = .live
                    $0.base = nil
                    $0.sent = nil
                    $0.syncedAt = now
                }
            }
            questions[gone] = nil
            questions[kept] = nil
        case .asks:
            rest(gone, into: survivor, now)
            let candidates = [old?.localID, link(kept)?.localID].compactMap { $0 }
            questions[kept] = Question(candidates: candidates, isMerge: true, noticedAt: now)
        }
    }

    /// One that is gone while ours is another record's by now links nothing any more.
    private func isLinked(_ link: Link?) -> Bool {
        guard let link else { return false }
        return link.state == .live || link.state == .gone && self.link(of: link.localID) == nil
    }

    private mutating func rest(_ name: RecordName, into survivor: Int64, _ now: Date) {
        change(name) {
            $0.state = .merged
            $0.mergedInto = survivor
            $0.syncedAt = now
        }
    }
}
