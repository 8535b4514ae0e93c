import Domain

/// The figures of a deal's product line as a document holds them, and what is lost or wrong.
struct LineFigures {
    private(set) var quantity = Quantity.one
    private(set) var price: Money
    private(set) var tax = Percentage.zero
    private(set) var discount = Discount.none
    private(set) var exact: DealProduct.ExactFigures?
    private(set) var problem: String?
    private(set) var caution: String?

    init(_ node: JSONNode, currency: Currency, place: String) {
        price = .zero(currency)
        if let own = node["currency"]?.text, own.uppercased() != currency.code {
            problem = "\(place) is in another currency than the deal"
        }
        readTax(node["tax"], place)
        guard let amount = node["quantity"]?.decimal, let quantity = Quantity(amount) else {
            problem = problem ?? "\(place) has a quantity that cannot be used"
            return
        }
        self.quantity = quantity
        guard let unit = node["item_price"]?.decimal, let price = Money(unit, currency: currency) else {
            problem = problem ?? "\(place) has no price that can be used"
            return
        }
        self.price = price
        switch DealReading.reading(node["discount"], type: node["discount_type"], currency) {
        case .failure(let wrong): problem = problem ?? "\(place) \(wrong.words)"
        case .success(let reading):
            discount = reading.discount
            hold(amount, unit, reading.percentage, currency, place)
        }
    }

    private mutating func readTax(_ node: JSONNode?, _ place: String) {
        guard let node else { return }
        guard let number = node.decimal, let tax = Percentage(number) else {
            problem = problem ?? "\(place) has a tax that cannot be used"
            return
        }
        self.tax = tax
        if number.scale > 2 { caution = "Pipedrive's tax of \(number) % was rounded to two decimals." }
    }

    /// Keeps the exact outcome where the rounded figures come to something else.
    private mutating func hold(
        _ amount: ScaledDecimal, _ unit: ScaledDecimal, _ percentage: ScaledDecimal?, _ currency: Currency,
        _ place: String
    ) {
        let line = DocumentLine(
            description: "", quantity: quantity, unitPrice: price.minorUnits, tax: tax, discount: discount)
        let gross = ExactAmount.minorUnits(quantity: amount, price: unit, percentage: percentage, currency: currency)
        guard let gross, let rounded = line.amount(), abs(gross) <= Money.largest else {
            problem = problem ?? "\(place) comes to an amount that cannot be used"
            return
        }
        var whole = gross
        var words = "\(amount) × \(unit)"
        if let percentage { words += " − \(percentage) %" }
        if case .amount(let off) = discount {
            if off > gross, gross > 0 { caution = "The discount is larger than the line." }
            whole = gross >= 0 ? max(0, gross - off) : gross
            words += " − \(Money(minorUnits: off, currency: currency).decimalText)"
        }
        guard whole != rounded else { return }
        exact = DealProduct.ExactFigures(amount: whole, calculation: words)
    }
}
