/// A day without a time, as due dates are written: `2026-11-24`.
public struct CalendarDay: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01 in the proleptic Gregorian calendar.
    public let dayNumber: Int

    /// Makes a day from its number.
    public init(dayNumber: Int) {
        self.dayNumber = dayNumber
    }

    /// Reads `YYYY-MM-DD` between the years 1900 and 9999; nil for a day that does not exist.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard text.utf8.count == 10, parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (1900...9999).contains(year), (1...12).contains(month), day >= 1
        else { return nil }
        let value = Self.number(year: year, month: month, day: day)
        self.init(dayNumber: value)
        guard description == text else { return nil }
    }

    /// The days that a document can carry: whatever lies outside is a slip of the pen, and due dates counted from
    /// within stay within what `YYYY-MM-DD` can write.
    private static let documentDays =
        number(year: 1970, month: 1, day: 1)...number(year: 2199, month: 12, day: 31)

    /// Whether a document can carry this day.
    public var isPlausible: Bool { Self.documentDays.contains(dayNumber) }

    /// So many days later, or earlier when negative.
    public func adding(days: Int) -> CalendarDay { CalendarDay(dayNumber: dayNumber + days) }

    /// The calendar year.
    public var year: Int { components.year }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = components
        func pad(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    }

    /// By date.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.dayNumber < right.dayNumber }

    // Days and civil dates, counted in 400-year eras that start on 1 March, so that leap days come last.
    private static func number(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private var components: (year: Int, month: Int, day: Int) {
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthIndex + 2) / 5 + 1)
    }
}
