import Domain

/// Quantity × price less discount by the exact decimals of a deal, rounded once to minor units.
enum ExactAmount {
    /// Nil when it does not fit 38 digits, or no document.
    static func minorUnits(
        quantity: ScaledDecimal, price: ScaledDecimal, percentage: ScaledDecimal?, currency: Currency
    ) -> Int64? {
        var product = Int128(quantity.mantissa)
        var scale = quantity.scale + price.scale
        guard multiply(&product, by: Int128(price.mantissa)) else { return nil }
        if let percentage {
            guard let hundred = power(2 + percentage.scale),
                multiply(&product, by: hundred - Int128(percentage.mantissa))
            else { return nil }
            scale += 2 + percentage.scale
        }
        let shift = scale - currency.decimalDigits
        if shift <= 0 {
            guard let factor = power(-shift), multiply(&product, by: factor) else { return nil }
            return Int64(exactly: product)
        }
        guard let divisor = power(shift) else { return nil }
        return Int64(exactly: rounded(product, over: divisor))
    }

    private static func multiply(_ value: inout Int128, by factor: Int128) -> Bool {
        let (result, isTooLarge) = value.multipliedReportingOverflow(by: factor)
        value = result
        return !isTooLarge
    }

    private static func power(_ exponent: Int) -> Int128? {
        guard (0...38).contains(exponent) else { return nil }
        return (0..<exponent).reduce(Int128(1)) { value, _ in value * 10 }
    }

    /// Half away from zero.
    private static func rounded(_ dividend: Int128, over divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        guard remainder.magnitude >= divisor.magnitude - remainder.magnitude else { return quotient }
        return dividend < 0 ? quotient - 1 : quotient + 1
    }
}
