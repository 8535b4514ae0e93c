import FoundationEssentials

/// A moment in UTC, counted in milliseconds since 1970.
struct Timestamp: Sendable, Comparable {
    let milliseconds: Int

    init(milliseconds: Int) { self.milliseconds = milliseconds }

    init(seconds: Int) { milliseconds = seconds * 1000 }

    var seconds: Int { milliseconds / 1000 }

    static func now() -> Timestamp { Timestamp(milliseconds: Int(Date().timeIntervalSince1970 * 1000)) }

    static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    func adding(seconds: Int) -> Timestamp { Timestamp(milliseconds: milliseconds + seconds * 1000) }

    /// `2026-11-23T10:00:00Z`, as version 2 of the API writes times.
    var rfc3339: String { "\(day)T\(clock)Z" }

    /// `2026-11-23T10:00:00.123Z`, as webhooks and the webhook list write times.
    var rfc3339WithMilliseconds: String { "\(day)T\(clock).\(Self.pad(milliseconds % 1000, 3))Z" }

    /// `2026-11-23 10:00:00`, as version 1 of the API writes times.
    var spaced: String { "\(day) \(clock)" }

    /// `2026-11-23`.
    var day: String {
        let date = Self.civil(fromDays: seconds / 86400)
        return "\(Self.pad(date.year, 4))-\(Self.pad(date.month, 2))-\(Self.pad(date.day, 2))"
    }

    /// `10:00:00`.
    var clock: String {
        let second = seconds % 86400
        return "\(Self.pad(second / 3600, 2)):\(Self.pad(second / 60 % 60, 2)):\(Self.pad(second % 60, 2))"
    }

    /// Reads RFC 3339 with or without a fraction, version 1's spaced form, or a bare date; nil when it is none of them.
    static func parse(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, let days = parseDay(bytes) else { return nil }
        if bytes.count == 10 { return Timestamp(seconds: days * 86400) }
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = digits(bytes[11..<13]), let minute = digits(bytes[14..<16]), let second = digits(bytes[17..<19]),
            hour < 24, minute < 60, second < 61, let rest = parseRest(bytes[19...])
        else { return nil }
        let local = ((days * 24 + hour) * 60 + minute) * 60 + second
        return Timestamp(milliseconds: (local - rest.offset) * 1000 + rest.fraction)
    }

    private static func parseDay(_ bytes: [UInt8]) -> Int? {
        guard bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = digits(bytes[0..<4]), let month = digits(bytes[5..<7]), let day = digits(bytes[8..<10]),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let days = days(year: year, month: month, day: day)
        return civil(fromDays: days) == (year, month, day) ? days : nil
    }

    private static func parseRest(_ bytes: ArraySlice<UInt8>) -> (offset: Int, fraction: Int)? {
        var rest = bytes
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            let part = rest.dropFirst().prefix { $0 >= 48 && $0 <= 57 }
            guard !part.isEmpty else { return nil }
            fraction = digits((Array(part) + [48, 48, 48])[0..<3]) ?? 0
            rest = rest.dropFirst(1 + part.count)
        }
        if rest.isEmpty || rest.elementsEqual([UInt8(ascii: "Z")]) { return (0, fraction) }
        guard rest.count == 6, let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = digits(rest.dropFirst().prefix(2)), let minutes = digits(rest.suffix(2))
        else { return nil }
        return ((sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes) * 60, fraction)
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for byte in bytes {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    // Days since 1970 from a Gregorian date and back, counting in eras of 400 years that start in March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let yearOfEra = year % 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return year / 400 * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth + (shiftedMonth < 10 ? 3 : -9)
        let year = yearOfEra + shifted / 146_097 * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
