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
            if bytes.allSatisfy({ $0 < 128 }) { return String(decoding: bytes, as: UTF8.self) }
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
        try optionalInt64(name).map { Int($0) }
    }

    /// An integer of any width.
    public func int64(_ name: String) throws -> Int64 {
        try required(optionalInt64(name), name)
    }

    /// An integer of any width, or nil for `NULL`.
    public func optionalInt64(_ name: String) throws -> Int64? {
        let column = try column(name)
        return try result.withValue(row: index, column: column) { text in
            guard let number = Self.integer(text) else { throw undecoded(name, "is not an integer") }
            return number
        }
    }

    /// A `boolean`.
    public func bool(_ name: String) throws -> Bool {
        try required(optionalBool(name), name)
    }

    /// A `boolean`, or nil for `NULL`.
    public func optionalBool(_ name: String) throws -> Bool? {
        let column = try column(name)
        return try result.withValue(row: index, column: column) { text in
            guard text.count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") else {
                throw undecoded(name, "is not a boolean")
            }
            return text[0] == UInt8(ascii: "t")
        }
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
        let column = try column(name)
        return try result.withValue(row: index, column: column) { text in
            guard let uuid = Self.uuid(text) else { throw undecoded(name, "is not a UUID") }
            return uuid
        }
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

    /// Digits with a sign at most, as the server writes an integer.
    private static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? text.dropFirst() : text[...]
        guard !digits.isEmpty else { return nil }
        var number: Int64 = 0
        for byte in digits {
            let digit = Int64(byte) - Int64(UInt8(ascii: "0"))
            guard (0...9).contains(digit) else { return nil }
            // Towards the sign, so that the smallest number fits too.
            let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tenfold.addingReportingOverflow(isNegative ? -digit : digit)
            guard !isTooLarge, !isOver else { return nil }
            number = sum
        }
        return number
    }

    /// 32 hexadecimal digits with four dashes, as the server writes a UUID. Foundation reads it with `scanf`, which takes
    /// longer than all the rest of a row.
    private static func uuid(_ text: UnsafeRawBufferPointer) -> UUID? {
        guard text.count == 36 else { return nil }
        var bytes: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isRead = withUnsafeMutableBytes(of: &bytes) { bytes in
            var place = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    guard text[place] == UInt8(ascii: "-") else { return false }
                    place += 1
                }
                guard let high = hexadecimal(text[place]), let low = hexadecimal(text[place + 1]) else { return false }
                bytes[index] = high << 4 | low
                place += 2
            }
            return true
        }
        return isRead ? UUID(uuid: bytes) : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
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
