internal import HTTPTypes

/// The bytes before a body: `Status:` and the header fields, as CGI has them (RFC 3875, 6.3).
///
/// swift-http-types keeps line breaks and NUL out of values and reasons: none can start a line of its own.
struct ResponseHead {
    private let status: HTTPResponse.Status
    private var fields: HTTPFields

    init(_ outgoing: FastCGIResponse) {
        let response = outgoing.response
        status = response.status
        fields = response.headerFields
        let hasNoBody = status.kind == .informational || status == .noContent || status == .notModified
        if !hasNoBody, outgoing.further == nil, !fields.contains(.contentLength) {
            fields.append(HTTPField(name: .contentLength, value: String(outgoing.body.count)))
        }
    }

    /// The whole head with its blank line.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        bytes.append(contentsOf: "Status: ".utf8)
        bytes.append(contentsOf: String(status.code).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: status.reasonPhrase.utf8)
        for field in fields {
            bytes.append(contentsOf: "\r\n".utf8)
            bytes.append(contentsOf: field.name.rawName.utf8)
            bytes.append(contentsOf: ": ".utf8)
            field.withUnsafeBytesOfValue { bytes.append(contentsOf: $0) }
        }
        bytes.append(contentsOf: "\r\n\r\n".utf8)
        return bytes
    }
}
