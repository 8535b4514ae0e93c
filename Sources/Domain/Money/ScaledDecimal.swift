/// An exact decimal: `mantissa × 10^-scale`. No floating point anywhere near money.
///
/// Reads the decimal texts of JSON numbers and of PostgreSQL's `numeric`.
public struct ScaledDecimal: Hashable, Sendable, CustomStringConvertible {
    /// The digits, with sign.
    public let mantissa: Int64
    /// How many of them stand after the point; 0 to 18.
    public let scale: Int

    /// Makes `mantissa × 10^-scale`.
    public init(mantissa: Int64, scale: Int = 0) {
        self.mantissa = mantissa
        self.scale = scale
    }

    /// Reads `-12`, `12.50` or `1.25e2`; nil for anything else or when it does not fit 18 digits.
    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = parts.first else { return nil }
        var exponent = 0
        if parts.count == 2 {
            guard let value = Int(parts[1]), (-18...18).contains(value) else { return nil }
            exponent = value
        }
        let isNegative = number.hasPrefix("-")
        let digits = isNegative ? number.dropFirst() : number[...]
        let halves = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = halves.first, !whole.isEmpty, whole.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        var fraction = halves.count == 2 ? halves[1] : ""
        guard halves.count == 1 || !fraction.isEmpty, fraction.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        while fraction.last == "0" { fraction.removeLast() }
        guard let value = Int64("\(whole)\(fraction)") else { return nil }
        self.init(shifting: isNegative ? -value : value, scale: fraction.count - exponent)
    }

    private init?(shifting mantissa: Int64, scale: Int) {
        guard scale < 0 else {
            guard scale <= 18 else { return nil }
            self.init(mantissa: mantissa, scale: scale)
            return
        }
        let (value, overflow) = mantissa.multipliedReportingOverflow(by: Self.powerOfTen(-scale))
        guard !overflow else { return nil }
        self.init(mantissa: value, scale: 0)
    }

    /// The value with exactly `digits` decimals, half away from zero; nil on overflow.
    public func rounded(toScale digits: Int) -> Int64? {
        if digits >= scale {
            guard digits - scale <= 18 else { return mantissa == 0 ? 0 : nil }
            let (value, overflow) = mantissa.multipliedReportingOverflow(by: Self.powerOfTen(digits - scale))
            return overflow ? nil : value
        }
        return Int64(exactly: Self.divide(Int128(mantissa), by: Int128(Self.powerOfTen(scale - digits))))
    }

    /// Quotient rounded half away from zero, the commercial rounding of Dutch invoices.
    static func divide(_ dividend: Int128, by divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        guard remainder.magnitude * 2 >= divisor.magnitude else { return quotient }
        return (dividend < 0) == (divisor < 0) ? quotient + 1 : quotient - 1
    }

    static func powerOfTen(_ exponent: Int) -> Int64 {
        (0..<exponent).reduce(Int64(1)) { value, _ in value * 10 }
    }

    /// Plain decimal text without trailing zeros, as SQL and JSON read it.
    public var description: String {
        var (digits, places) = (String(mantissa.magnitude), scale)
        if digits.count <= places { digits = String(repeating: "0", count: places - digits.count + 1) + digits }
        let whole = digits.dropLast(places)
        var fraction = digits.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        places = fraction.count
        return (mantissa < 0 ? "-" : "") + whole + (places > 0 ? "." + fraction : "")
    }
}
