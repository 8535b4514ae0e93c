public import HTTPTypes

/// One request as the web server handed it over.
///
/// The body has been read whole, within ``FastCGILimits/maxBodyBytes``.
public struct FastCGIRequest: Sendable {
    /// The method, the scheme, the host, the path with its query, and the header fields.
    public let request: HTTPRequest
    /// The body's bytes as sent, NUL included; empty when there was none.
    public let body: [UInt8]
    /// `REMOTE_ADDR`: the address of whoever connected to the web server.
    public let remoteAddress: String?

    /// Makes a request by hand, as tests of a responder do.
    public init(request: HTTPRequest, body: [UInt8] = [], remoteAddress: String? = nil) {
        self.request = request
        self.body = body
        self.remoteAddress = remoteAddress
    }
}
