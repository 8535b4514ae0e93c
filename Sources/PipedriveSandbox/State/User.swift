/// A person who works in the pretended company.
struct User: Sendable {
    let id: Int
    var name: String
    var email: String
    var isAdmin: Bool
    /// False once the company has deactivated the user, whose tokens and webhooks then rest.
    var isActive = true
}
