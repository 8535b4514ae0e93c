/// Turns a proposal into priced lines. Prices, tax and discounts come from the deal's products or the catalog, never
/// from the drafter.
public enum QuotePricing {
    /// The lines of the quote, deal discounts included as lines of their own.
    ///
    /// A product without a price in the deal's currency, and a need without a product, become lines without a price,
    /// flagged for a person. Proposals that name what the task did not offer are left out.
    public static func lines(_ proposal: DraftProposal, task: DraftingTask) -> [DocumentLine] {
        let lines = proposal.lines.compactMap { line(for: $0, task: task) }
        return lines + discountLines(task.context.discounts, over: lines)
    }

    /// Discounts on the whole deal. Each is measured by all lines; together they never take more than there is.
    private static func discountLines(_ discounts: [DealDiscount], over lines: [DocumentLine]) -> [DocumentLine] {
        let shares = shares(of: lines)
        let total = shares.reduce(0) { $0 + $1.amount }
        var left = total
        return discounts.flatMap { discount in
            let units = min(reduction(discount.discount, of: total), left)
            left -= units
            return discountLines(units, named: discount.description, over: shares, total: total)
        }
    }

    private static func line(for proposed: DraftProposal.Line, task: DraftingTask) -> DocumentLine? {
        switch proposed.source {
        case .dealProduct(let index):
            guard task.context.products.indices.contains(index) else { return nil }
            return line(for: task.context.products[index], wording: proposed.wording, task: task)
        case .catalog(let id):
            guard let product = task.catalog.first(where: { $0.id == id }) else { return nil }
            let currency = task.context.deal.currency
            let price = product.price(in: currency)
            return DocumentLine(
                description: proposed.wording ?? product.details.name, quantity: proposed.quantity, unitPrice: price,
                tax: product.details.tax, productID: id,
                flag: price == nil ? "The catalog has no price in \(currency) for this product." : nil)
        case .need:
            return DocumentLine(
                description: proposed.wording ?? task.context.deal.title, quantity: proposed.quantity, unitPrice: nil,
                tax: .zero, flag: "No product fits this need: set price and tax.")
        }
    }

    private static func line(
        for product: DealProduct, wording: String?, task: DraftingTask
    ) -> DocumentLine? {
        guard product.isEnabled else { return nil }
        return DocumentLine(
            description: wording ?? product.name, quantity: product.quantity,
            unitPrice: product.itemPrice.minorUnits, taxMethod: product.taxMethod, tax: product.tax,
            discount: product.discount, productID: product.itemID.flatMap { task.linked[$0]?.id },
            billingFrequency: product.billingFrequency)
    }

    /// What the lines of one tax rate and method come to.
    private struct Share {
        let method: TaxMethod
        let tax: Percentage
        var amount: Int64
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

    /// A discount as one negative line per tax rate and method, so that tax stays right.
    ///
    /// It is spread by the lines' amounts; the last share takes what rounding leaves.
    private static func discountLines(
        _ units: Int64, named description: String, over shares: [Share], total: Int64
    ) -> [DocumentLine] {
        var rest = units
        return shares.enumerated().compactMap { index, group in
            let rounded = ScaledDecimal.divide(Int128(units) * Int128(group.amount), by: Int128(total))
            // Rounding up several times can use the whole up before the last share.
            let share = index == shares.count - 1 ? rest : min(Int64(rounded), rest)
            rest -= share
            guard share > 0 else { return nil }
            return DocumentLine(
                description: description.isEmpty ? "Discount" : description, unitPrice: -share,
                taxMethod: group.method, tax: group.tax)
        }
    }

    private static func reduction(_ discount: Discount, of total: Int64) -> Int64 {
        switch discount {
        case .none: 0
        case .amount(let units): min(max(units, 0), total)
        case .percentage(let percentage):
            Int64(ScaledDecimal.divide(Int128(total) * Int128(percentage.basisPoints), by: 10_000))
        }
    }
}
