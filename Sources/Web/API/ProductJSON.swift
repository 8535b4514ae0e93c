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

    /// Reads a new product, or changes to `current`: fields that were not sent stay as they are, null empties one.
    /// Throws `invalid` naming each wrong field.
    static func details(_ body: [UInt8], changing current: ProductDetails? = nil) throws -> ProductDetails {
        let reader = try FieldReader(body: body, allowed: fields)
        var details = current ?? ProductDetails(name: "")
        if current == nil || reader.has("name") { details.name = reader.requiredText("name") }
        if reader.has("code") { details.code = reader.text("code", limit: 100) }
        if reader.has("description") { details.description = reader.text("description", limit: 10_000) }
        if reader.has("unit") { details.unit = reader.text("unit", limit: 40) }
        if reader.has("tax_percentage") { details.tax = reader.percentage("tax_percentage") ?? .zero }
        if reader.has("prices") { details.prices = prices(reader) }
        if let isActive = reader.bool("active") { details.isActive = isActive }
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
