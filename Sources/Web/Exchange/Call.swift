import Domain
import FoundationEssentials

/// A request on its way through its route, with everything that was read from it.
struct Call: Sendable {
    let request: WebRequest
    /// From the path.
    let parameters: [String: String]
    let query: FormFields
    /// Empty unless the route takes a form; its CSRF token was compared already.
    let form: FormFields
    /// Of whoever is logged in.
    let session: Session?
    /// What the forms of the answer carry.
    let formToken: String
    /// Taken once per request.
    let now: Date

    /// A parameter of the path.
    func parameter(_ name: String) -> String { parameters[name] ?? "" }

    /// An identifier in the path. Throws `notFound` when it is none.
    func identifier<Subject>(_ name: String, of subject: String) throws -> Identifier<Subject, UUID> {
        guard let id = Identifier<Subject, UUID>(text: parameter(name)) else {
            throw Refusal(.notFound, "There is no such \(subject).")
        }
        return id
    }

    /// The session of a member's page. Throws `unauthorized` when there is none.
    func member() throws -> Session {
        guard let session else { throw Refusal(.unauthorized, "Please log in.") }
        return session
    }
}
