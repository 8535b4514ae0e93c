/// Where a new company starts.
struct SignupPage: Page {
    let title = "Sign up"
    let company: String
    let email: String
    /// Where to go on to, a checked local path.
    let next: String?
    let problem: String?
}
