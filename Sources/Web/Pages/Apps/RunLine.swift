import Domain
import FoundationEssentials
import Workflows

/// A sync run on one line.
struct RunLine: Sendable {
    let path: String
    let startedAt: String
    let startedBy: String
    let state: String
    let tone: String
    let duration: String
    let summary: String
    let outcome: String?
    let tokens: String

    init(_ run: SyncRun, now: Date) {
        path = "/apps/pipedrive/runs/\(run.id.text)"
        startedAt = DayText.instant(run.startedAt)
        startedBy =
            switch run.startedBy {
            case .schedule: "Nightly"
            case .manual where run.plan != nil: "Applied preview"
            case .manual where run.mode == .preview: "Preview"
            case .manual: "Sync now"
            case .retry: "Catching up"
            }
        switch run.state {
        case .running: (state, tone) = ("Running", "busy")
        case .completed: (state, tone) = ("Completed", "good")
        case .failed: (state, tone) = ("Failed", "bad")
        case .cancelled: (state, tone) = ("Cancelled", "")
        }
        duration = DayText.duration(from: run.startedAt, to: run.finishedAt ?? now)
        summary = RecordKind.allCases.compactMap { kind in
            run.counts[kind].map { Self.summary($0, kind) }
        }.joined(separator: "; ")
        // What a run at work waits for stands beside its progress.
        outcome = run.state == .running ? nil : run.outcome
        tokens = String(run.tokenCost)
    }

    private static func summary(_ counts: SyncRun.Counts, _ kind: RecordKind) -> String {
        let parts = [
            (counts.created, "created"), (counts.linked, "linked"), (counts.updated, "changed"),
            (counts.createdThere, "created in Pipedrive"), (counts.updatedThere, "changed in Pipedrive"),
            (counts.skipped, "left alone"),
            (counts.postponed, "changed since the preview and left alone"),
            (counts.needsAttention, counts.needsAttention == 1 ? "needs attention" : "need attention"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let tail = parts.isEmpty ? "no changes" : parts.joined(separator: ", ")
        return "\(counts.read) \(kind.rawValue)\(counts.read == 1 ? "" : "s"): \(tail)"
    }
}
