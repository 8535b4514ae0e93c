import Domain
import HTTPTypes
import Workflows

/// The customer of a Pipedrive record, made or linked from the panel, for members.
struct PanelCustomerRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    private static let path = "/contacts/from-pipedrive"

    var routes: [Route] {
        [
            Route(.get, Self.path, .member) { try show($0) },
            Route(.post, Self.path, .member, body: .form) { try save($0) },
        ]
    }

    private func show(_ call: Call) throws -> WebResponse {
        let (origin, company) = (try Self.origin(call.query), try call.member().company.id)
        let proposal = try useCases.customerFromPanel.proposal(origin, company)
        if let linked = proposal.linked { return .redirect("/contacts/\(linked.id.text)") }
        return try frame.answer(PanelCustomerPage(origin, proposal), to: call)
    }

    private func save(_ call: Call) throws -> WebResponse {
        let (origin, company) = (try Self.origin(call.query), try call.member().company.id)
        var details: ContactDetails?
        do {
            let address: String?
            if let text = call.form["contact"] {
                guard let id = Contact.ID(text: text) else { throw Refusal(.notFound, "There is no such contact.") }
                address = try useCases.customerFromPanel.link(id, origin, company)
            } else {
                let known = try useCases.customerFromPanel.proposal(origin, company).details
                let given = ContactForm.details(call.form, changing: known)
                details = given
                address = try useCases.customerFromPanel.create(given, origin, company)
            }
            return .redirect(address ?? "/contacts?done=\(Notice.created.rawValue)")
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            let proposal = try useCases.customerFromPanel.proposal(origin, company)
            if let linked = proposal.linked { return .redirect("/contacts/\(linked.id.text)") }
            let page = PanelCustomerPage(
                origin, proposal, details: details, problem: ContactRoutes.sentence(refusal))
            return try frame.answer(
                page, to: call, status: refusal.code == .conflict ? .conflict : .unprocessableContent)
        }
    }

    /// `pipedrive=deal:7` and `company=77`. Throws `notFound` for anything else.
    private static func origin(_ query: FormFields) throws -> CustomerFromPanel.Origin {
        let parts = (query["pipedrive"] ?? "").split(separator: ":")
        guard parts.count == 2, let resource = PanelSubject.Resource(rawValue: String(parts[0])),
            let record = Int64(parts[1]), record > 0, let company = query["company"].flatMap({ Int64($0) })
        else { throw Refusal(.notFound, "This link names no record of Pipedrive.") }
        return CustomerFromPanel.Origin(
            resource: resource, recordID: record, companyID: PipedriveCompany.ID(company))
    }
}
