import Domain
import FoundationEssentials
import Workflows

/// What a person has to decide about records of the sync.
struct AttentionPage: Page {
    let title = "Needs attention"
    let section: NavigationSection? = .apps
    let problem: String?
    let groups: [Group]
    let hasGroups: Bool
    let ours: [Ours]
    let hasOurs: Bool
    let conflicts: [Conflict]
    let hasConflicts: Bool
    let ignored: [Ignored]
    let hasIgnored: Bool
    /// How many were decided and are not done yet; nil when none.
    let pending: String?
    let isEmpty: Bool
    /// Whether there is more than one sort, so that the later ones are led to from the top.
    let hasSorts: Bool
    let matchPager: Pager?
    let ourPager: Pager?
    let conflictPager: Pager?

    /// Records that have to be decided about together.
    struct Group: Sendable {
        let title: String
        let shared: String?
        let matches: [Match]
    }

    /// A record of Pipedrive beside what of ours it could be.
    struct Match: Sendable {
        let kind: String
        let recordID: String
        let record: String
        let name: String
        let reason: String
        let values: [Value]
        let candidates: [Candidate]
        let hasCandidates: Bool
        let isMerge: Bool
        let canCreate: Bool
        let createLabel: String
    }

    struct Candidate: Sendable {
        let kind: String
        let recordID: String
        let localID: String
        let name: String
        let path: String
        let values: [Value]
        let canLink: Bool
        let linkLabel: String
        let remark: String?
    }

    struct Value: Sendable {
        let label: String
        let text: String
    }

    /// One of ours that can't go out.
    struct Ours: Sendable {
        let kind: String
        let localID: String
        let record: String
        let name: String
        let path: String
        let reason: String
        let answer: String?
        let isRefused: Bool
    }

    /// A field that both sides changed.
    struct Conflict: Sendable {
        let kind: String
        let localID: String
        let field: String
        let record: String
        let name: String
        let path: String
        let label: String
        let kept: String
        let lost: String
        let keptBy: String
        let lostBy: String
        let noticedAt: String
    }

    /// What a person said to leave alone.
    struct Ignored: Sendable {
        let isOurs: Bool
        let kind: String
        let id: String
        let record: String
        let name: String
    }

    init(_ list: AttentionList, places: [AttentionSort: Int], problem: String? = nil) {
        self.problem = problem
        func pager(_ sort: AttentionSort, _ count: Int) -> Pager? {
            let place = places[sort] ?? 0
            return Pager(
                first: place + 1, count: count, limit: Integration.attentionLimit, hasMore: list.further.contains(sort)
            ) { other in
                "/apps/pipedrive/attention"
                    + PercentCoding.query(
                        AttentionSort.allCases.map { each in
                            let offset = each == sort ? other : places[each] ?? 0
                            return (each.rawValue, offset > 0 ? String(offset) : nil)
                        })
            }
        }
        matchPager = pager(.matches, list.matches.count)
        ourPager = pager(.ours, list.ours.count)
        conflictPager = pager(.conflicts, list.conflicts.count)
        groups = AttentionGroup.groups(list.matches.filter { !$0.isIgnored && !$0.isDecided }).map(Group.init)
        ours = list.ours.filter { !$0.isIgnored && !$0.isDecided }.map(Ours.init)
        conflicts = list.conflicts.map(Conflict.init)
        ignored =
            list.matches.filter(\.isIgnored).map {
                Ignored(
                    isOurs: false, kind: $0.kind.rawValue, id: String($0.recordID),
                    record: "\(RecordWords.singular($0.kind)) \(RecordWords.number($0.kind, $0.recordID)) of Pipedrive",
                    name: $0.name)
            }
            + list.ours.filter(\.isIgnored).map {
                Ignored(
                    isOurs: true, kind: $0.kind.rawValue, id: $0.localID.uuidString.lowercased(),
                    record: "\(RecordWords.singular($0.kind)) of yours", name: $0.name)
            }
        let decided = list.matches.count(where: \.isDecided) + list.ours.count(where: \.isDecided)
        pending = decided > 0 ? String(decided) : nil
        hasGroups = !groups.isEmpty
        hasOurs = !ours.isEmpty
        hasConflicts = !conflicts.isEmpty
        hasIgnored = !ignored.isEmpty
        hasSorts = [hasGroups, hasConflicts, hasOurs].count { $0 } > 1
        isEmpty =
            groups.isEmpty && ours.isEmpty && conflicts.isEmpty
            && [matchPager, ourPager, conflictPager].allSatisfy { $0 == nil }
    }

