import Domain
import FoundationEssentials
import Workflows

/// The settings of the Pipedrive app, one tab of four.
struct AppSettingsPage: Page {
    let title = "Pipedrive"
    let section: NavigationSection? = .apps
    let tabs: [TabLink]
    let status: Status
    let health: HealthBox
    let problem: String?
    /// How many records wait for a person; nil when none does.
    let attention: String?
    let sync: SyncTab?
    let triggers: TriggersTab?
    let events: EventsTab?
    let logs: LogsTab?

    enum Tab: String, CaseIterable, Sendable {
        case sync
        case triggers
        case events
        case logs

        var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    }

    struct TabLink: Sendable {
        let label: String
        let path: String
        let isCurrent: Bool
    }

    /// How the connection stands.
    struct Status: Sendable {
        let word: String
        let tone: String
        let sentence: String
        let isLive: Bool
        let canInstall: Bool
        /// Only owners connect.
        let hasToAsk: Bool
        let installLabel: String
        let canDisconnect: Bool
        let users: [User]
        let hasUsers: Bool
    }

    struct User: Sendable {
        let name: String
        let remark: String
    }

    init(
        _ overview: Integration.Overview, notes: Integration.NoteOverview? = nil, drafting: DraftingBox? = nil,
        tab: Tab, role: Member.Role = .owner, isEditing: Bool = false, problem: String? = nil, now: Date
    ) {
        tabs = Tab.allCases.map {
            TabLink(label: $0.label, path: "/apps/pipedrive?tab=\($0.rawValue)", isCurrent: $0 == tab)
        }
        status = Status(overview, role: role)
        health = HealthBox(overview)
        self.problem = problem
        let waiting = overview.attentionCount
        attention =
            waiting == 0
            ? nil : waiting == 1 ? "One record needs your attention" : "\(waiting) records need your attention"
        sync =
            tab == .sync ? SyncTab(overview, isLive: status.isLive, isEditing: isEditing, now: now) : nil
        triggers = tab == .triggers ? TriggersTab(overview, drafting, isLive: status.isLive) : nil
        events = tab == .events ? EventsTab(overview.settings, notes, isLive: status.isLive, now: now) : nil
        logs = tab == .logs ? LogsTab(overview, now: now) : nil
    }
}

extension AppSettingsPage.Status {
    init(_ overview: Integration.Overview, role: Member.Role) {
        let connection = overview.connection
        isLive = connection?.state == .live
        canDisconnect = role == .owner && connection != nil && connection?.state != .disconnected
        canInstall = role == .owner && connection?.state != .live
        hasToAsk = role != .owner && connection?.state != .live
        let company = connection?.pipedriveCompanyName ?? ""
        switch connection?.state {
        case .live:
            (word, tone, installLabel) = ("Connected", "good", "")
            sentence = "Connected to \(company) since \(connection.map { DayText.instant($0.connectedAt) } ?? "")."
        case .reconnect:
            (word, tone, installLabel) = ("Reconnect needed", "bad", "Reconnect")
            sentence =
                "\(company) no longer accepts our access. Reconnect, and everything that waits goes on by itself."
        case .disconnected:
            (word, tone, installLabel) = ("Disconnected", "", "Install")
            sentence = "Was connected to \(company). Contacts, products and quotes stayed here."
        case nil:
            (word, tone, installLabel) = ("Not connected", "", "Install")
            sentence = "Install the app to give PayDock access to your Pipedrive company."
        }
        let owner = connection?.ownerUserID
        users = overview.grants.filter { $0.state != .ended }.map { grant in
            let role = grant.userID == owner ? "serves sync, webhooks and notes" : "sees the panel"
            return AppSettingsPage.User(
                name: grant.userName, remark: grant.state == .dead ? "has to reconnect" : role)
        }
        hasUsers = !users.isEmpty
    }
}
