import FoundationEssentials

/// The text form of a `timestamptz` in ISO date style.
///
/// Written by hand: the formatters keep milliseconds only, and this runs for every row.
enum TimestampText {
    /// 2001-01-01, in seconds since 1970.
    private static let referenceSecond: Int64 = 978_307_200

    static func text(of date: Date) -> String {
        // Counted from 2001 as `Date` does itself, so that no microsecond is lost to rounding.
        let seconds = date.timeIntervalSinceReferenceDate
        guard seconds.isFinite, abs(seconds) < 1e12 else {
            return seconds.isNaN ? "nan" : seconds < 0 ? "-infinity" : "infinity"
        }
        let microseconds = Int64((seconds * 1_000_000).rounded()) + referenceSecond * 1_000_000
        let (days, microsecondOfDay) = floorDivide(microseconds, by: 86_400_000_000)
        let (year, month, day) = civil(fromDays: days)
        let (secondOfDay, fraction) = floorDivide(microsecondOfDay, by: 1_000_000)
        let yearText = padded(year > 0 ? year : 1 - year, 4)
        let time = [secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60].map { padded($0, 2) }
        return "\(yearText)-\(padded(month, 2))-\(padded(day, 2)) \(time.joined(separator: ":"))"
            + ".\(padded(fraction, 6))+00\(year > 0 ? "" : " BC")"
    }

    /// The moment, or nil for a text without offset, an infinite one, or one in another date style.
    static func date(from text: String) -> Date? {
        var reader = Reader(Array(text.utf8))
        guard let year = reader.number(), reader.skip("-"), let month = reader.number(), reader.skip("-"),
            let day = reader.number(), reader.skip(" "),
            let hour = reader.number(), reader.skip(":"), let minute = reader.number(), reader.skip(":"),
            let second = reader.number(), let fraction = reader.microseconds(), let offset = reader.offset(),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let isBeforeChrist = reader.skip(" BC")
        guard reader.isAtEnd else { return nil }
        let days = daysSince1970(year: isBeforeChrist ? 1 - year : year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        let sinceReference = Double(seconds - referenceSecond) + Double(fraction) / 1_000_000
        return Date(timeIntervalSinceReferenceDate: sinceReference)
    }

    // The two calendar functions follow Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private struct Reader {
        private let bytes: [UInt8]
        private var index = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { index == bytes.count }

        mutating func skip(_ word: String) -> Bool {
            guard bytes[index...].starts(with: word.utf8) else { return false }
            index += word.utf8.count
            return true
        }

        mutating func number() -> Int64? {
            let start = index
            var value: Int64 = 0
            while index < bytes.count, index - start < 9, case let digit = Int64(bytes[index]) - 48,
                (0...9).contains(digit)
            {
                value = value * 10 + digit
                index += 1
            }
            return index > start ? value : nil
        }

        mutating func microseconds() -> Int64? {
            guard skip(".") else { return 0 }
            let start = index
            guard var value = number(), index - start <= 6 else { return nil }
            for _ in (index - start)..<6 { value *= 10 }
            return value
        }

        /// Seconds east of UTC: `+00`, `+05:30`, `-00:19:32`.
        mutating func offset() -> Int64? {
            let sign: Int64
            if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
            guard var seconds = number().map({ $0 * 3600 }) else { return nil }
            for unit: Int64 in [60, 1] where skip(":") {
                guard let part = number() else { return nil }
                seconds += part * unit
            }
            return sign * seconds
        }
    }
}
