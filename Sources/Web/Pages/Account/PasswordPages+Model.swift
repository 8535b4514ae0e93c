import Domain
import Workflows

/// A member's own password.
struct PasswordPage: Page {
    let title = "Password"
    let email: String
    let problem: String?
}

/// Asks for a link to a new password, or says how it is done where no mail is sent.
struct ForgotPage: Page {
    let title = "Forgot your password"
    let isMailing: Bool
    let email: String
    let problem: String?
    let supportEmail: String
}

/// Where the link in a mail leads: a new password is chosen.
struct LinkPasswordPage: Page {
    let title: String
    let paragraph: String
    let email: String
    let path: String
    let button: String
    let problem: String?

    init(_ open: Members.OpenLink, path: String, problem: String?) {
        email = open.link.email
        self.path = path
        self.problem = problem
        switch open.link.purpose {
        case .reset:
            title = "Choose a new password"
            paragraph = "For \(open.link.email). All browsers that are logged in have to log in again."
            button = "Save the password"
        case .invitation:
            title = "Join \(open.company.name)"
            paragraph = "You will log in to the books of \(open.company.name) as \(open.link.email)."
            button = "Join"
        }
    }
}
