import Domain
import FoundationEssentials
import Workflows

/// What a run would do.
struct PreviewBox: Sendable {
    let id: String
    let madeAt: String
    let kinds: [Kind]
    let samples: [Sample]
    let hasSamples: Bool
    let cost: String
    let isCurrent: Bool
    let isStale: Bool
    /// Whether a run would write nothing at all.
    let isEmpty: Bool
    let isFirst: Bool
    let problem: String?

    struct Kind: Sendable {
        let label: String
        let read: Int
        let create: Int
        let link: Int
        let change: Int
        let createThere: Int
        let changeThere: Int
        let skip: Int
        let decide: Int
    }

    /// The first few of what would happen.
    struct Sample: Sendable {
        let title: String
        let records: [String]
        let more: String
    }

    /// Nil while it is being made: the progress is shown then.
    init?(_ preview: Integration.Preview, isFirst: Bool) {
        let run = preview.run
        guard run.state != .running else { return nil }
        self.isFirst = isFirst
        id = run.id.text
        madeAt = DayText.instant(run.startedAt)
        isCurrent = preview.isCurrent
        isStale = run.state == .completed && !preview.isCurrent
        problem = run.state == .completed ? nil : run.outcome ?? "It was ended before it was ready."
        kinds = RecordKind.allCases.map { kind in
            let counts = run.counts[kind] ?? SyncRun.Counts()
            return Kind(
                label: RecordWords.plural(kind), read: counts.read, create: counts.created, link: counts.linked,
                change: counts.updated, createThere: counts.createdThere, changeThere: counts.updatedThere,
                skip: counts.skipped, decide: counts.needsAttention)
        }
        isEmpty = kinds.allSatisfy {
            $0.create + $0.link + $0.change + $0.createThere + $0.changeThere + $0.decide == 0
        }
        samples = Self.samples(preview)
        hasSamples = !samples.isEmpty
        cost = String(run.expectedTokenCost)
    }

    private static func samples(_ preview: Integration.Preview) -> [Sample] {
        RecordKind.allCases.flatMap { kind in
            SyncChange.Action.allCases.compactMap { action -> Sample? in
                let changes = preview.samples.filter { $0.kind == kind && $0.action == action }
                guard !changes.isEmpty, let counts = preview.run.counts[kind] else { return nil }
                let rest = counts.count(of: action) - changes.count
                return Sample(
                    title: "\(RecordWords.plural(kind)) to \(RecordWords.action(action, isPreview: true))",
                    records: changes.map { line($0, action) }, more: rest > 0 ? "and \(rest) more" : "")
            }
        }
    }

    private static func line(_ change: SyncChange, _ action: SyncChange.Action) -> String {
        let fields =
            switch action {
            case .created, .createdThere:
                change.fields.filter { ["emails", "code", "organization"].contains($0.name) && !$0.after.isEmpty }
                    .map { RecordWords.value($0.after, of: $0.name) }
            case .attention: change.fields.map(\.after)
            default:
                change.fields.map { field in
                    let before = RecordWords.value(field.before, of: field.name)
                    let after = RecordWords.value(field.after, of: field.name)
                    return "\(RecordWords.field(field.name)): \(before.isEmpty ? "empty" : before) → "
                        + (after.isEmpty ? "empty" : after)
                }
            }
        return fields.isEmpty ? change.name : "\(change.name) (\(fields.joined(separator: "; ")))"
    }
}

extension SyncRun.Counts {
    /// How many records something was done to, or would be.
    func count(of action: SyncChange.Action) -> Int {
        switch action {
        case .created: created
        case .linked: linked
        case .updated: updated
        case .createdThere: createdThere
        case .updatedThere: updatedThere
        case .skipped: skipped
        case .attention: needsAttention
        case .postponed: postponed
        case .refused, .gone, .merged: 0
        }
    }
}
