import Domain
import FoundationEssentials
import Workflows

/// The sync by hand, what it would do, and what it goes by.
struct SyncTab: Sendable {
    let kinds: [Kind]
    let isLive: Bool
    /// Whether a person has to apply a first preview before anything is written.
    let isFirst: Bool
    /// Whether runs start on a click.
    let isOpen: Bool
    let lastRun: RunLine?
    let preview: PreviewBox?
    let progress: ProgressBox?
    /// The page of a run at work reloads itself, which would lose what somebody is choosing.
    let showsSettings: Bool
    let fields: FieldsBox?
    let reserve: Int

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

    init(_ overview: Integration.Overview, isLive: Bool, isEditing: Bool, now: Date) {
        self.isLive = isLive
        let isApplied = overview.policy?.isApplied ?? false
        isFirst = isLive && !isApplied
        isOpen = isLive && isApplied
        kinds = RecordKind.allCases.map { kind in
            let chosen = overview.settings.directions[kind] ?? .pull
            return Kind(
                label: RecordWords.plural(kind), field: Self.field(kind),
                choices: SyncDirection.allCases.map {
                    Choice(
                        value: $0.rawValue, name: Self.name($0), meaning: Self.meaning($0), isChosen: $0 == chosen)
                })
        }
        lastRun = overview.runs.first.map { RunLine($0, now: now) }
        let isNewest = overview.preview.map { preview in
            overview.runs.first.map { $0.startedAt < preview.run.startedAt } ?? true
        }
        preview = isNewest == true ? overview.preview.flatMap { PreviewBox($0, isFirst: !isApplied) } : nil
        let running = ([overview.preview?.run, overview.runs.first].compactMap(\.self)).first { $0.state == .running }
        progress = running.map { ProgressBox($0, now: now) }
        showsSettings = running == nil || isEditing
        fields = overview.policy.map(FieldsBox.init)
        reserve = overview.settings.reservePercent
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

/// The custom fields of Pipedrive that can be chosen.
struct FieldsBox: Sendable {
    let choices: [Choice]
    /// Whether fields were read at all.
    let isRead: Bool

    struct Choice: Sendable {
        let label: String
        let name: String
        let options: [Option]
    }

    struct Option: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    init(_ policy: SyncPolicy) {
        isRead = !policy.customFields.isEmpty
        choices = CustomFieldUse.allCases.map { use in
            let chosen = policy.mapping[keyPath: use.code]
            let fields = policy.customFields.filter(use.takes)
            var options = [Option(value: "", label: "No field", isChosen: chosen == nil)]
            options += fields.map { field in
                // Names are not unique in Pipedrive.
                let hasTwin = fields.count { $0.name == field.name } > 1
                return Option(
                    value: field.code, label: hasTwin ? "\(field.name) (\(field.code.prefix(6)))" : field.name,
                    isChosen: field.code == chosen)
            }
            if let chosen, !fields.contains(where: { $0.code == chosen }) {
                options.append(Option(value: chosen, label: "Deleted in Pipedrive", isChosen: true))
            }
            return Choice(label: Self.label(use), name: use.rawValue, options: options)
        }
    }

    private static func label(_ use: CustomFieldUse) -> String {
        switch use {
        case .vatNumber: "VAT number of an organization"
        case .kvkNumber: "KvK number of an organization"
        case .organizationLanguage: "Language of an organization's documents"
        case .personLanguage: "Language of a person's documents"
        }
    }
}
