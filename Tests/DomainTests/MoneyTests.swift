import Domain
import DomainTestSupport
import Testing

struct MoneyTests {
    private func money(_ text: String, _ code: String) throws -> Money? {
        Money(try #require(ScaledDecimal(text)), currency: try #require(Currency(code)))
    }

    @Test(arguments: [
        ("12.345", "EUR", 1235), ("-12.345", "EUR", -1235), ("12", "EUR", 1200), ("12.5", "JPY", 13),
        ("12.3456", "KWD", 12_346), ("0.004", "EUR", 0),
    ])
    func `an amount is kept in the currency's own minor units`(_ text: String, _ code: String, _ units: Int64) throws {
        #expect(try money(text, code)?.minorUnits == units)
    }

    @Test func `amounts end at ten to the fifteenth minor units`() throws {
        #expect(try money("10000000000000.00", "EUR")?.minorUnits == 1_000_000_000_000_000)
        #expect(try money("10000000000000.01", "EUR") == nil)
        #expect(try money("-10000000000000.01", "EUR") == nil)
        #expect(Money(ScaledDecimal(mantissa: Int64.min), currency: try #require(Currency("JPY"))) == nil)
    }

    @Test(arguments: [
        (123_450, "EUR", "1234.50", "€ 1.234,50"), (5, "EUR", "0.05", "€ 0,05"), (-50, "EUR", "-0.50", "€ -0,50"),
        (0, "EUR", "0.00", "€ 0,00"), (-123_456_789, "USD", "-1234567.89", "US$ -1.234.567,89"),
        (99_999, "GBP", "999.99", "£ 999,99"), (1_234_567, "JPY", "1234567", "JPY 1.234.567"),
        (1_234_567, "KWD", "1234.567", "KWD 1.234,567"), (7, "KWD", "0.007", "KWD 0,007"),
    ])
    func `an amount is written with its currency's decimals`(
        _ units: Int64, _ code: String, _ decimal: String, _ display: String
    ) throws {
        let money = Money(minorUnits: units, currency: try #require(Currency(code)))
        #expect(money.decimalText == decimal)
        #expect(money.displayText == display)
        #expect(Money(try #require(ScaledDecimal(decimal)), currency: money.currency) == money)
    }

    @Test func `a currency is three letters or digits, upper-cased`() {
        #expect(Currency("eur") == .eur)
        #expect(Currency("B2C")?.code == "B2C")
        for wrong in ["", "EU", "EURO", "E R", "EU€", "ßa", "ﬁx", "€"] { #expect(Currency(wrong) == nil, "\(wrong)") }
    }

    @Test func `a percentage lies between 0 and 100, with two decimals`() throws {
        let read: (String) throws -> Int? = { Percentage(try #require(ScaledDecimal($0)))?.basisPoints }
        #expect(try read("21") == 2100)
        #expect(try read("5.5") == 550)
        #expect(try read("5.555") == 556)
        #expect(try read("100") == 10_000)
        #expect(try read("100.01") == nil)
        #expect(try read("-0.01") == nil)
        #expect(Percentage(basisPoints: 550).description == "5.5")
        #expect(Percentage.standard.description == "21")
    }

    @Test func `a quantity lies between 0 and a thousand million, with four decimals`() throws {
        let read: (String) throws -> Int64? = { Quantity(try #require(ScaledDecimal($0)))?.tenThousandths }
        #expect(try read("0.00005") == 1)
        #expect(try read("1.5") == 15_000)
        #expect(try read("1000000000") == 10_000_000_000_000)
        #expect(try read("1000000000.0001") == nil)
        #expect(try read("-0.0001") == nil)
        #expect(Quantity(tenThousandths: 5000).description == "0.5")
        #expect(Quantity.one.description == "1")
    }
}
