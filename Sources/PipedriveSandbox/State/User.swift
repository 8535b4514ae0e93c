/// A person who works in the pretended company.
struct User: Sendable {
    let id: Int
    let name: String
    let email: String
    let isAdmin: Bool
}
