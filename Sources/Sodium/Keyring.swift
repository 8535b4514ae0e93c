import CSodium

/// All keys that can open, and the one that seals: XChaCha20-Poly1305 (IETF form) with a random nonce.
///
/// Printing it shows the IDs only.
public struct Keyring: Sendable {
    /// The keys in the order they were given.
    public let keys: [SealingKey]
    /// The key that seals.
    public let currentID: String
    private let current: SealingKey

    /// A keyring.
    ///
    /// Throws `duplicateKey`, or `unknownKey` when the current ID is none of the keys'.
    public init(keys: [SealingKey], currentID: String) throws {
        try SodiumLibrary.start()
        var seen: Set<String> = []
        for key in keys where !seen.insert(key.id).inserted { throw SodiumError.duplicateKey(id: key.id) }
        guard let current = keys.first(where: { $0.id == currentID }) else {
            throw SodiumError.unknownKey(id: currentID)
        }
        self.keys = keys
        self.currentID = currentID
        self.current = current
    }

    /// A keyring with one new key.
    public static func generate(id: String) throws -> Keyring {
        try Keyring(keys: [.generate(id: id)], currentID: id)
    }

    /// The IDs of all keys, in their order.
    public var keyIDs: [String] { keys.map(\.id) }

    /// The same keys and one more, which seals from now on.
    ///
    /// Throws `duplicateKey`.
    public func adding(_ key: SealingKey) throws -> Keyring {
        try Keyring(keys: keys + [key], currentID: key.id)
    }

    /// The keyring without a key.
    ///
    /// Throws `unknownKey`; the current key cannot go.
    public func removing(id: String) throws -> Keyring {
        guard keyIDs.contains(id) else { throw SodiumError.unknownKey(id: id) }
        return try Keyring(keys: keys.filter { $0.id != id }, currentID: currentID)
    }

    /// Seals under the current key.
    ///
    /// It opens only with the same additional data, which is not stored with it.
    public func seal(_ plain: [UInt8], additionalData: [UInt8]) throws -> SealedBytes {
        let nonce = RandomBytes.make(csodium_aead_nonce_bytes())
        var ciphertext = [UInt8](repeating: 0, count: plain.count + csodium_aead_tag_bytes())
        var count: UInt64 = 0
        let code = crypto_aead_xchacha20poly1305_ietf_encrypt(
            &ciphertext, &count, plain, UInt64(plain.count), additionalData, UInt64(additionalData.count), nil, nonce,
            current.bytes)
        guard code == 0, count == ciphertext.count else { throw SodiumError.libraryUnavailable }
        return SealedBytes(keyID: current.id, nonce: nonce, ciphertext: ciphertext)
    }

    /// Opens what was sealed under any of the keys.
    ///
    /// Throws `unknownKey` or `doesNotOpen`.
    public func open(_ sealed: SealedBytes, additionalData: [UInt8]) throws -> [UInt8] {
        guard let key = keys.first(where: { $0.id == sealed.keyID }) else {
            throw SodiumError.unknownKey(id: sealed.keyID)
        }
        let tagCount = csodium_aead_tag_bytes()
        guard sealed.ciphertext.count >= tagCount, sealed.nonce.count == csodium_aead_nonce_bytes() else {
            throw SodiumError.malformedSealedBytes
        }
        // One byte more than needed, so that an empty content still has a place to go.
        var plain = [UInt8](repeating: 0, count: sealed.ciphertext.count - tagCount + 1)
        var count: UInt64 = 0
        let code = crypto_aead_xchacha20poly1305_ietf_decrypt(
            &plain, &count, nil, sealed.ciphertext, UInt64(sealed.ciphertext.count), additionalData,
            UInt64(additionalData.count), sealed.nonce, key.bytes)
        guard code == 0 else { throw SodiumError.doesNotOpen }
        plain.removeLast(plain.count - Int(count))
        return plain
    }
}

extension Keyring: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The IDs without the keys.
    public var description: String { "Keyring(\(keyIDs.joined(separator: ", ")); current \(currentID))" }
    /// The IDs without the keys.
    public var debugDescription: String { description }
    /// The IDs without the keys.
    public var customMirror: Mirror { Mirror(self, children: ["keyIDs": keyIDs, "currentID": currentID]) }
}
