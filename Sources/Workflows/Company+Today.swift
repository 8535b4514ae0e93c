public import Domain
public import FoundationEssentials

extension Company {
    /// The day that it is for the company: what due dates and validity are measured by.
    public func today(at moment: Date) -> CalendarDay {
        let zone = TimeZone(identifier: timeZone) ?? .gmt
        let seconds = moment.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: moment))
        return CalendarDay(dayNumber: Int((seconds / 86_400).rounded(.down)))
    }
}
