import Domain
import HTTPTypes
import Workflows

/// The sidebar panel in Pipedrive.
struct PanelRoutes: Sendable {
    let useCases: UseCases
    let publicURL: String

    var routes: [Route] {
        [Route(.get, "/panel/pipedrive", .panel) { try panel($0) }]
    }

    private func panel(_ call: Call) throws -> WebResponse {
        var subject: PanelSubject?
        let view = try useCases.panel.view(
            authorization: call.request.request.headerFields[.authorization],
            query: {
                let query = try Self.query(call.query)
                subject = query.subject
                return query
            }, now: call.now)
        guard let subject else { throw Refusal(.invalid, "The panel's query is incomplete.") }
        let body = PanelBody(publicURL: publicURL, subject: subject)
        switch view {
        case .figures(let contact, let figures): return .json(body.figures(figures, contact: contact))
        case .unlinked: return .json(body.unlinked())
        case .disconnected:
            return PanelErrors.answer(
                .notFound, "Connect this Pipedrive company in PayDock to see its invoices here.",
                title: "PayDock is not connected",
                action: (url: "\(publicURL)/apps/pipedrive", label: "Open PayDock"))
        case .notGranted:
            return PanelErrors.answer(
                .forbidden, "Each user installs the PayDock app once to see this panel.",
                title: "Install the PayDock app", action: (url: "\(publicURL)/apps/pipedrive/start", label: "Install"))
        }
    }

    /// Reads the documented query. Throws `invalid` naming each parameter that is missing or wrong.
    static func query(_ fields: FormFields) throws -> Panel.Query {
        let resource = fields["resource"].flatMap(PanelSubject.Resource.init(rawValue:))
        let numbers = ["selectedIds", "companyId", "userId"].map { name in
            fields[name].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        }
        guard let resource, let record = numbers[0], let company = numbers[1], let user = numbers[2] else {
            var wrong = zip(["selectedIds", "companyId", "userId"], numbers).filter { $1 == nil }.map { $0.0 }
            if resource == nil { wrong.insert("resource", at: 0) }
            throw Refusal(.invalid, "These parameters are missing or wrong: \(wrong.joined(separator: ", ")).")
        }
        let token = fields["token"].flatMap { $0.isEmpty ? nil : $0 }
        return Panel.Query(
            subject: PanelSubject(resource: resource, recordID: record), companyID: PipedriveCompany.ID(company),
            userID: PipedriveUser.ID(user), token: token)
    }
}
