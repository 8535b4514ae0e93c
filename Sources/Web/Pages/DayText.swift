import Domain
import FoundationEssentials

/// Days and instants as a page says them.
enum DayText {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `24 Nov 2026`.
    static func day(_ day: CalendarDay) -> String { named(day.description) }

    /// `24 Nov 2026, 03:06 UTC`.
    static func instant(_ date: Date) -> String {
        let text = date.formatted(.iso8601)
        return "\(named(String(text.prefix(10)))), \(text.dropFirst(11).prefix(5)) UTC"
    }

    /// `1 h 2 min`, `3 min 4 s`, `5 s`.
    static func duration(from start: Date, to end: Date) -> String {
        let seconds = max(0, Int(end.timeIntervalSince(start)))
        if seconds >= 3600 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
        if seconds >= 60 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds) s"
    }

    private static func named(_ day: String) -> String {
        let parts = day.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return day }
        return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])"
    }
}
