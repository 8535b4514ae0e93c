import CSodium

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Password hashes by argon2id, in the text form that names its own parameters and salt.
///
/// Each call takes the memory and the time of its strength: bound how many run at once.
public enum PasswordHash {
    /// How much a guess costs.
    public struct Strength: Sendable, Hashable {
        /// Passes over the memory.
        public let passCount: Int
        /// Memory in bytes.
        public let memoryByteCount: Int

        /// A strength of one's own.
        public init(passCount: Int, memoryByteCount: Int) {
            self.passCount = passCount
            self.memoryByteCount = memoryByteCount
        }

        /// Two passes over 19 MiB, OWASP's advice for a login in a web process.
        public static let interactive = Strength(passCount: 2, memoryByteCount: 19 << 20)
    }

    /// Hashes a password with a new salt.
    ///
    /// Throws `outOfMemory`.
    public static func make(_ password: String, strength: Strength = .interactive) throws -> String {
        try SodiumLibrary.start()
        var hash = [CChar](repeating: 0, count: csodium_pwhash_text_bytes())
        let code = crypto_pwhash_str(
            &hash, password, UInt64(password.utf8.count), UInt64(strength.passCount), strength.memoryByteCount)
        guard code == 0 else { throw SodiumError.outOfMemory }
        return String(decoding: hash.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// True when the password is the hashed one.
    ///
    /// Throws `malformedPasswordHash` or `outOfMemory`.
    public static func verify(_ password: String, against hash: String) throws -> Bool {
        _ = try needsRehash(hash)
        errno = 0
        if crypto_pwhash_str_verify(hash, password, UInt64(password.utf8.count)) == 0 { return true }
        // libsodium sets EINVAL for a wrong password, and nothing of its own when memory is short.
        guard errno == EINVAL else { throw SodiumError.outOfMemory }
        return false
    }

    /// True when the hash was made with another strength.
    ///
    /// Throws `malformedPasswordHash`.
    public static func needsRehash(_ hash: String, strength: Strength = .interactive) throws -> Bool {
        try SodiumLibrary.start()
        guard hash.hasPrefix("$argon2"), hash.utf8.count < csodium_pwhash_text_bytes(), !hash.utf8.contains(0) else {
            throw SodiumError.malformedPasswordHash
        }
        switch crypto_pwhash_str_needs_rehash(hash, UInt64(strength.passCount), strength.memoryByteCount) {
        case 0: return false
        case 1: return true
        default: throw SodiumError.malformedPasswordHash
        }
    }
}
