import CSodium

/// Something sealed, with what is needed to open it except the key.
public struct SealedBytes: Sendable, Hashable {
    private static let version: UInt8 = 1

    /// The key it was sealed under.
    public let keyID: String
    /// 24 random bytes, new for each sealing.
    public let nonce: [UInt8]
    /// The sealed content and its 16-byte tag.
    public let ciphertext: [UInt8]

    init(keyID: String, nonce: [UInt8], ciphertext: [UInt8]) {
        self.keyID = keyID
        self.nonce = nonce
        self.ciphertext = ciphertext
    }

    /// Reads what `encoded` wrote.
    ///
    /// Throws `malformedSealedBytes`.
    public init(encoded: [UInt8]) throws {
        let nonceCount = csodium_aead_nonce_bytes()
        guard encoded.count >= 2, encoded[0] == Self.version else { throw SodiumError.malformedSealedBytes }
        let idEnd = 2 + Int(encoded[1])
        guard encoded.count >= idEnd + nonceCount + csodium_aead_tag_bytes(),
            let keyID = String(validating: encoded[2..<idEnd], as: UTF8.self), SealingKey.isValid(id: keyID)
        else { throw SodiumError.malformedSealedBytes }
        self.keyID = keyID
        nonce = Array(encoded[idEnd..<idEnd + nonceCount])
        ciphertext = Array(encoded[(idEnd + nonceCount)...])
    }

    /// A version byte (1), the length of the key's ID and the ID, the nonce, the ciphertext.
    public var encoded: [UInt8] {
        [Self.version, UInt8(keyID.utf8.count)] + Array(keyID.utf8) + nonce + ciphertext
    }
}
