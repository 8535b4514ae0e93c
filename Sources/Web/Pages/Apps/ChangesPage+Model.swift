import Domain
import FoundationEssentials
import Workflows

/// What a run, or live changes, did to each record.
struct ChangesPage: Page {
    let title: String
    let section: NavigationSection? = .apps
    let run: RunLine?
    let progress: ProgressBox?
    let isLive: Bool
    let isPreview: Bool
    let changes: [Line]
    let isEmpty: Bool
    let csvPath: String
    let nextPath: String?
    let isFurther: Bool
    let firstPath: String

    struct Line: Sendable {
        let happenedAt: String
        let record: String
        let name: String
        let path: String?
        let what: String
        let tone: String
        let fields: [Field]
    }

    struct Field: Sendable {
        let label: String
        let before: String
        let after: String
        /// Whether there is something to come from.
        let hasBefore: Bool
        let isReason: Bool
    }

    init(_ logged: Integration.LoggedChanges, isFurther: Bool, now: Date) {
        run = logged.run.map { RunLine($0, now: now) }
        progress = logged.run.flatMap { $0.state == .running ? ProgressBox($0, now: now) : nil }
        isLive = logged.run == nil
        isPreview = logged.run?.mode == .preview
        title = isLive ? "Live changes" : isPreview ? "Preview" : "Sync run"
        firstPath = logged.run.map { "/apps/pipedrive/runs/\($0.id.text)" } ?? "/apps/pipedrive/changes"
        csvPath = "\(firstPath).csv"
        nextPath = logged.next.map { [firstPath] in "\(firstPath)?after=\($0)" }
        self.isFurther = isFurther
        isEmpty = logged.changes.isEmpty
        changes = logged.changes.map { [isPreview] in Line($0, isPreview: isPreview) }
    }
}

extension ChangesPage.Line {
    init(_ change: SyncChange, isPreview: Bool) {
        happenedAt = DayText.instant(change.happenedAt)
        let number = change.recordID.map { " \(RecordWords.number(change.kind, $0))" } ?? ""
        record = "\(RecordWords.singular(change.kind))\(number)"
        name = change.name
        path = change.localID.flatMap { id in
            isPreview && change.action == .created ? nil : RecordWords.path(change.kind, id)
        }
        what = RecordWords.action(change.action, isPreview: isPreview)
        tone =
            switch change.action {
            case .refused: "bad"
            case .attention, .postponed, .gone, .merged: "busy"
            case .skipped: ""
            default: "good"
            }
        fields = change.fields.filter { !$0.before.isEmpty || !$0.after.isEmpty }.map { field in
            ChangesPage.Field(
                label: RecordWords.field(field.name), before: RecordWords.value(field.before, of: field.name),
                after: field.after.isEmpty ? "empty" : RecordWords.value(field.after, of: field.name),
                hasBefore: !field.before.isEmpty, isReason: field.name == "reason")
        }
    }
}
