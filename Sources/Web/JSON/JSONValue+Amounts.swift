import Domain
import FoundationEssentials

extension JSONValue {
    /// An exact amount: `1234.50`.
    static func amount(_ minorUnits: Int64, _ currency: Currency) -> JSONValue {
        .number(Money(minorUnits: minorUnits, currency: currency).decimalText)
    }

    static func amount(_ money: Money) -> JSONValue { .number(money.decimalText) }

    static func percentage(_ percentage: Percentage) -> JSONValue { .number(percentage.description) }

    static func quantity(_ quantity: Quantity) -> JSONValue { .number(quantity.description) }

    /// `2026-04-10T14:32:00Z`.
    static func instant(_ date: Date) -> JSONValue { .string(date.formatted(.iso8601)) }

    static func day(_ day: CalendarDay) -> JSONValue { .string(day.description) }
}
