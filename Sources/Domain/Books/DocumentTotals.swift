/// What a document adds up to: net, tax per rate, gross; in minor units of one currency.
///
/// Rounding: each line once, then tax once per rate over the sum of that rate's lines. Article 226 of the EU VAT
/// directive (2006/112/EC) asks for taxable amount and tax per rate; rounding per rate, half away from zero, is what
/// EN 16931 (BR-CO-10 and BR-CO-17) computes. The sources, and what was turned down, are in decision 0010.
public struct DocumentTotals: Hashable, Sendable {
    /// One row of the tax table.
    public struct Rate: Hashable, Sendable {
        /// The rate.
        public let percentage: Percentage
        /// Taxable amount at this rate, minor units.
        public let net: Int64
        /// Tax at this rate, minor units.
        public let tax: Int64
    }

    /// The document's currency.
    public let currency: Currency
    /// Sum without tax, minor units.
    public let net: Int64
    /// Sum of tax, minor units.
    public let tax: Int64
    /// What the customer pays, minor units.
    public let gross: Int64
    /// Per rate, ascending.
    public let rates: [Rate]

    /// Adds lines up. Throws `invalid` when an amount, or all of them together, do not fit.
    public init(lines: [DocumentLine], currency: Currency) throws {
        var sums: [Percentage: (exclusive: Int64, inclusive: Int64)] = [:]
        var magnitude: Int64 = 0
        for (index, line) in lines.enumerated() where !line.isTextLine {
            guard let amount = line.amount() else {
                throw Refusal(
                    .invalid, "The amount of line \(index + 1) is too large.",
                    fields: ["lines.\(index)": "amount is too large"])
            }
            // Bounded after every line, so that no number of lines overflows a sum.
            magnitude += abs(amount)
            guard magnitude <= Money.bound else { throw Self.tooLarge }
            let rate = line.taxMethod == .none ? .zero : line.tax
            var sum = sums[rate] ?? (0, 0)
            if line.taxMethod == .inclusive { sum.inclusive += amount } else { sum.exclusive += amount }
            sums[rate] = sum
        }
        let rates = sums.map { Self.rate($0, exclusive: $1.exclusive, inclusive: $1.inclusive) }
        self.currency = currency
        self.rates = rates.sorted { $0.percentage < $1.percentage }
        net = rates.reduce(0) { $0 + $1.net }
        tax = rates.reduce(0) { $0 + $1.tax }
        gross = net + tax
        guard abs(gross) <= Money.bound else { throw Self.tooLarge }
    }

    private static let tooLarge = Refusal(
        .invalid, "The total is too large.", fields: ["lines": "total is too large"])

    private static func rate(_ percentage: Percentage, exclusive: Int64, inclusive: Int64) -> Rate {
        let points = Int128(percentage.basisPoints)
        let onTop = Int64(ScaledDecimal.divide(Int128(exclusive) * points, by: 10_000))
        let within = Int64(ScaledDecimal.divide(Int128(inclusive) * points, by: 10_000 + points))
        return Rate(percentage: percentage, net: exclusive + inclusive - within, tax: onTop + within)
    }
}
