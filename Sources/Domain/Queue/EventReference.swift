import FoundationEssentials

/// The short visible reference of a note, by which it is found again: `Ref 7K3F-92QX`.
///
/// Forty bits of the event's identifier in Crockford's base 32, which leaves out I, L, O and U.
public struct EventReference: Hashable, Sendable, CustomStringConvertible {
    /// `7K3F-92QX`.
    public let code: String

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    /// Makes the reference of an event.
    public init(_ id: BookEvent.ID) {
        let bytes = id.rawValue.uuid
        // The last bytes: a time-ordered identifier has its randomness there.
        let tail = [bytes.11, bytes.12, bytes.13, bytes.14, bytes.15]
        var value = tail.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var letters: [Character] = []
        for _ in 0..<8 {
            letters.append(Self.alphabet[Int(value & 31)])
            value >>= 5
        }
        code = String(letters[4...].reversed()) + "-" + String(letters[..<4].reversed())
    }

    /// `Ref 7K3F-92QX`.
    public var description: String { "Ref \(code)" }
}
