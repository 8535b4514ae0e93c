/// Where a member logs in.
struct LoginPage: Page {
    let title = "Log in"
    let email: String
    /// Where to go on to, a checked local path.
    let next: String?
    let problem: String?
    /// Says that an install from the Marketplace goes on after the login.
    let hasPendingInstall: Bool
}
