import Domain
import Foundation
import Testing

struct ScaledDecimalTests {
    @Test(arguments: [
        ("0", 0, 0), ("-12", -12, 0), ("12.50", 125, 1), ("1.25e2", 125, 0), ("1E3", 1000, 0), ("5e-2", 5, 2),
        ("0.000000000000000001", 1, 18), ("9223372036854775807", Int64.max, 0), ("-0", 0, 0), ("007.0", 7, 0),
        ("1e+2", 100, 0),
    ])
    func `a decimal text is read exactly`(_ text: String, _ mantissa: Int64, _ scale: Int) throws {
        #expect(try #require(ScaledDecimal(text)) == ScaledDecimal(mantissa: mantissa, scale: scale))
    }

    @Test(arguments: [
        "", " ", "-", "+1", ".5", "5.", "1.2.3", "1,5", "1e", "e5", "1e1.5", "0x10", "NaN", "inf", "--1", "1 ",
        "٣", "9223372036854775808", "1e19", "1e-19", "1e-9223372036854775808", "1e9223372036854775807", "5e18e1",
        "0.0000000000000000001", "1-2",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(ScaledDecimal(text) == nil)
    }

    @Test func `reading and printing go round for ten thousand numbers`() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<10_000 {
            let value = ScaledDecimal(
                mantissa: Int64.random(in: -9_999_999_999_999...9_999_999_999_999, using: &random),
                scale: Int.random(in: 0...12, using: &random))
            let text = value.description
            let oracle = try #require(Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")))
            #expect(oracle == Decimal(value.mantissa) / pow(10, value.scale), "\(text)")
            #expect(try #require(ScaledDecimal(text)).description == text)
        }
    }

    @Test func `rounding is half away from zero, as Foundation's decimal rounds`() throws {
        var random = SeededRandom(seed: 2)
        for _ in 0..<10_000 {
            let value = ScaledDecimal(
                mantissa: Int64.random(in: -99_999_999_999...99_999_999_999, using: &random),
                scale: Int.random(in: 0...10, using: &random))
            let digits = Int.random(in: 0...6, using: &random)
            let exact = Decimal(value.mantissa) / pow(10, value.scale)
            let expected = DecimalOracle.rounded(exact, scale: digits) * pow(10, digits)
            #expect(Decimal(try #require(value.rounded(toScale: digits))) == expected, "\(value) to \(digits)")
        }
    }

    @Test(arguments: [("0.5", 1), ("-0.5", -1), ("1.5", 2), ("2.5", 3), ("-2.5", -3), ("0.49", 0), ("-0.49", 0)])
    func `ties leave zero behind`(_ text: String, _ expected: Int64) throws {
        #expect(try #require(ScaledDecimal(text)).rounded(toScale: 0) == expected)
    }

    @Test func `a number that does not fit after rounding is nil`() {
        #expect(ScaledDecimal(mantissa: Int64.max).rounded(toScale: 1) == nil)
        #expect(ScaledDecimal(mantissa: 1).rounded(toScale: 19) == nil)
        #expect(ScaledDecimal(mantissa: 0).rounded(toScale: 19) == 0)
    }
}
