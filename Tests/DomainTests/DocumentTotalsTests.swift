import Domain
import DomainTestSupport
import Foundation
import Testing

struct DocumentTotalsTests {
    private static func randomLine(_ random: inout SeededRandom) -> DocumentLine {
        let discount: Discount =
            switch Int.random(in: 0...3, using: &random) {
            case 0: .percentage(Percentage(basisPoints: Int.random(in: 0...10_000, using: &random)))
            case 1: .amount(Int64.random(in: 0...500_000, using: &random))
            default: .none
            }
        return .fixture(
            quantity: Quantity(tenThousandths: Int64.random(in: 0...1_000_000, using: &random)),
            unitPrice: Int64.random(in: -20_000...1_000_000, using: &random),
            taxMethod: TaxMethod.allCases.randomElement(using: &random) ?? .none,
            tax: Percentage(basisPoints: [0, 550, 900, 1900, 2100].randomElement(using: &random) ?? 0),
            discount: discount)
    }

    @Test func `the documented example adds up to 339.00`() throws {
        let totals = try DocumentTotals(
            lines: [
                .fixture(unitPrice: 8900, taxMethod: .inclusive),
                .fixture(quantity: Quantity(tenThousandths: 20_000), unitPrice: 12_500, taxMethod: .inclusive),
            ], currency: .eur)
        #expect(totals.gross == 33_900)
        #expect(totals.tax == 5883)
        #expect(totals.net == 28_017)
    }

    @Test func `two thousand documents equal a decimal oracle`() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2000 {
            let lines = (0..<Int.random(in: 1...12, using: &random)).map { _ in Self.randomLine(&random) }
            let totals = try DocumentTotals(lines: lines, currency: .eur)
            let expected = DecimalOracle.totals(lines)
            #expect(Decimal(totals.net) == expected.net, "\(lines)")
            #expect(Decimal(totals.tax) == expected.tax, "\(lines)")
            #expect(totals.gross == totals.net + totals.tax)
            #expect(totals.rates.map(\.percentage) == totals.rates.map(\.percentage).sorted())
            #expect(totals.rates.reduce(0) { $0 + $1.net } == totals.net)
            for line in lines { #expect(Decimal(try #require(line.amount())) == DecimalOracle.line(line)) }
        }
    }

    @Test func `prices with and without tax agree to the cent where both are exact`() throws {
        var random = SeededRandom(seed: 4)
        for _ in 0..<1000 {
            // A hundredth of a percent of this net price is a whole number of cents, so its gross price is exact.
            let net = Int64.random(in: 1...5000, using: &random) * 10_000
            let points = [0, 550, 900, 2100].randomElement(using: &random) ?? 0
            let gross = net + net * Int64(points) / 10_000
            let quantity = Quantity(tenThousandths: Int64.random(in: 1...50, using: &random) * 10_000)
            let tax = Percentage(basisPoints: points)
            let excluded = try DocumentTotals(
                lines: [.fixture(quantity: quantity, unitPrice: net, taxMethod: .exclusive, tax: tax)], currency: .eur)
            let included = try DocumentTotals(
                lines: [.fixture(quantity: quantity, unitPrice: gross, taxMethod: .inclusive, tax: tax)],
                currency: .eur)
            #expect(excluded == included)
        }
    }

    // JPY has no decimals, EUR two, KWD three; a minor unit is a minor unit to the sums.
    @Test(arguments: ["JPY", "EUR", "KWD"])
    func `a line entered with its tax gives the very sums of the line entered without`(code: String) throws {
        let currency = try #require(Currency(code))
        var random = SeededRandom(seed: 5)
        for _ in 0..<5000 {
            let net = Int64.random(in: 0...100_000_000, using: &random)
            let tax = Percentage(basisPoints: Int.random(in: 0...10_000, using: &random))
            let excluded = try DocumentTotals(
                lines: [.fixture(unitPrice: net, taxMethod: .exclusive, tax: tax)], currency: currency)
            let included = try DocumentTotals(
                lines: [.fixture(unitPrice: excluded.gross, taxMethod: .inclusive, tax: tax)], currency: currency)
            #expect(included == excluded, "\(net) at \(tax) %")
        }
    }

    @Test func `sums hold up to the bound of an amount`() throws {
        let bound: Int64 = 1_000_000_000_000_000
        let whole = try DocumentTotals(
            lines: [.fixture(unitPrice: bound, taxMethod: .inclusive)], currency: .eur)
        #expect(whole.gross == bound && whole.net + whole.tax == bound)
        #expect(throws: Refusal.self) {
            try DocumentTotals(lines: [.fixture(unitPrice: bound, taxMethod: .exclusive)], currency: .eur)
        }
    }

    @Test func `no tax is charged by the method none, whatever its rate`() throws {
        let totals = try DocumentTotals(lines: [.fixture(taxMethod: .none)], currency: .eur)
        #expect(totals.tax == 0)
        #expect(totals.rates.map(\.percentage) == [.zero])
        #expect(totals.gross == 10_000)
    }

    @Test func `text lines and lines without a price count for nothing`() throws {
        let totals = try DocumentTotals(
            lines: [.fixture(unitPrice: 500, isTextLine: true), .fixture(unitPrice: nil)], currency: .eur)
        #expect(totals.gross == 0)
        #expect(totals.rates.count == 1)
        #expect(try DocumentTotals(lines: [], currency: .eur).rates.isEmpty)
    }

    @Test func `a discount never turns a line negative`() {
        #expect(DocumentLine.fixture(discount: .amount(10_001)).amount() == 0)
        #expect(DocumentLine.fixture(discount: .percentage(Percentage(basisPoints: 10_000))).amount() == 0)
        #expect(DocumentLine.fixture(discount: .amount(9_999)).amount() == 1)
        #expect(DocumentLine.fixture(unitPrice: -500, discount: .amount(100)).amount() == -500)
    }

    @Test func `a negative discount raises no price`() {
        #expect(DocumentLine.fixture(discount: .amount(-100)).amount() == 10_000)
    }

    @Test func `a line that does not fit is refused by its number`() {
        let huge = DocumentLine.fixture(
            quantity: Quantity(tenThousandths: 10_000_000_000_000), unitPrice: 1_000_000_000_000_000)
        #expect(huge.amount() == nil)
        let error = #expect(throws: Refusal.self) {
            try DocumentTotals(lines: [.fixture(), huge], currency: .eur)
        }
        #expect(error?.code == .invalid)
        #expect(error?.fields.keys.sorted() == ["lines.1"])
    }

    @Test func `a total that does not fit is refused, however many lines make it`() {
        let large = DocumentLine.fixture(unitPrice: 900_000_000_000_000)
        for count in [2, 500, 20_000] {
            let error = #expect(throws: Refusal.self) {
                try DocumentTotals(lines: Array(repeating: large, count: count), currency: .eur)
            }
            #expect(error?.fields.keys.sorted() == ["lines"])
        }
    }

    @Test func `a subscription's yearly value follows its interval`() {
        let value: (Subscription.IntervalUnit, Int) -> Int64 = {
            Subscription.annualValue(net: 1000, unit: $0, count: $1)
        }
        #expect(value(.day, 1) == 365_000)
        #expect(value(.week, 2) == 26_000)
        #expect(value(.month, 1) == 12_000)
        #expect(value(.month, 5) == 2400)
        #expect(value(.quarter, 1) == 4000)
        #expect(value(.year, 3) == 333)
        #expect(value(.year, 0) == 1000)
        #expect(Subscription.annualValue(net: .max, unit: .day, count: 1) == .max)
    }
}
