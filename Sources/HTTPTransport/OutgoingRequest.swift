public import HTTPTypes

/// A request to send, with its limits.
///
/// Printing one shows neither its query, nor a header value that could be a secret, nor its body.
public struct OutgoingRequest: Sendable {
    /// Method, scheme (`http` or `https`), authority, path with query, and header fields.
    ///
    /// `Content-Length`, `Host` and `Transfer-Encoding` among the fields are left out: the transport knows better.
    public var request: HTTPRequest
    /// The body's bytes; nil for none.
    public var body: [UInt8]?
    /// The time for everything, from `send` to the last byte.
    public var timeout: Duration
    /// The part of it in which a connection, TLS included, must stand.
    public var connectTimeout: Duration
    /// The largest body taken, in bytes after decompression.
    public var maxResponseBytes: Int

    /// Makes a request; by default 30 s in all, 10 s to connect, and a response of up to 8 MiB.
    public init(
        request: HTTPRequest, body: [UInt8]? = nil, timeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10), maxResponseBytes: Int = 8 << 20
    ) {
        self.request = request
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maxResponseBytes = maxResponseBytes
    }

    /// Method and address without the query: what errors and logs may name.
    var place: String {
        let path = (request.path ?? "").prefix { $0 != "?" && $0 != "#" }
        let host = (request.authority ?? "").split(separator: "@").last ?? ""
        return "\(request.method.rawValue) \(request.scheme ?? "")://\(host)\(path)"
    }
}

extension OutgoingRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Method, address without query, and the number of bytes.
    public var description: String { "\(place) (\(body?.count ?? 0) bytes)" }

    /// The same with the header fields, redacted.
    public var debugDescription: String { "\(description) \(RedactedHeaders(request.headerFields))" }

    /// What `dump` shows: the same.
    public var customMirror: Mirror { Mirror(self, children: ["request": debugDescription]) }
}
