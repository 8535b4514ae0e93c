/// How many of something: a decimal with at most four places, as on an invoice line.
public struct Quantity: Hashable, Sendable, CustomStringConvertible {
    /// Ten-thousandths.
    public let tenThousandths: Int64

    /// Makes a quantity from ten-thousandths.
    public init(tenThousandths: Int64) {
        self.tenThousandths = tenThousandths
    }

    /// Rounds to four places; nil when negative or above 10^9.
    public init?(_ number: ScaledDecimal) {
        guard let value = number.rounded(toScale: 4), (0...10_000_000_000_000).contains(value) else { return nil }
        tenThousandths = value
    }

    /// One piece.
    public static let one = Quantity(tenThousandths: 10_000)

    /// The number: `2`, `0.5`.
    public var description: String { ScaledDecimal(mantissa: tenThousandths, scale: 4).description }
}
