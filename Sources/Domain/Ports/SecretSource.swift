/// Randomness, digests and password hashes, passed in so that tests can fix them.
public protocol SecretSource: Sendable {
    /// Unguessable text for URLs and cookies, 256 bits, base64url.
    func token() -> String
    /// SHA-256 of the text's UTF-8.
    func digest(_ text: String) -> [UInt8]
    /// HMAC-SHA256.
    func authenticationCode(_ message: [UInt8], key: Secret) -> [UInt8]
    /// Compares without telling by time where they differ.
    func matches(_ left: [UInt8], _ right: [UInt8]) -> Bool
    /// argon2id hash of a password.
    func passwordHash(_ password: Secret) throws -> Secret
    /// Whether a password belongs to a hash.
    func verify(_ password: Secret, against hash: Secret) throws -> Bool
}
