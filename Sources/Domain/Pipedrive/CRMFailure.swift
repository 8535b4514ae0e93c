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
    /// Pipedrive's own words, for the customer's eyes only: they can quote the customer's data, so no log gets them.
    public let answer: String?

    /// Makes a failure.
    public init(_ kind: Kind, status: Int? = nil, reason: String, answer: String? = nil) {
        self.kind = kind
        self.status = status
        self.reason = reason
        self.answer = answer
    }

    /// Whether the record is not there: 404 or 410.
    public var isMissing: Bool { kind == .rejected && (status == 404 || status == 410) }

    /// Status and reason: safe to log.
    public var description: String { status.map { "\(reason) (HTTP \($0))" } ?? reason }
}
