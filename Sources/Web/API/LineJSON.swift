import Domain

/// A line of a document in the regular API's words.
enum LineJSON {
    static let fields = [
        "description", "quantity", "unit_price_incl", "unit_price_excl", "tax_percentage", "product_id",
        "is_text_line", "discount_percentage", "discount_amount", "billing_frequency",
    ]

    static func value(_ line: DocumentLine, currency: Currency) -> JSONValue {
        guard !line.isTextLine else {
            return .object([("description", .string(line.description)), ("is_text_line", .bool(true))])
        }
        let price = line.unitPrice.map { JSONValue.amount($0, currency) } ?? .null
        var members: [(name: String, value: JSONValue)] = [
            ("description", .string(line.description)),
            ("quantity", .quantity(line.quantity)),
            (line.taxMethod == .inclusive ? "unit_price_incl" : "unit_price_excl", price),
            ("tax_percentage", .percentage(line.taxMethod == .none ? .zero : line.tax)),
            ("product_id", .optional(line.productID?.text)),
            ("is_text_line", .bool(false)),
            ("billing_frequency", .string(line.billingFrequency.rawValue)),
        ]
        switch line.discount {
        case .none: break
        case .percentage(let percentage): members.append(("discount_percentage", .percentage(percentage)))
        case .amount(let units): members.append(("discount_amount", .amount(units, currency)))
        }
        members.append(("total", line.amount().map { .amount($0, currency) } ?? .null))
        return .object(members)
    }

    /// Reads the `lines` of a document; problems go to the reader.
    static func lines(_ reader: FieldReader, currency: Currency) -> [DocumentLine] {
        guard let lines = reader.objects("lines", allowed: fields) else { return [] }
        return lines.map { line($0, currency: currency) }
    }

    private static func line(_ reader: FieldReader, currency: Currency) -> DocumentLine {
        let description = reader.requiredText("description", limit: 2000)
        if reader.bool("is_text_line") == true {
            for name in fields where name != "description" && name != "is_text_line" && reader.isGiven(name) {
                reader.refuse(name, "does not belong on a text line")
            }
            return DocumentLine(description: description, unitPrice: nil, tax: .zero, isTextLine: true)
        }
        let (price, method) = price(reader, currency: currency)
        return DocumentLine(
            description: description, quantity: quantity(reader), unitPrice: price, taxMethod: method,
            tax: reader.percentage("tax_percentage") ?? .zero, discount: discount(reader, currency: currency),
            productID: reader.identifier("product_id"),
            billingFrequency: reader.word("billing_frequency", as: BillingFrequency.self) ?? .oneTime)
    }

    private static func quantity(_ reader: FieldReader) -> Quantity {
        guard let number = reader.decimal("quantity") else { return .one }
        guard number.scale <= 4, let quantity = Quantity(number) else {
            reader.refuse("quantity", "has to be between 0 and 1000000000, with at most four decimals")
            return .one
        }
        return quantity
    }

    private static func price(_ reader: FieldReader, currency: Currency) -> (Int64?, TaxMethod) {
        let inclusive = reader.amount("unit_price_incl", currency: currency)
        let exclusive = reader.amount("unit_price_excl", currency: currency)
        if reader.isGiven("unit_price_incl"), reader.isGiven("unit_price_excl") {
            reader.refuse("unit_price_excl", "cannot stand beside unit_price_incl")
        } else if !reader.isGiven("unit_price_incl"), !reader.isGiven("unit_price_excl") {
            reader.refuse("unit_price_excl", "is required, unless unit_price_incl is given")
        }
        return inclusive.map { ($0, .inclusive) } ?? (exclusive, .exclusive)
    }

    private static func discount(_ reader: FieldReader, currency: Currency) -> Discount {
        let percentage = reader.percentage("discount_percentage")
        let amount = reader.amount("discount_amount", currency: currency)
        if percentage != nil, amount != nil {
            reader.refuse("discount_amount", "cannot stand beside discount_percentage")
        }
        if let amount, amount < 0 { reader.refuse("discount_amount", "is below zero") }
        return percentage.map(Discount.percentage) ?? amount.map(Discount.amount) ?? .none
    }
}
