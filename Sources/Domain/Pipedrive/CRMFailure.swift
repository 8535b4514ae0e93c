/// Why a call to Pipedrive did not succeed, sorted by what has to happen next.
public struct CRMFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What has to happen next.
    public enum Kind: Hashable, Sendable {
        /// 401: refresh once, else reconnect.
        case unauthorized
        /// 403 for scope or as HTML, 402, 429: wait, costs no attempt.
        case wait(seconds: Int?)
        /// 400, 403 for permission, 404, 410, 413, 422: will never succeed.
        case rejected
        /// 5xx, time-out, reset, garbage: try again. `mayHaveTakenEffect` when the request may have been carried out.
        case transient(mayHaveTakenEffect: Bool, retryAfterSeconds: Int?)
        /// The OAuth server says that this refresh token or code is no good.
        case grantRefused
    }

    /// What has to happen next.
    public let kind: Kind
    /// HTTP status, if there was an answer.
    public let status: Int?
    /// What went wrong, in words without customer data or secrets.
    public let reason: String
    /// The beginning of the answer, which may quote customer data: shown to the company's people, and in no log.
    public let excerpt: String?
    /// The sentence in the answer that says why a record was refused; may quote customer data like the excerpt.
    public let message: String?
    /// Whether it concerns the connection as a whole, so that its other calls would fare alike.
    public let holdsConnection: Bool

    /// Makes a failure.
    public init(
        _ kind: Kind, status: Int? = nil, reason: String, excerpt: String? = nil, message: String? = nil,
        holdsConnection: Bool = false
    ) {
        self.kind = kind
        self.status = status
        self.reason = reason
        self.excerpt = excerpt
        self.message = message
        self.holdsConnection = holdsConnection
    }

    /// The same with the beginning of the answer that it is about.
    public func quoting(_ excerpt: String) -> CRMFailure {
        CRMFailure(
            kind, status: status, reason: reason, excerpt: excerpt, message: message, holdsConnection: holdsConnection)
    }

    /// Whether the record is not there: 404 or 410.
    public var isMissing: Bool { kind == .rejected && (status == 404 || status == 410) }

    /// Status and reason: safe to log.
    public var description: String { status.map { "\(reason) (HTTP \($0))" } ?? reason }
}
