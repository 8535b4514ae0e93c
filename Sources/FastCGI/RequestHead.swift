internal import HTTPTypes

/// The FastCGI parameters that make a swift-http-types request, taken one by one as libfcgi lists them.
///
/// A web server sends some thirty for each request, most of which nobody asks for: those are not even made a text.
struct RequestHead {
    /// `CONTENT_LENGTH` as it was sent; empty when there is none.
    private(set) var announcedLength = ""
    /// `REMOTE_ADDR`.
    private(set) var remoteAddress: String?

    private var method: String?
    private var uri = ""
    private var scriptName = ""
    private var pathInfo = ""
    private var query = ""
    private var scheme: String?
    private var https = ""
    private var host: String?
    private var serverName: String?
    private var contentType = ""
    private var fields = HTTPFields()

    /// Takes one `NAME=value`; what has no equals sign is none.
    mutating func take(_ pair: UnsafeBufferPointer<UInt8>) {
        guard let equals = pair.firstIndex(of: UInt8(ascii: "=")) else { return }
        let name = UnsafeBufferPointer(rebasing: pair[..<equals])
        let value = UnsafeBufferPointer(rebasing: pair[(equals + 1)...])
        if Self.begins(name, with: "HTTP_") { return takeField(name, value) }
        guard let parameter = Self.parameters.first(where: { Self.equals(name, $0.name) }) else { return }
        parameter.set(&self, String(decoding: value, as: UTF8.self))
    }

    /// The request, or nil when the method or the path could not be one.
    func request() -> HTTPRequest? {
        guard let method = method.flatMap(HTTPRequest.Method.init(rawValue:)), let path else { return nil }
        let isSecure = !https.isEmpty && https != "off"
        var fields = fields
        // CGI's own names for these two win over what the client's header says.
        if !contentType.isEmpty { fields[.contentType] = contentType }
        if !announcedLength.isEmpty { fields[.contentLength] = announcedLength }
        return HTTPRequest(
            method: method, scheme: scheme ?? (isSecure ? "https" : "http"), authority: host ?? serverName, path: path,
            headerFields: fields)
    }

    private var path: String? {
        var path = uri
        if path.isEmpty {
            path = scriptName + pathInfo
            if !query.isEmpty { path += "?" + query }
        }
        guard path.hasPrefix("/") || path == "*", path.utf8.allSatisfy({ $0 > 32 && $0 != 127 }) else { return nil }
        return path
    }

    private mutating func takeField(_ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        let text = String(decoding: value, as: UTF8.self)
        if Self.equals(name, "HTTP_HOST") {
            host = text
            return
        }
        let lowercase = String(unsafeUninitializedCapacity: name.count - 5) { buffer in
            for (index, byte) in name.dropFirst(5).enumerated() {
                buffer[index] = byte == UInt8(ascii: "_") ? UInt8(ascii: "-") : byte | 32
            }
            return name.count - 5
        }
        // A web server that does not join the values of one name sends it twice: then the last one counts.
        if let name = HTTPField.Name(lowercase) { fields[name] = text }
    }

    private static let parameters: [(name: StaticString, set: @Sendable (inout RequestHead, String) -> Void)] = [
        ("REQUEST_METHOD", { $0.method = $1 }), ("REQUEST_URI", { $0.uri = $1 }),
        ("CONTENT_LENGTH", { $0.announcedLength = $1 }), ("CONTENT_TYPE", { $0.contentType = $1 }),
        ("REMOTE_ADDR", { $0.remoteAddress = $1 }), ("REQUEST_SCHEME", { $0.scheme = $1 }),
        ("HTTPS", { $0.https = $1 }), ("SERVER_NAME", { $0.serverName = $1 }),
        ("SCRIPT_NAME", { $0.scriptName = $1 }), ("PATH_INFO", { $0.pathInfo = $1 }),
        ("QUERY_STRING", { $0.query = $1 }),
    ]

    private static func equals(_ name: UnsafeBufferPointer<UInt8>, _ known: StaticString) -> Bool {
        name.count == known.utf8CodeUnitCount && begins(name, with: known)
    }

    private static func begins(_ name: UnsafeBufferPointer<UInt8>, with known: StaticString) -> Bool {
        let count = known.utf8CodeUnitCount
        guard name.count >= count else { return false }
        for index in 0..<count where name[index] != known.utf8Start[index] { return false }
        return true
    }
}
