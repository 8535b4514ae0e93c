import Domain

/// A product in the regular API's words.
enum ProductJSON {
    static let fields = ["code", "name", "description", "unit", "tax_percentage", "prices", "active"]

    static func value(_ product: Product) -> JSONValue {
        let details = product.details
        let prices = details.prices.map { price in
            JSONValue.object([("currency", .string(price.currency.code)), ("amount", .amount(price))])
        }
        return .object([
            ("id", .string(product.id.text)),
            ("code", .optional(details.code)),
            ("name", .string(details.name)),
            ("description", .optional(details.description)),
            ("unit", .optional(details.unit)),
            ("tax_percentage", .percentage(details.tax)),
            ("prices", .array(prices)),
            ("active", .bool(details.isActive)),
            ("created_at", .instant(product.createdAt)),
            ("updated_at", .instant(product.updatedAt)),
        ])
    }

    /// Reads a new product, or all of one that replaces another: fields that were not sent are empty.
    /// Throws `invalid` naming each wrong field.
    static func details(_ body: [UInt8]) throws -> ProductDetails {
        let reader = try FieldReader(body: body, allowed: fields)
        let details = ProductDetails(
            code: reader.text("code", limit: 100), name: reader.requiredText("name"),
            description: reader.text("description", limit: 10_000), unit: reader.text("unit", limit: 40),
            tax: reader.percentage("tax_percentage") ?? .zero, prices: prices(reader),
            isActive: reader.bool("active") ?? true)
        try reader.finish()
        return details
    }

    private static func prices(_ reader: FieldReader) -> [Money] {
        var prices: [Money] = []
        for price in reader.objects("prices", allowed: ["currency", "amount"], limit: 50) ?? [] {
            guard let currency = price.currency("currency") else {
                price.refuse("currency", "is required")
                continue
            }
            guard let amount = price.amount("amount", currency: currency) else {
                price.refuse("amount", "is required")
                continue
            }
            if amount < 0 { price.refuse("amount", "is below zero") }
            if prices.contains(where: { $0.currency == currency }) { price.refuse("currency", "is given twice") }
            prices.append(Money(minorUnits: amount, currency: currency))
        }
        return prices
    }
}
