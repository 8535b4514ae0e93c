public import FoundationEssentials

extension PostgresBind: PostgresBindable {
    /// The bind itself.
    public var postgresBind: PostgresBind { self }
}

extension String: PostgresBindable, PostgresArrayText {
    /// The text as it is.
    public var postgresBind: PostgresBind { .text(self) }
    /// The text in double quotes.
    public var postgresArrayText: String { ArrayLiteral.quoted(self) }
}

extension Int: PostgresBindable, PostgresArrayText {
    /// Decimal digits.
    public var postgresBind: PostgresBind { .text(String(self)) }
    /// Decimal digits.
    public var postgresArrayText: String { String(self) }
}

extension Int64: PostgresBindable, PostgresArrayText {
    /// Decimal digits.
    public var postgresBind: PostgresBind { .text(String(self)) }
    /// Decimal digits.
    public var postgresArrayText: String { String(self) }
}

extension Int32: PostgresBindable, PostgresArrayText {
    /// Decimal digits.
    public var postgresBind: PostgresBind { .text(String(self)) }
    /// Decimal digits.
    public var postgresArrayText: String { String(self) }
}

extension Bool: PostgresBindable, PostgresArrayText {
    /// `true` or `false`.
    public var postgresBind: PostgresBind { .text(self ? "true" : "false") }
    /// `true` or `false`.
    public var postgresArrayText: String { self ? "true" : "false" }
}

extension Double: PostgresBindable, PostgresArrayText {
    /// The shortest digits that read back as the same number; the server also reads `nan`, `inf` and `-inf`.
    public var postgresBind: PostgresBind { .text(description) }
    /// The shortest digits that read back as the same number.
    public var postgresArrayText: String { description }
}

extension UUID: PostgresBindable, PostgresArrayText {
    /// Lower-case hexadecimal with dashes, as the server writes it.
    public var postgresBind: PostgresBind { .text(uuidString.lowercased()) }
    /// Lower-case hexadecimal with dashes.
    public var postgresArrayText: String { uuidString.lowercased() }
}

extension Date: PostgresBindable, PostgresArrayText {
    /// A `timestamptz` in UTC, rounded to the microsecond.
    public var postgresBind: PostgresBind { .text(TimestampText.text(of: self)) }
    /// A `timestamptz` in UTC, rounded to the microsecond.
    public var postgresArrayText: String { ArrayLiteral.quoted(TimestampText.text(of: self)) }
}

extension UInt8: PostgresArrayElement {
    /// Bytes are a `bytea`, sent in binary; they are not an array to the server.
    public static func postgresBind(ofArray elements: [UInt8]) -> PostgresBind { .binary(elements) }
}

extension Optional: PostgresBindable where Wrapped: PostgresBindable {
    /// `NULL` for nil.
    public var postgresBind: PostgresBind { self?.postgresBind ?? .null }
}

extension Optional: PostgresArrayElement, PostgresArrayText where Wrapped: PostgresArrayText {
    /// The unquoted word `NULL` for nil.
    public var postgresArrayText: String { self?.postgresArrayText ?? "NULL" }
}

extension Array: PostgresBindable where Element: PostgresArrayElement {
    /// An array literal; for bytes, a `bytea`.
    public var postgresBind: PostgresBind { Element.postgresBind(ofArray: self) }
}
