import FoundationEssentials

/// Reads the times that Pipedrive sends: RFC 3339, and `YYYY-MM-DD HH:MM:SS` in UTC from its older endpoints.
enum Timestamp {
    /// The instant; nil for anything else.
    static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes[4] == hyphen, bytes[7] == hyphen, bytes[13] == colon, bytes[16] == colon,
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19])
        else { return nil }
        var rest = bytes[19...]
        guard let fraction = takeFraction(&rest), let offset = zoneOffset(rest) else { return nil }
        let clock = (hour: hour, minute: minute, second: second)
        guard let seconds = secondsSince1970(year, month, day, clock) else { return nil }
        return Date(timeIntervalSince1970: Double(seconds - offset) + fraction)
    }

    /// RFC 3339 in UTC with whole seconds, rounded down: `2026-11-24T10:00:00Z`.
    static func text(_ date: Date) -> String {
        Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)).formatted(.iso8601)
    }

    /// The instant of an HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    static func httpDate(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = months.firstIndex(of: String(parts[2]))
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int($0) }
        guard clock.count == 3 else { return nil }
        let seconds = secondsSince1970(year, month + 1, day, (hour: clock[0], minute: clock[1], second: clock[2]))
        return seconds.map { Date(timeIntervalSince1970: Double($0)) }
    }

    private static let hyphen = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            value = value * 10 + Int(digit) - 48
        }
        return value
    }

    private static func takeFraction(_ rest: inout ArraySlice<UInt8>) -> Double? {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        let digits = rest.dropFirst().prefix { (48...57).contains($0) }
        guard (1...9).contains(digits.count), let value = number(digits) else { return nil }
        rest = rest.dropFirst(1 + digits.count)
        return Double(value) / (0..<digits.count).reduce(1.0) { scale, _ in scale * 10 }
    }

    private static func zoneOffset(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let sign = rest.first else { return 0 }
        if rest.count == 1 { return sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") ? 0 : nil }
        let digits = rest.dropFirst().filter { $0 != colon }
        guard digits.count == 4, sign == UInt8(ascii: "+") || sign == hyphen,
            let hours = number(digits[0..<2]), let minutes = number(digits[2..<4])
        else { return nil }
        return (hours * 3600 + minutes * 60) * (sign == hyphen ? -1 : 1)
    }

    /// Days by the proleptic Gregorian calendar, counted from March so that the leap day comes last.
    private static func secondsSince1970(
        _ year: Int, _ month: Int, _ day: Int, _ clock: (hour: Int, minute: Int, second: Int)
    ) -> Int? {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(clock.hour), (0...59).contains(clock.minute), (0...60).contains(clock.second)
        else { return nil }
        let shiftedYear = month > 2 ? year : year - 1
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        return days * 86_400 + clock.hour * 3600 + clock.minute * 60 + clock.second
    }
}
