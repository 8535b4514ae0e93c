import Domain
import Workflows

/// A new customer for a record of Pipedrive: where the panel's link leads.
struct PanelCustomerPage: Page {
    let title = "New customer from Pipedrive"
    let section: NavigationSection? = .contacts
    let origin: String
    let problem: String?
    /// Nothing is known of the record yet.
    let isUnseen: Bool
    /// The deal has neither a person nor an organization.
    let hasNobody: Bool
    let hasCandidates: Bool
    let candidates: [Candidate]
    let form: ContactForm
    let returnAddress: String?

    struct Candidate: Sendable {
        let name: String
        let detail: String
        let path: String
        let linkPath: String
        let contactID: String
    }

    init(
        _ origin: CustomerFromPanel.Origin, _ proposal: CustomerFromPanel.Proposal, details: ContactDetails? = nil,
        problem: String? = nil
    ) {
        let title = proposal.dealTitle.flatMap { $0.isEmpty ? nil : ", “\($0)”" } ?? ""
        self.origin = "Pipedrive \(origin.resource.rawValue) \(origin.recordID)\(title)"
        self.problem = problem
        isUnseen = proposal.details == nil && !proposal.hasNobody
        hasNobody = proposal.hasNobody
        let path = Self.path(origin)
        candidates = proposal.candidates.map { contact in
            Candidate(
                name: contact.details.name, detail: contact.details.emails.first ?? contact.details.address.city ?? "",
                path: "/contacts/\(contact.id.text)", linkPath: path, contactID: contact.id.text)
        }
        hasCandidates = !candidates.isEmpty
        let kind: Contact.Kind = origin.resource == .person ? .person : .organization
        form = ContactForm(
            details ?? proposal.details ?? ContactDetails(kind: kind, name: ""), action: path,
            buttonLabel: "Create customer")
        returnAddress = proposal.returnAddress
    }

    /// The page's own address; its form goes there too.
    static func path(_ origin: CustomerFromPanel.Origin) -> String {
        let record = "\(origin.resource.rawValue):\(origin.recordID)"
        return "/contacts/from-pipedrive"
            + PercentCoding.query([("pipedrive", record), ("company", "\(origin.companyID)")])
    }
}
