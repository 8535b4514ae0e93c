/// A percentage in hundredths of a percent: 21 % is 2100.
public struct Percentage: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Hundredths of a percent.
    public let basisPoints: Int

    /// Makes a percentage from hundredths of a percent.
    public init(basisPoints: Int) {
        self.basisPoints = basisPoints
    }

    /// Reads `21` or `5.5`, rounded to two decimals; nil below 0 or above 100.
    public init?(_ number: ScaledDecimal) {
        guard let points = number.rounded(toScale: 2), (0...10_000).contains(points) else { return nil }
        basisPoints = Int(points)
    }

    /// No tax, or no discount.
    public static let zero = Percentage(basisPoints: 0)

    /// The number without a sign: `21`, `5.5`.
    public var description: String { ScaledDecimal(mantissa: Int64(basisPoints), scale: 2).description }

    /// By value.
    public static func < (left: Percentage, right: Percentage) -> Bool { left.basisPoints < right.basisPoints }
}
