public import Domain
import Synchronization

/// Tokens that count up, and digests that can be read: nothing secret, everything the same in every run.
public final class FixedSecrets: SecretSource {
    private let count = Mutex(0)

    /// Starts counting.
    public init() {}

    /// The digest that every instance makes of a text.
    public static func digest(_ text: String) -> [UInt8] { Array("digest of \(text)".utf8) }

    /// `token-1`, `token-2` and so on.
    public func token() -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return "token-\(number)"
    }

    /// The text with two words before it.
    public func digest(_ text: String) -> [UInt8] { Self.digest(text) }

    /// The message with the key behind it.
    public func authenticationCode(_ message: [UInt8], key: Secret) -> [UInt8] { message + Array(key.reveal().utf8) }

    /// Plain equality.
    public func matches(_ left: [UInt8], _ right: [UInt8]) -> Bool { left == right }

    /// The password with two words before it.
    public func passwordHash(_ password: Secret) throws -> Secret { Secret("hash of \(password.reveal())") }

    /// Whether the hash is that password's.
    public func verify(_ password: Secret, against hash: Secret) throws -> Bool {
        hash.reveal() == "hash of \(password.reveal())"
    }
}
