import Domain
import Foundation
import Testing

struct CalendarDayTests {
    @Test func `days from 1900 to 9999 go round`() throws {
        let first = try #require(CalendarDay("1900-01-01"))
        let last = try #require(CalendarDay("9999-12-31"))
        #expect(first.dayNumber == -25_567)
        #expect(last.dayNumber == 2_932_896)
        var (year, month, day, number) = (1900, 1, 1, first.dayNumber)
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        var wrong = 0
        while year <= 9999 {
            // Each day of the years people write, then the edges of months where calendars go wrong.
            if year < 2110 || month < 4 && day == 1 || month == 2 && day > 27 || month == 12 && day == 31 {
                let text = "\(year)-\(pad(month))-\(pad(day))"
                let made = CalendarDay(dayNumber: number)
                if made.description != text || CalendarDay(text) != made || made.year != year { wrong += 1 }
            }
            let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
            (day, number) = (day + 1, number + 1)
            if day > lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
        #expect(wrong == 0)
        #expect(number - 1 == last.dayNumber)
    }

    @Test(arguments: ["2024-02-29", "2000-02-29", "2400-02-29", "1970-01-01"])
    func `days that exist are read`(_ text: String) {
        #expect(CalendarDay(text)?.description == text)
    }

    @Test(arguments: [
        "2023-02-29", "1900-02-29", "2100-02-29", "2026-00-10", "2026-13-01", "2026-04-31", "2026-01-00", "1899-12-31",
        "26-01-01", "2026-1-1", "2026/01/01", "2026-01-01T", "", "+2026-1-01", "-026-01-01", "2026-+1-01", "２026-01-0",
    ])
    func `days that do not exist are refused`(_ text: String) {
        #expect(CalendarDay(text) == nil)
    }

    @Test func `days are counted on and compared`() throws {
        let day = try #require(CalendarDay("2024-02-28"))
        #expect(day.adding(days: 2).description == "2024-03-01")
        #expect(day.adding(days: -59).description == "2023-12-31")
        #expect(day < day.adding(days: 1))
        #expect(CalendarDay(dayNumber: 0).description == "1970-01-01")
    }
}
