public import HTTPTypes

/// What goes back to the web server.
///
/// `Content-Length` is added where it is missing and the status allows a body; a `HEAD` is answered without the body.
public struct FastCGIResponse: Sendable {
    /// The status and the header fields.
    public var response: HTTPResponse
    /// The body's bytes.
    public var body: [UInt8]

    /// Makes a response from its head and its body.
    public init(response: HTTPResponse, body: [UInt8] = []) {
        self.response = response
        self.body = body
    }

    /// The listener's own short answer in plain text, for a request that never reached the responder.
    static func plain(_ status: HTTPResponse.Status) -> FastCGIResponse {
        FastCGIResponse(
            response: HTTPResponse(
                status: status, headerFields: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]),
            body: Array("\(status.code) \(status.reasonPhrase)\n".utf8))
    }
}
