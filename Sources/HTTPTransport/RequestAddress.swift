internal import HTTPTypes

/// The URL of a request, checked before libcurl sees it.
struct RequestAddress: Sendable {
    let url: String

    /// Throws `invalidRequest` on anything but http or https, on user names, and on characters that would end a part.
    init(_ outgoing: OutgoingRequest) throws(HTTPTransportError) {
        let request = outgoing.request
        guard let scheme = request.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let authority = request.authority, Self.isPlain(authority, without: "/?#@\\"),
            let path = request.path, path.hasPrefix("/"), Self.isPlain(path, without: "#"),
            request.method != .connect
        else {
            throw HTTPTransportError(
                code: .invalidRequest, place: outgoing.place, mayHaveReachedServer: false,
                detail: "scheme, authority or path is missing or malformed")
        }
        url = "\(scheme)://\(authority)\(path)"
    }

    private static func isPlain(_ text: String, without refused: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 != 127 && !refused.utf8.contains($0) }
    }
}
