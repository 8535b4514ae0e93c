/// An amount in a currency, in whole minor units (cents for EUR, yen for JPY).
public struct Money: Hashable, Sendable, CustomStringConvertible {
    /// Minor units by the currency's own decimals.
    public let minorUnits: Int64
    /// The currency.
    public let currency: Currency

    /// Makes an amount from minor units.
    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Rounds a decimal amount to the currency's decimals, half away from zero.
    ///
    /// Nil when it does not fit: amounts end at ±10^15 minor units, far beyond any document and far from overflow.
    public init?(_ amount: ScaledDecimal, currency: Currency) {
        guard let units = amount.rounded(toScale: currency.decimalDigits), (-Self.bound...Self.bound).contains(units)
        else { return nil }
        self.init(minorUnits: units, currency: currency)
    }

    static let bound: Int64 = 1_000_000_000_000_000
    /// The largest amount in minor units.
    public static var largest: Int64 { bound }

    /// Nothing, in that currency.
    public static func zero(_ currency: Currency) -> Money { Money(minorUnits: 0, currency: currency) }

    /// The amount as a decimal number text with the currency's digits: `1234.50`.
    public var decimalText: String {
        let decimals = currency.decimalDigits
        guard decimals > 0 else { return String(minorUnits) }
        // From the last digit to the first: 19 digits, the zeros before a fraction, a sign and the point.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { buffer in
            var (rest, place, written) = (minorUnits.magnitude, buffer.count, 0)
            repeat {
                if written == decimals {
                    place -= 1
                    buffer[place] = UInt8(ascii: ".")
                }
                place -= 1
                buffer[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
                written += 1
            } while rest > 0 || written <= decimals
            if minorUnits < 0 {
                place -= 1
                buffer[place] = UInt8(ascii: "-")
            }
            return String(decoding: buffer[place...], as: UTF8.self)
        }
    }

    /// As people in the Netherlands read it: `€ 1.234,50`.
    public var displayText: String {
        let parts = decimalText.split(separator: ".")
        var whole = String(parts[0])
        let isNegative = whole.hasPrefix("-")
        if isNegative { whole.removeFirst() }
        var grouped = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index).isMultiple(of: 3) { grouped.append(".") }
            grouped.append(digit)
        }
        let fraction = parts.count > 1 ? ",\(parts[1])" : ""
        return "\(symbol) \(isNegative ? "-" : "")\(grouped)\(fraction)"
    }

    private var symbol: String {
        switch currency.code {
        case "EUR": "€"
        case "USD": "US$"
        case "GBP": "£"
        default: currency.code
        }
    }

    /// Code and amount: `EUR 1234.50`.
    public var description: String { "\(currency.code) \(decimalText)" }

    /// Sum within one currency; amounts of different currencies are a programming error and are refused by the caller.
    public func adding(_ units: Int64) -> Money { Money(minorUnits: minorUnits + units, currency: currency) }
}
