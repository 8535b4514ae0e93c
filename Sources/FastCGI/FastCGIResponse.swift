public import HTTPTypes

/// What goes back to the web server.
///
/// `Content-Length` is added where it is missing, the status allows a body and all of it is there; a `HEAD` is answered
/// without the body.
public struct FastCGIResponse: Sendable {
    /// The status and the header fields.
    public var response: HTTPResponse
    /// The body's bytes, or its first ones.
    public var body: [UInt8]
    /// What comes after them, piece by piece, each asked for once the one before was written; nil is the end. When it
    /// throws, the connection is closed with the answer unfinished, for the web server to see that it is.
    public var further: (@Sendable () throws -> [UInt8]?)?

    /// Makes a response from its head and its body.
    public init(
        response: HTTPResponse, body: [UInt8] = [], further: (@Sendable () throws -> [UInt8]?)? = nil
    ) {
        self.response = response
        self.body = body
        self.further = further
    }

    /// The listener's own short answer in plain text, for a request that never reached the responder.
    static func plain(_ status: HTTPResponse.Status) -> FastCGIResponse {
        FastCGIResponse(
            response: HTTPResponse(
                status: status, headerFields: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"]),
            body: Array("\(status.code) \(status.reasonPhrase)\n".utf8))
    }
}
