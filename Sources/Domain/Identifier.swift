public import FoundationEssentials

/// An identifier that cannot be mistaken for one of another kind of thing.
public struct Identifier<Subject, RawValue: Hashable & Sendable>: Hashable, Sendable, CustomStringConvertible {
    /// The value as the database or Pipedrive knows it.
    public let rawValue: RawValue

    /// Wraps a value read from storage or an answer.
    public init(_ rawValue: RawValue) {
        self.rawValue = rawValue
    }

    /// The bare value, fit for logs: identifiers are not secrets.
    public var description: String { "\(rawValue)" }
}

extension Identifier where RawValue == UUID {
    /// Reads an identifier from a path or a form; nil when the text is no UUID.
    public init?(text: String) {
        guard let value = UUID(uuidString: text) else { return nil }
        self.init(value)
    }

    /// Lower-case text, as PostgreSQL prints a uuid.
    ///
    /// By hand: every link of a page and every object of the API has one, and Foundation's own text is made with `printf`.
    public var text: String {
        withUnsafeBytes(of: rawValue.uuid) { bytes in
            String(unsafeUninitializedCapacity: 36) { buffer in
                var place = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        buffer[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    buffer[place] = Self.hexadecimal(byte >> 4)
                    buffer[place + 1] = Self.hexadecimal(byte & 15)
                    place += 2
                }
                return place
            }
        }
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }
}
