import Domain
import FoundationEssentials
import Workflows

/// How far a run at work is.
struct ProgressBox: Sendable {
    let title: String
    let phase: String
    let records: String
    let elapsed: String
    /// Of a hundred.
    let percent: Int
    /// What it waits for.
    let waiting: String?

    init(_ run: SyncRun, now: Date) {
        title = run.mode == .preview ? "The preview is being made: nothing is written" : "A sync is at work"
        phase = Self.phase(run.progress)
        records = Self.records(run.progress)
        elapsed = DayText.duration(from: run.startedAt, to: now)
        percent = run.percentDone
        waiting = run.outcome
    }

    static func phase(_ progress: SyncRun.Progress) -> String {
        let kind = progress.kind.map { " \($0.rawValue)s" } ?? ""
        return switch progress.phase {
        case .read: "Reading\(kind)"
        case .readVariations: "Reading variations of products"
        case .decide: "Comparing\(kind)"
        case .plan: "Finding\(kind) for Pipedrive"
        case .write: "Changing\(kind) in Pipedrive"
        case .create: "Making\(kind) in Pipedrive"
        case .done: "Finishing"
        }
    }

    private static func records(_ progress: SyncRun.Progress) -> String {
        progress.expected > progress.done
            ? "\(progress.done) of about \(progress.expected) records read" : "\(progress.done) records read"
    }
}
