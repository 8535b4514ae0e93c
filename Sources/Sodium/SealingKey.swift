import CSodium

/// A secret key with the ID that stands beside everything sealed under it.
///
/// Printing it shows the ID only.
public struct SealingKey: Sendable {
    /// The longest ID in bytes.
    static let idLimit = 64

    /// The ID: 1 to 64 letters, digits, dots, dashes and underscores.
    public let id: String
    let bytes: [UInt8]

    /// A key from its 32 bytes.
    ///
    /// Throws `invalidKey`.
    public init(id: String, bytes: [UInt8]) throws {
        guard Self.isValid(id: id), bytes.count == csodium_aead_key_bytes() else { throw SodiumError.invalidKey }
        self.id = id
        self.bytes = bytes
    }

    /// A new random key.
    ///
    /// Throws `invalidKey` for an ID that is none.
    public static func generate(id: String) throws -> SealingKey {
        try SealingKey(id: id, bytes: RandomBytes.make(csodium_aead_key_bytes()))
    }

    static func isValid(id: String) -> Bool {
        (1...idLimit).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension SealingKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The ID without the key.
    public var description: String { "SealingKey(\(id), <redacted>)" }
    /// The ID without the key.
    public var debugDescription: String { description }
    /// The ID without the key.
    public var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
