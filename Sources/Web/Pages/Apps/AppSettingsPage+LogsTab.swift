import Domain
import FoundationEssentials
import Workflows

/// The last 50 runs.
struct LogsTab: Sendable {
    let runs: [RunLine]
    let isEmpty: Bool
    let heldCount: Int
    let isHolding: Bool
    let attentionCount: Int
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
        case .record: what = "Changed records: \(message.subject)"
        case .push: what = "Change for Pipedrive"
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
