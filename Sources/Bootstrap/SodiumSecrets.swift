import Domain
import Sodium

/// libsodium behind the domain's port.
struct SodiumSecrets: SecretSource {
    func token() -> String { RandomBytes.token() }

    func digest(_ text: String) -> [UInt8] { Digest.sha256(Array(text.utf8)) }

    func authenticationCode(_ message: [UInt8], key: Secret) -> [UInt8] {
        Digest.hmacSHA256(message, key: Array(key.reveal().utf8))
    }

    func matches(_ left: [UInt8], _ right: [UInt8]) -> Bool { constantTimeEquals(left, right) }

    func passwordHash(_ password: Secret) throws -> Secret { Secret(try PasswordHash.make(password.reveal())) }

    func verify(_ password: Secret, against hash: Secret) throws -> Bool {
        try PasswordHash.verify(password.reveal(), against: hash.reveal())
    }
}
