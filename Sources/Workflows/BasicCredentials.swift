internal import Domain
import FoundationEssentials

/// What an `Authorization: Basic` header holds (RFC 7617).
struct BasicCredentials {
    /// `user:password`.
    let text: Secret

    /// Nil unless the header is well-formed.
    init?(header: String?) {
        guard let header, header.utf8.prefix(6).elementsEqual("basic ".utf8, by: { $0 | 32 == $1 }),
            let decoded = Data(
                base64Encoded: Data(header.utf8.dropFirst(6).filter { $0 != 32 && $0 != 9 })),
            let text = String(validating: decoded, as: UTF8.self), text.contains(":")
        else { return nil }
        self.text = Secret(text)
    }
}
