import Domain
import FoundationEssentials
import Workflows

/// Directions, and the sync by hand.
struct SyncTab: Sendable {
    let kinds: [Kind]
    let isLive: Bool
    let lastRun: RunLine?
    let isRunning: Bool

    struct Kind: Sendable {
        let label: String
        let field: String
        let choices: [Choice]
    }

    struct Choice: Sendable {
        let value: String
        let name: String
        let meaning: String
        let isChosen: Bool
    }

    init(_ overview: Integration.Overview, isLive: Bool, now: Date) {
        self.isLive = isLive
        kinds = RecordKind.allCases.map { kind in
            let chosen = overview.settings.directions[kind] ?? .pull
            return Kind(
                label: kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst() + "s",
                field: Self.field(kind),
                choices: SyncDirection.allCases.map {
                    Choice(
                        value: $0.rawValue, name: Self.name($0), meaning: Self.meaning($0), isChosen: $0 == chosen)
                })
        }
        lastRun = overview.runs.first.map { RunLine($0, now: now) }
        isRunning = overview.runs.first?.state == .running
    }

    /// The form's field of a kind.
    static func field(_ kind: RecordKind) -> String { "direction_\(kind.rawValue)" }

    private static func name(_ direction: SyncDirection) -> String {
        switch direction {
        case .pull: "Pipedrive → PayDock"
        case .push: "PayDock → Pipedrive"
        case .both: "Both directions"
        case .onlyNew: "Only new from now on"
        }
    }

    private static func meaning(_ direction: SyncDirection) -> String {
        switch direction {
        case .pull: "Pull only."
        case .push: "Push only."
        case .both: "Fully bidirectional with email matching."
        case .onlyNew: "Skip existing records and only sync new ones."
        }
    }
}

/// A sync run on one line.
struct RunLine: Sendable {
    let startedAt: String
    let startedBy: String
    let state: String
    let tone: String
    let duration: String
    let summary: String
    let outcome: String?
    let tokens: String

    init(_ run: SyncRun, now: Date) {
        startedAt = DayText.instant(run.startedAt)
        startedBy =
            switch run.startedBy {
            case .schedule: "Nightly"
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
        outcome = run.outcome
        tokens = String(run.tokenCost)
    }

    private static func summary(_ counts: SyncRun.Counts, _ kind: RecordKind) -> String {
        let parts = [
            (counts.created, "created"), (counts.linked, "linked"), (counts.updated, "changed"),
            (counts.needsAttention, counts.needsAttention == 1 ? "needs attention" : "need attention"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        let tail = parts.isEmpty ? "no changes" : parts.joined(separator: ", ")
        return "\(counts.read) \(kind.rawValue)\(counts.read == 1 ? "" : "s"): \(tail)"
    }
}

/// The last 50 runs.
struct LogsTab: Sendable {
    let runs: [RunLine]
    let isEmpty: Bool
    let heldCount: Int
    let isHolding: Bool
    let attentionCount: Int
    let attention: [AttentionLine]
    let troubled: [TroubledLine]
    let hasTroubled: Bool
    let audit: [AuditEntry]
    let hasAudit: Bool

    /// A line of the connection's history.
    struct AuditEntry: Sendable {
        let happenedAt: String
        let action: String
        let detail: String
    }

    /// A record that a person has to decide about.
    struct AttentionLine: Sendable {
        let record: String
        let name: String
        let reason: String
    }

    /// A message that waits after a failure, or was given up.
    struct TroubledLine: Sendable {
        let id: String
        let createdAt: String
        let what: String
        let state: String
        let tone: String
        let reason: String
    }

    init(_ overview: Integration.Overview, now: Date) {
        runs = overview.runs.map { RunLine($0, now: now) }
        isEmpty = runs.isEmpty
        heldCount = overview.heldCount
        isHolding = heldCount > 0
        attentionCount = overview.attentionCount
        attention = overview.attention.map {
            AttentionLine(record: "\($0.kind.rawValue) \($0.recordID)", name: $0.name, reason: $0.reason)
        }
        troubled = overview.troubled.map(TroubledLine.init)
        hasTroubled = !troubled.isEmpty
        audit = overview.audit.map {
            AuditEntry(happenedAt: DayText.instant($0.happenedAt), action: $0.action, detail: $0.detail)
        }
        hasAudit = !audit.isEmpty
    }
}

extension LogsTab.TroubledLine {
    init(_ message: MessageRecord) {
        id = "\(message.id)"
        createdAt = DayText.instant(message.createdAt)
        switch message.kind {
        case .event, .note: what = "Note in a deal"
        case .webhook: what = "Webhook from Pipedrive"
        case .draft: what = "Quote of deal \(message.subject)"
        case .record: what = "Changed record \(message.subject)"
        case .sync: what = "Sync run"
        case .subscribe: what = "Webhooks at Pipedrive"
        case .mail: what = "Mail with a document"
        case .revoke: what = "Telling Pipedrive of the disconnect"
        case .sweep: what = "Search for missed deals"
        case .refresh: what = "Keeping a grant alive"
        }
        let isGivenUp = message.state == .discarded
        (state, tone) = isGivenUp ? ("Given up", "bad") : ("Waits for attempt \(message.attemptCount + 1)", "")
        reason = message.reason ?? ""
    }
}
