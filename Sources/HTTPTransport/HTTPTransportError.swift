/// Why there is no complete response.
public struct HTTPTransportError: Error, Sendable, Equatable {
    /// The closed list of reasons.
    public enum Code: String, Sendable, CaseIterable {
        /// The time for connecting or for the whole exchange ran out.
        case timeout
        /// No connection: refused or unreachable.
        case connect
        /// The host name has no address.
        case resolve
        /// The TLS handshake failed, or the certificate was not accepted.
        case tls
        /// The connection ended before the response did.
        case reset
        /// The response is larger than `maxResponseBytes`, or its head larger than 256 KiB.
        case tooLarge
        /// The request has no usable scheme, authority or path.
        case invalidRequest
        /// The task was cancelled, or the transport closed.
        case cancelled
        /// Anything else, such as a response that is not HTTP.
        case other
    }

    /// The reason.
    public let code: Code
    /// Method and address, without query or header fields.
    public let place: String
    /// False only when no byte of the request can have left: a request that is not safe to repeat may be repeated then.
    public var mayHaveReachedServer: Bool

    private let detail: String

    /// Makes an error; `detail` appears in the debug description only and must not hold secrets either.
    public init(code: Code, place: String, mayHaveReachedServer: Bool, detail: String = "") {
        self.code = code
        self.place = place
        self.mayHaveReachedServer = mayHaveReachedServer
        self.detail = detail
    }
}

extension HTTPTransportError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Fit for a log: the reason and the place.
    public var description: String { "HTTP \(code.rawValue) at \(place)" }

    /// The same with libcurl's words.
    public var debugDescription: String {
        let reach = mayHaveReachedServer ? "may have reached the server" : "did not reach the server"
        return detail.isEmpty ? "\(description) (\(reach))" : "\(description) (\(reach)): \(detail)"
    }
}
