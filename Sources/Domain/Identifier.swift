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
    public var text: String { rawValue.uuidString.lowercased() }
}
