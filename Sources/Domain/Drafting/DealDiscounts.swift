/// Discounts on a whole deal, as negative lines per tax rate and method, so that tax stays right.
struct DealDiscounts {
    /// What the lines of one tax rate and method come to.
    private struct Share {
        let method: TaxMethod
        let tax: Percentage
        var amount: Int64
    }

    private let discounts: [DealDiscount]
    private let shares: [Share]
    private let total: Int64
    /// Whether each line has an amount: a discount of what has none is taken of nothing.
    private let isWhole: Bool

    init(_ discounts: [DealDiscount], over lines: [DocumentLine]) {
        self.discounts = discounts
        shares = Self.shares(of: lines)
        total = shares.reduce(0) { $0 + $1.amount }
        isWhole = !lines.isEmpty && lines.allSatisfy { $0.isTextLine || ($0.unitPrice != nil && $0.amount() != nil) }
    }

    /// The lines, and what a person should know of them.
    ///
    /// Each percentage is taken of all lines. Only where that misses the value that Pipedrive shows, and taking each of
    /// what the ones before have left hits it, the latter counts. Together they never take more than there is.
    func lines(matching deal: Deal) -> ([DocumentLine], remarks: [String]) {
        var remarks = discounts.compactMap(\.problem).map { "\($0): it is not on the quote." }
        var units = reductions(ofRest: false)
        if let value = deal.value?.minorUnits, total - units.reduce(0, +) != value {
            let others = reductions(ofRest: true)
            if total - others.reduce(0, +) == value { units = others }
        }
        let wished = discounts.map(\.discount).reduce(Int64(0)) { $0 + (Self.fixed($1) ?? 0) }
        if wished > total, total > 0 { remarks.append("The deal's discounts are larger than its lines.") }
        if let remark = shortfall(in: deal.currency) { remarks.append(remark) }
        let made = zip(discounts, units).flatMap { lines($1, named: $0.description) }
        return (made, remarks)
    }

    /// A sentence when lines without a price had no part in the discounts.
    private func shortfall(in currency: Currency) -> String? {
        let wished = discounts.filter { $0.problem == nil }.compactMap { Self.words($0.discount, currency) }
        guard !isWhole, !wished.isEmpty else { return nil }
        if total > 0 { return "The deal's discounts were taken of the priced lines only: check them." }
        let all = wished.joined(separator: ", ")
        return "No line has a price that the deal's discounts could be taken of, so they are not on the quote: \(all)."
    }

    /// Nil for a discount of nothing.
    private static func words(_ discount: Discount, _ currency: Currency) -> String? {
        switch discount {
        case .none: nil
        case .amount(let units): units > 0 ? Money(minorUnits: units, currency: currency).displayText : nil
        case .percentage(let percentage): percentage > .zero ? "\(percentage) %" : nil
        }
    }

    private func reductions(ofRest: Bool) -> [Int64] {
        var left = total
        return discounts.map { discount in
            guard discount.problem == nil else { return 0 }
            let units = min(Self.reduction(discount.discount, of: ofRest ? left : total, atMost: total), left)
            left -= units
            return units
        }
    }

    private static func shares(of lines: [DocumentLine]) -> [Share] {
        var shares: [Share] = []
        for line in lines {
            guard let amount = line.amount(), amount > 0 else { continue }
            if let index = shares.firstIndex(where: { $0.method == line.taxMethod && $0.tax == line.tax }) {
                shares[index].amount += amount
            } else {
                shares.append(Share(method: line.taxMethod, tax: line.tax, amount: amount))
            }
        }
        return shares.sorted { ($0.tax, $0.method.rawValue) < ($1.tax, $1.method.rawValue) }
    }

    /// Spread by the lines' amounts; the last share takes what rounding leaves.
    private func lines(_ units: Int64, named description: String) -> [DocumentLine] {
        let name = CustomerWording.name(description, atMost: 200)
        var rest = units
        return shares.enumerated().compactMap { index, group in
            let rounded = ScaledDecimal.divide(Int128(units) * Int128(group.amount), by: Int128(total))
            // Rounding up several times can use the whole up before the last share.
            let share = index == shares.count - 1 ? rest : min(Int64(rounded), rest)
            rest -= share
            guard share > 0 else { return nil }
            return DocumentLine(
                description: name.isEmpty ? "Discount" : name, unitPrice: -share, taxMethod: group.method,
                tax: group.tax)
        }
    }

    private static func fixed(_ discount: Discount) -> Int64? {
        if case .amount(let units) = discount { max(units, 0) } else { nil }
    }

    private static func reduction(_ discount: Discount, of base: Int64, atMost total: Int64) -> Int64 {
        switch discount {
        case .none: 0
        case .amount(let units): min(max(units, 0), total)
        case .percentage(let percentage):
            Int64(ScaledDecimal.divide(Int128(base) * Int128(percentage.basisPoints), by: 10_000))
        }
    }
}

/// What a deal's lines come to, held against the value that Pipedrive shows.
struct DealSum {
    private let sums: [Int64]
    private let currency: Currency
    private let isWhole: Bool

    init(_ lines: [DocumentLine], currency: Currency) {
        self.currency = currency
        isWhole = lines.allSatisfy { $0.isTextLine || $0.unitPrice != nil }
        let plain = lines.reduce(Int64(0)) { $0 + ($1.amount() ?? 0) }
        // Whether Pipedrive's value holds the tax is nowhere written; both ways are right.
        do {
            let totals = try DocumentTotals(lines: lines, currency: currency)
            sums = [plain, totals.net, totals.gross]
        } catch {
            // Too large for any document: whoever stores it is told so.
            sums = [plain]
        }
    }

    /// A sentence when no reading of the sum is what Pipedrive shows; nil when one is, or nothing is to be compared.
    func difference(from value: Money?) -> String? {
        guard isWhole, let value, value.currency == currency, let sum = sums.first, !sums.contains(value.minorUnits)
        else { return nil }
        let own = Money(minorUnits: sum, currency: currency)
        return "Pipedrive shows \(value.displayText) for this deal; its lines and discounts come to \(own.displayText)."
    }
}
