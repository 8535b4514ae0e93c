public import HTTPTypes

/// A complete response.
public struct IncomingResponse: Sendable {
    /// The status and the header fields.
    ///
    /// A content encoding was undone, and is then no longer named here, nor the length it had.
    public let response: HTTPResponse
    /// The body's bytes after decompression.
    public let body: [UInt8]
    /// The time from `send` to the last byte.
    public let elapsed: Duration

    /// Makes a response by hand, as a stub transport does.
    public init(response: HTTPResponse, body: [UInt8] = [], elapsed: Duration = .zero) {
        self.response = response
        self.body = body
        self.elapsed = elapsed
    }
}

extension IncomingResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Status and number of bytes.
    public var description: String { "\(response.status.code) (\(body.count) bytes)" }

    /// The same with the header fields, redacted.
    public var debugDescription: String { "\(description) \(RedactedHeaders(response.headerFields))" }

    /// What `dump` shows: the same.
    public var customMirror: Mirror { Mirror(self, children: ["response": debugDescription]) }
}
