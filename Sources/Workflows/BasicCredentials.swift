internal import Domain
import FoundationEssentials

/// What an `Authorization: Basic` header holds (RFC 7617).
struct BasicCredentials {
    /// `user:password`.
    let text: Secret

    /// Nil unless the header is well-formed.
    init?(header: String?) {
        guard let header, header.lowercased().hasPrefix("basic "),
            let decoded = Data(base64Encoded: String(header.dropFirst(6)).filter { !$0.isWhitespace }),
            let text = String(validating: decoded, as: UTF8.self), text.contains(":")
        else { return nil }
        self.text = Secret(text)
    }
}
