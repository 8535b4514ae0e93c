import Domain
import HTTPTypes

/// What stands around every page.
struct PageFrame: Sendable {
    /// Address of the stylesheet with the hash of its content.
    let stylesheet: String
    /// Where people find help.
    let supportEmail: String

    struct Model: Sendable {
        let pageTitle: String
        let stylesheet: String
        let supportEmail: String
        let member: MemberBar?
        let isPlain: Bool
        let notice: String?
        let content: String
    }

    /// The header of somebody who is logged in.
    struct MemberBar: Sendable {
        let companyName: String
        let memberEmail: String
        let entries: [Entry]
    }

    struct Entry: Sendable {
        let label: String
        let path: String
        let isCurrent: Bool
    }

    /// A page of this site with navigation for whoever is logged in.
    func answer(_ page: some Page, to call: Call, status: HTTPResponse.Status = .ok) throws -> WebResponse {
        let content = try type(of: page).template.render(page, formToken: call.formToken)
        let notice = call.query["done"].flatMap(Notice.init(rawValue:))?.sentence
        let model = Model(
            pageTitle: page.title, stylesheet: stylesheet, supportEmail: supportEmail,
            member: call.session.map { memberBar($0, section: page.section) }, isPlain: false, notice: notice,
            content: content)
        return .html(try Self.template.render(model, formToken: call.formToken), status: status)
    }

    /// A page for a customer of our customer: no navigation, nothing of ours but a line at the foot.
    func customerAnswer(_ page: some Page, formToken: String, status: HTTPResponse.Status = .ok) throws -> WebResponse {
        let content = try type(of: page).template.render(page, formToken: formToken)
        let model = Model(
            pageTitle: page.title, stylesheet: stylesheet, supportEmail: supportEmail, member: nil, isPlain: true,
            notice: nil, content: content)
        return .html(try Self.template.render(model, formToken: formToken), status: status)
    }

    private func memberBar(_ session: Session, section: NavigationSection?) -> MemberBar {
        MemberBar(
            companyName: session.company.name, memberEmail: session.member.email,
            entries: NavigationSection.allCases.map {
                Entry(label: $0.rawValue, path: $0.path, isCurrent: $0 == section)
            })
    }
}

/// What the page says after something was done: the word in the address, so that a reload says it again but nothing
/// is done twice.
enum Notice: String, Sendable, CaseIterable {
    case saved
    case created
    case deleted
    case sent
    case paid
    case connected
    case disconnected
    case disconnectedHere = "disconnected-here"
    case syncing
    case previewing
    case syncRunning = "sync-running"
    case previewFirst = "preview-first"
    case applying
    case previewAnew = "preview-anew"
    case readingFields = "reading-fields"
    case decided
    case decidedBefore = "decided-before"
    case triggerOff = "trigger-off"
    case readingStages = "reading-stages"
    case drafting
    case dropped
    case retrying
    case testing
    case revoked
    case invited
    case withdrawn
    case removed
    case passwordChanged = "password-changed"
    case joined

    var sentence: String {
        switch self {
        case .saved: "Saved."
        case .created: "Created."
        case .deleted: "Deleted."
        case .sent: "Sent."
        case .paid: "The payment is registered."
        case .connected:
            "Pipedrive is connected. Before the first sync a preview shows what it would do; nothing is written until you apply it."
        case .disconnected: "Pipedrive is disconnected. What was synced stays in PayDock."
        case .disconnectedHere:
            "Disconnected in PayDock. Pipedrive still has to be told of all of it; this is tried for 24 hours."
        case .syncing: "The sync has started. This page shows how it goes."
        case .previewing: "The preview is being made. This page shows it as soon as it is ready."
        case .previewFirst: "The first sync is previewed. Nothing is written before you apply the preview."
        case .applying: "The preview is being applied. This page shows how it goes."
        case .previewAnew: "Saved. The preview of the first sync is made anew with these directions."
        case .readingFields: "The custom fields are being read; reload in a moment."
        case .decided: "Your decision is kept, and done in a moment."
        case .decidedBefore: "This was decided before, or has solved itself. Nothing was changed."
        case .syncRunning: "A sync is running already."
        case .triggerOff: "The trigger is off."
        case .readingStages: "Pipelines and stages are being read again; reload in a moment."
        case .drafting: "The quotes are being drafted."
        case .dropped: "No quotes are drafted for these deals."
        case .retrying: "It goes out again now."
        case .testing: "The test note is on its way. If it does not arrive, the reason stands below."
        case .revoked: "The key is revoked."
        case .invited: "The invitation is on its way."
        case .withdrawn: "The invitation is taken back. Its link does not work any more."
        case .removed: "The member is removed and logged out everywhere."
        case .passwordChanged: "The password is changed. Other browsers have to log in again."
        case .joined: "Your login is ready."
        }
    }
}
