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
        var asked: Panel.Query?
        let view = try useCases.panel.view(
            authorization: call.request.request.headerFields[.authorization],
            query: {
                let query = try Self.query(call.query)
                asked = query
                return query
            }, now: call.now)
        guard let asked else { throw Refusal(.invalid, "The panel's query is incomplete.") }
        switch view {
        case .records(_, let records): return .json(PanelBody(publicURL: publicURL, query: asked).answer(records))
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

    /// More records than the panel can have objects would never be seen.
    private static let recordLimit = 10

    /// Reads the documented query. Throws `invalid` naming each parameter that is missing or wrong. Other parameters
    /// are left alone: Pipedrive may add some.
    static func query(_ fields: FormFields) throws -> Panel.Query {
        let resource = fields["resource"].flatMap(PanelSubject.Resource.init(rawValue:))
        let records = records(fields.all("selectedIds"))
        let (company, user) = (fields["companyId"].flatMap(number), fields["userId"].flatMap(number))
        let isShared = ["true": true, "false": false, nil: false][fields["isShared"]]
        let isDetails = [nil, "details"].contains(fields["view"])
        guard let resource, let records, let company, let user, let isShared, isDetails else {
            let wrong = [
                ("resource", resource == nil), ("selectedIds", records == nil), ("companyId", company == nil),
                ("userId", user == nil), ("isShared", isShared == nil), ("view", !isDetails),
            ].filter(\.1).map(\.0)
            throw Refusal(.invalid, "These parameters are missing or wrong: \(wrong.joined(separator: ", ")).")
        }
        let token = fields["token"].flatMap { $0.isEmpty ? nil : $0 }
        return Panel.Query(
            subject: PanelSubject(resource: resource, recordIDs: records), companyID: PipedriveCompany.ID(company),
            userID: PipedriveUser.ID(user), isShared: isShared, token: token)
    }

    /// `12`, `12,13` and the parameter given more than once; each record once, in order. Nil when one is no number, or
    /// when there are none or too many.
    private static func records(_ texts: [String]) -> [Int64]? {
        var records: [Int64] = []
        for part in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            guard let record = number(part) else { return nil }
            if !records.contains(record) { records.append(record) }
        }
        return (1...recordLimit).contains(records.count) ? records : nil
    }

    private static func number(_ text: some StringProtocol) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int64(text).flatMap { $0 > 0 ? $0 : nil }
    }
}
