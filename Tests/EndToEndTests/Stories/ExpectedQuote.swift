import Foundation

/// What a deal's quote has to say, computed from the sandbox's own answers and nothing of PayDock's.
struct ExpectedQuote {
    struct Line: Equatable {
        var description: String
        var quantity: Decimal
        var price: Decimal
        var isInclusive: Bool
        var tax: Decimal
        var discountPercentage: Decimal?
        var discountAmount: Decimal?
        var total: Decimal
    }

    let deal: JSON
    let lines: [Line]

    init(deal: JSON, products: [JSON], discounts: [JSON]) throws {
        self.deal = deal
        let own = try products.filter { $0["is_enabled"].truth != false }
            .sorted { ($0["order_nr"].whole ?? 0) < ($1["order_nr"].whole ?? 0) }.map(Self.line)
        lines = own + discounts.flatMap { Self.lines(discount: $0, over: own) }
    }

    var net: Decimal { rates.reduce(0) { $0 + $1.net } }
    var tax: Decimal { rates.reduce(0) { $0 + $1.tax } }
    var gross: Decimal { net + tax }

    /// Tax once per rate over the sum of its lines, as an invoice has to show it.
    var rates: [(tax: Decimal, net: Decimal, percentage: Decimal)] {
        Set(lines.map(\.tax)).sorted().map { percentage in
            let concerned = lines.filter { $0.tax == percentage }
            let inclusive = concerned.filter(\.isInclusive).reduce(Decimal(0)) { $0 + $1.total }
            let exclusive = concerned.filter { !$0.isInclusive }.reduce(Decimal(0)) { $0 + $1.total }
            let within = Self.cents(inclusive * percentage / (100 + percentage))
            let onTop = Self.cents(exclusive * percentage / 100)
            return (within + onTop, inclusive + exclusive - within, percentage)
        }
    }

    private static func line(_ product: JSON) throws -> Line {
        let quantity = try product["quantity"].number.orFail("A line without a quantity: \(product)")
        let price = try product["item_price"].number.orFail("A line without a price: \(product)")
        let (discount, isAmount) = (product["discount"].number ?? 0, product["discount_type"] == "amount")
        let full = quantity * price
        let total = isAmount ? max(0, cents(full) - discount) : cents(full * (100 - discount) / 100)
        return Line(
            description: product["name"].text ?? "", quantity: quantity, price: price,
            isInclusive: product["tax_method"] == "inclusive", tax: product["tax"].number ?? 0,
            discountPercentage: discount != 0 && !isAmount ? discount : nil,
            discountAmount: discount != 0 && isAmount ? discount : nil, total: total)
    }

    /// A discount on the whole deal becomes one line per tax rate, in proportion; the last takes what is left.
    private static func lines(discount: JSON, over lines: [Line]) -> [Line] {
        let total = lines.reduce(Decimal(0)) { $0 + $1.total }
        let amount = discount["amount"].number ?? 0
        let whole = discount["type"] == "amount" ? min(amount, total) : cents(total * amount / 100)
        let rates = Set(lines.filter { $0.total > 0 }.map(\.tax)).sorted()
        var rest = whole
        return rates.map { rate in
            let sum = lines.filter { $0.tax == rate }.reduce(Decimal(0)) { $0 + $1.total }
            let share = rate == rates.last ? rest : cents(whole * sum / total)
            rest -= share
            return Line(
                description: discount["description"].text ?? "", quantity: 1, price: -share,
                isInclusive: lines[0].isInclusive, tax: rate, total: -share)
        }
    }

    /// Rounded to cents, halves away from zero.
    static func cents(_ amount: Decimal) -> Decimal {
        var (given, rounded) = (abs(amount), Decimal())
        NSDecimalRound(&rounded, &given, 2, .plain)
        return amount < 0 ? -rounded : rounded
    }
}

extension ExpectedQuote.Line {
    /// A line as the regular API words it.
    init(api line: JSON) {
        self.init(
            description: line["description"].text ?? "", quantity: line["quantity"].number ?? -1,
            price: (line["unit_price_incl"].number ?? line["unit_price_excl"].number) ?? -1,
            isInclusive: line["unit_price_incl"].number != nil, tax: line["tax_percentage"].number ?? -1,
            discountPercentage: line["discount_percentage"].number, discountAmount: line["discount_amount"].number,
            total: line["total"].number ?? -1)
    }
}
