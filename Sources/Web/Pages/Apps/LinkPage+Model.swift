import Domain

/// Asks before an install from the Marketplace is joined to a company.
struct LinkPage: Page {
    let title = "Connect Pipedrive"
    let section: NavigationSection? = .apps
    let pipedriveCompany: String
    let pipedriveUser: String
    let target: Target?

    /// The company of whoever is logged in.
    struct Target: Sendable {
        let companyName: String
        let memberEmail: String
        let mayConnect: Bool
        /// The Pipedrive company that this one would take the place of.
        let replaced: String?
    }

    init(user: PipedriveUser, session: Session?, mayConnect: Bool, replaced: String?) {
        pipedriveCompany = user.companyName
        pipedriveUser = user.name
        target = session.map {
            Target(
                companyName: $0.company.name, memberEmail: $0.member.email, mayConnect: mayConnect,
                replaced: replaced)
        }
    }
}
