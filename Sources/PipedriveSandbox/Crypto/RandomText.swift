/// Unguessable text for tokens and identifiers.
enum RandomText {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

    static func token(length: Int) -> String {
        String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count)] })
    }

    /// A random (version 4) UUID in lower case.
    static func uuid() -> String {
        var generator = SystemRandomNumberGenerator()
        return uuid(from: generator.next(), generator.next())
    }

    /// Forty hexadecimal digits, as the codes of custom fields have.
    static func fieldCode() -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<3).map { _ in hex(generator.next()) }.joined().prefix(40))
    }

    /// A version 4 UUID made of the given bits, for sample data that must repeat.
    static func uuid(from high: UInt64, _ low: UInt64) -> String {
        let first = hex(high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000)
        let second = hex(low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
        return [first.prefix(8), first.dropFirst(8).prefix(4), first.suffix(4), second.prefix(4), second.suffix(12)]
            .joined(separator: "-")
    }

    private static func hex(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
