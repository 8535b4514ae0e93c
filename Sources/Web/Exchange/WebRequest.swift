public import HTTPTypes

/// One request as the web server handed it over.
///
/// A class, because it goes through many hands and never changes.
public final class WebRequest: Sendable {
    /// Method, path with query, and header fields.
    public let request: HTTPRequest
    /// The whole body, already bounded by the server's own cap.
    public let body: [UInt8]
    /// Who asked, as the web server saw it; nil when it did not say.
    public let remoteAddress: String?
    /// Stands in the log line, in the answer's `X-Request-Id` and on error pages.
    public let requestID: String

    /// Makes a request value.
    public init(request: HTTPRequest, body: [UInt8], remoteAddress: String?, requestID: String) {
        self.request = request
        self.body = body
        self.remoteAddress = remoteAddress
        self.requestID = requestID
    }

    /// The path without the query, still percent-encoded.
    var rawPath: Substring {
        let target = request.path ?? "/"
        return target[..<(target.utf8.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex)]
    }

    /// What stands behind the question mark, still encoded.
    var rawQuery: Substring {
        let target = request.path ?? "/"
        guard let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return "" }
        return target[target.utf8.index(after: mark)...]
    }

    /// `text/html` of `Text/HTML; charset=utf-8`.
    var mediaType: String? {
        guard let field = request.headerFields[.contentType] else { return nil }
        let type = field.prefix { $0 != ";" && $0 != " " }
        return type.isEmpty ? nil : type.lowercased()
    }

    /// A cookie's value; the first one when a browser sends two.
    func cookie(_ name: String) -> String? {
        for field in request.headerFields[values: .cookie] {
            for pair in field.split(separator: ";") {
                let parts = pair.drop(while: \.isWhitespace).split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2, parts[0] == name { return String(parts[1]) }
            }
        }
        return nil
    }
}
