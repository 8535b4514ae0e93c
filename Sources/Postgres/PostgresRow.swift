import CLibPQ
public import FoundationEssentials

/// One row, read by column name; with two columns of one name the first counts.
///
/// Getters throw `PostgresError` with code `decoding` that names the column and never the value: when there is no such
/// column, when a value is of another form, and, except for the `optional…` ones, when it is `NULL`.
public struct PostgresRow: Sendable {
    let result: ServerResult
    let index: Int

    /// Any value as the server's text.
    public func string(_ name: String) throws -> String {
        try required(optionalString(name), name)
    }

    /// Any value as the server's text, or nil for `NULL`.
    public func optionalString(_ name: String) throws -> String? {
        let column = try column(name)
        return try result.withValue(row: index, column: column) { bytes in
            guard let text = String(validating: bytes, as: UTF8.self) else { throw undecoded(name, "is not UTF-8") }
            return text
        }
    }

    /// An integer of any width.
    public func int(_ name: String) throws -> Int {
        try required(optionalInt(name), name)
    }

    /// An integer of any width, or nil for `NULL`.
    public func optionalInt(_ name: String) throws -> Int? {
        try decoded(name, "an integer") { Int($0) }
    }

    /// An integer of any width.
    public func int64(_ name: String) throws -> Int64 {
        try required(optionalInt64(name), name)
    }

    /// An integer of any width, or nil for `NULL`.
    public func optionalInt64(_ name: String) throws -> Int64? {
        try decoded(name, "an integer") { Int64($0) }
    }

    /// A `boolean`.
    public func bool(_ name: String) throws -> Bool {
        try required(optionalBool(name), name)
    }

    /// A `boolean`, or nil for `NULL`.
    public func optionalBool(_ name: String) throws -> Bool? {
        try decoded(name, "a boolean") { $0 == "t" ? true : $0 == "f" ? false : nil }
    }

    /// A floating-point or `numeric` value, rounded to the nearest double.
    public func double(_ name: String) throws -> Double {
        try required(optionalDouble(name), name)
    }

    /// A floating-point or `numeric` value, or nil for `NULL`.
    public func optionalDouble(_ name: String) throws -> Double? {
        try decoded(name, "a number") { Double($0) }
    }

    /// A `uuid`.
    public func uuid(_ name: String) throws -> UUID {
        try required(optionalUUID(name), name)
    }

    /// A `uuid`, or nil for `NULL`.
    public func optionalUUID(_ name: String) throws -> UUID? {
        try decoded(name, "a UUID") { UUID(uuidString: $0) }
    }

    /// A finite `timestamptz`, exact to the microsecond.
    public func date(_ name: String) throws -> Date {
        try required(optionalDate(name), name)
    }

    /// A finite `timestamptz`, or nil for `NULL`.
    public func optionalDate(_ name: String) throws -> Date? {
        try decoded(name, "a timestamptz") { TimestampText.date(from: $0) }
    }

    /// A `bytea`.
    public func bytes(_ name: String) throws -> [UInt8] {
        try required(optionalBytes(name), name)
    }

    /// A `bytea`, or nil for `NULL`.
    public func optionalBytes(_ name: String) throws -> [UInt8]? {
        let column = try column(name)
        return try result.withValue(row: index, column: column) { text in
            guard let bytes = Self.unescape(text) else { throw undecoded(name, "is not a bytea") }
            return bytes
        }
    }

    /// A one-dimensional array of texts without `NULL`.
    public func strings(_ name: String) throws -> [String] {
        try required(optionalStrings(name), name)
    }

    /// A one-dimensional array of texts without `NULL` elements, or nil for `NULL`.
    public func optionalStrings(_ name: String) throws -> [String]? {
        try elements(name, "an array of texts") { $0 }
    }

    /// A one-dimensional array of integers without `NULL`.
    public func int64s(_ name: String) throws -> [Int64] {
        try required(elements(name, "an array of integers") { Int64($0) }, name)
    }

    /// A one-dimensional array of UUIDs without `NULL`.
    public func uuids(_ name: String) throws -> [UUID] {
        try required(elements(name, "an array of UUIDs") { UUID(uuidString: $0) }, name)
    }

    /// A one-dimensional array of `timestamptz` without `NULL`, exact to the microsecond.
    public func dates(_ name: String) throws -> [Date] {
        try required(elements(name, "an array of timestamptz") { TimestampText.date(from: $0) }, name)
    }

    private func elements<T>(_ name: String, _ kind: String, _ decode: (String) -> T?) throws -> [T]? {
        try decoded(name, kind) { text in
            guard let elements = ArrayLiteral.elements(of: text) else { return nil }
            let decoded = elements.compactMap { $0.flatMap(decode) }
            return decoded.count == elements.count ? decoded : nil
        }
    }

    private func decoded<T>(_ name: String, _ kind: String, _ decode: (String) -> T?) throws -> T? {
        guard let text = try optionalString(name) else { return nil }
        guard let value = decode(text) else { throw undecoded(name, "is not \(kind)") }
        return value
    }

    private func required<T>(_ value: T?, _ name: String) throws -> T {
        guard let value else { throw undecoded(name, "is NULL") }
        return value
    }

    private func column(_ name: String) throws -> Int32 {
        guard let column = result.column(named: name) else { throw undecoded(name, "is not in the result") }
        return column
    }

    private func undecoded(_ name: String, _ reason: String) -> PostgresError {
        PostgresError(.decoding, place: "column \(name)", reason: "the column \(reason)")
    }

    /// Both of the server's output forms, hex and escape.
    private static func unescape(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        guard let start = text.baseAddress else { return [] }
        var count = 0
        guard let plain = PQunescapeBytea(start.assumingMemoryBound(to: UInt8.self), &count) else { return nil }
        defer { PQfreemem(plain) }
        return Array(UnsafeBufferPointer(start: plain, count: count))
    }
}
