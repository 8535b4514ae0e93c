internal import HTTPTypes

/// The bytes before a body: `Status:` and the header fields, as CGI has them (RFC 3875, 6.3).
struct ResponseHead {
    /// A header field that would have started a line of its own.
    struct LineBreak: Error {
        let name: String
    }

    private let status: HTTPResponse.Status
    private var fields: [(name: String, value: [UInt8])]

    init(status: HTTPResponse.Status, fields: [(name: String, value: [UInt8])]) {
        self.status = status
        self.fields = fields
    }

    init(_ outgoing: FastCGIResponse) {
        let response = outgoing.response
        status = response.status
        fields = response.headerFields.map { field in
            (field.name.rawName, field.withUnsafeBytesOfValue { Array($0) })
        }
        let hasNoBody = status.kind == .informational || status == .noContent || status == .notModified
        if !hasNoBody, response.headerFields[.contentLength] == nil {
            fields.append(("Content-Length", Array("\(outgoing.body.count)".utf8)))
        }
    }

    /// The whole head with its blank line; throws when a value or the reason holds CR, LF or NUL.
    func bytes() throws(LineBreak) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        try Self.append(name: "Status", value: "\(status.code) \(status.reasonPhrase)".utf8, to: &bytes)
        for (name, value) in fields {
            try Self.append(name: name, value: value, to: &bytes)
        }
        bytes.append(contentsOf: [13, 10])
        return bytes
    }

    /// What stands in for a head that was refused; goes with ``FastCGIResponse/plain(_:)``.
    static let internalServerError = Array(
        "Status: 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n\r\n"
            .utf8)

    private static func append(
        name: String, value: some Collection<UInt8>, to bytes: inout [UInt8]
    ) throws(LineBreak) {
        guard !value.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else { throw LineBreak(name: name) }
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: [58, 32])
        bytes.append(contentsOf: value)
        bytes.append(contentsOf: [13, 10])
    }
}
