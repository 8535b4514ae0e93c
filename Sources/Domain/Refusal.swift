/// A failure with a sentence fit to show to a person.
///
/// Everything else that is thrown is our fault or the outside world's and is shown as "Something went wrong" with
/// the request's reference.
public struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The closed set of kinds; `Web` maps each to one HTTP status.
    public enum Code: String, Hashable, Sendable {
        /// The input is wrong; `fields` names where.
        case invalid
        /// There is no such thing, or not under this company.
        case notFound = "not_found"
        /// The thing is in a state that does not allow this.
        case conflict
        /// Not logged in, or wrong credentials.
        case unauthorized
        /// Logged in, but not allowed to do this.
        case forbidden
        /// Something outside does not answer; trying later may help.
        case unavailable
    }

    /// What kind of refusal it is.
    public let code: Code
    /// One sentence for a person.
    public let message: String
    /// Field name → what is wrong with it.
    public let fields: [String: String]

    /// Makes a refusal; `message` is shown as it stands.
    public init(_ code: Code, _ message: String, fields: [String: String] = [:]) {
        self.code = code
        self.message = message
        self.fields = fields
    }

    /// Code and sentence: safe to log.
    public var description: String { "\(code.rawValue): \(message)" }
}