    static func values(_ values: FieldValues, _ kind: RecordKind) -> [Value] {
        SyncField.of(kind).filter { $0 != .name }.compactMap { field in
            guard let text = values[field], !text.isEmpty else { return nil }
            return Value(label: field.label, text: RecordWords.value(text, of: field.rawValue))
        }
    }
}

extension AttentionPage.Group {
    init(_ group: AttentionGroup) {
        let kind = group.matches.first.map { RecordWords.plural($0.kind) } ?? ""
        title =
            group.matches.count == 1
            ? group.matches[0].name : "\(group.matches.count) \(kind.lowercased()) that belong together"
        let words = group.sharedKeys.compactMap { key -> String? in
            let parts = key.split(separator: " ", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "email": return "the address \(parts[1])"
            case "name": return "the name"
            case "code": return "the code \(parts[1])"
            default: return "the number \(parts[1].uppercased())"
            }
        }
        shared = words.isEmpty ? nil : "They share \(words.joined(separator: ", "))."
        matches = group.matches.map(AttentionPage.Match.init)
    }
}

extension AttentionPage.Match {
    init(_ match: AttentionMatch) {
        kind = match.kind.rawValue
        recordID = String(match.recordID)
        record = "\(RecordWords.singular(match.kind)) \(RecordWords.number(match.kind, match.recordID)) of Pipedrive"
        name = match.name
        reason = match.reason
        values = AttentionPage.values(match.values, match.kind)
        isMerge = match.isMerge
        canCreate = match.canCreate
        createLabel = match.kind == .product ? "Create a new product" : "Create a new contact"
        candidates = match.candidates.map { candidate in
            let isItself = candidate.linkedTo == match.recordID
            return AttentionPage.Candidate(
                kind: match.kind.rawValue, recordID: String(match.recordID),
                localID: candidate.localID.uuidString.lowercased(), name: candidate.name,
                path: RecordWords.path(match.kind, candidate.localID),
                values: AttentionPage.values(candidate.values, match.kind),
                canLink: candidate.linkedTo == nil, linkLabel: match.isMerge ? "Use this one" : "Link to this one",
                remark: candidate.linkedTo.map {
                    isItself
                        ? "Linked to this record."
                        : "Linked to \(match.kind.rawValue) \(RecordWords.number(match.kind, $0)) of Pipedrive already."
                })
        }
        hasCandidates = !candidates.isEmpty
    }
}

extension AttentionPage.Ours {
    init(_ record: AttentionLocal) {
        kind = record.kind.rawValue
        localID = record.localID.uuidString.lowercased()
        self.record = "\(RecordWords.singular(record.kind)) of yours"
        name = record.name
        path = RecordWords.path(record.kind, record.localID)
        reason = record.reason
        answer = record.answer
        isRefused = record.answer != nil
    }
}

extension AttentionPage.Conflict {
    init(_ conflict: AttentionConflict) {
        kind = conflict.kind.rawValue
        localID = conflict.localID.uuidString.lowercased()
        field = conflict.field.rawValue
        record = "\(RecordWords.singular(conflict.kind)) \(RecordWords.number(conflict.kind, conflict.recordID))"
        name = conflict.name
        path = RecordWords.path(conflict.kind, conflict.localID)
        label = conflict.field.label
        let (kept, lost) = (
            RecordWords.value(conflict.kept, of: conflict.field.rawValue),
            RecordWords.value(conflict.lost, of: conflict.field.rawValue)
        )
        self.kept = kept.isEmpty ? "empty" : kept
        self.lost = lost.isEmpty ? "empty" : lost
        keptBy = conflict.isRemoteKept ? "Pipedrive" : "PayDock"
        lostBy = conflict.isRemoteKept ? "PayDock" : "Pipedrive"
        noticedAt = DayText.instant(conflict.noticedAt)
    }
}
