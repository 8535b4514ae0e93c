internal import Domain
import FoundationEssentials

/// A document's line as it stands in the `lines` column: integers and words, no decimals.
struct StoredLine: Codable {
    let description: String
    let quantity: Int64
    let unitPrice: Int64?
    let taxMethod: String
    let tax: Int
    let discountPercentage: Int?
    let discountAmount: Int64?
    let productID: UUID?
    let isTextLine: Bool?
    let billingFrequency: String
    let billingCycles: Int?
    let flag: String?

    enum CodingKeys: String, CodingKey {
        case description, flag
        case quantity = "quantity_ten_thousandths"
        case unitPrice = "unit_price_minor"
        case taxMethod = "tax_method"
        case tax = "tax_basis_points"
        case discountPercentage = "discount_basis_points"
        case discountAmount = "discount_minor"
        case productID = "product_id"
        case isTextLine = "is_text_line"
        case billingFrequency = "billing_frequency"
        case billingCycles = "billing_cycles"
    }

    init(_ line: DocumentLine) {
        description = line.description
        quantity = line.quantity.tenThousandths
        unitPrice = line.unitPrice
        taxMethod = line.taxMethod.rawValue
        tax = line.tax.basisPoints
        discountPercentage = if case .percentage(let percentage) = line.discount { percentage.basisPoints } else { nil }
        discountAmount = if case .amount(let units) = line.discount { units } else { nil }
        productID = line.productID?.rawValue
        isTextLine = line.isTextLine ? true : nil
        billingFrequency = line.billingFrequency.rawValue
        billingCycles = line.billingCycles
        flag = line.flag
    }

    func line() throws -> DocumentLine {
        guard let method = TaxMethod(rawValue: taxMethod), let frequency = BillingFrequency(rawValue: billingFrequency)
        else { throw StoredValueError(column: "lines") }
        let discount: Discount =
            discountPercentage.map { .percentage(Percentage(basisPoints: $0)) } ?? discountAmount.map { .amount($0) }
            ?? .none
        return DocumentLine(
            description: description, quantity: Quantity(tenThousandths: quantity), unitPrice: unitPrice,
            taxMethod: method, tax: Percentage(basisPoints: tax), discount: discount,
            productID: productID.map { Product.ID($0) }, isTextLine: isTextLine ?? false,
            billingFrequency: frequency, billingCycles: billingCycles, flag: flag)
    }

    static func text(_ lines: [DocumentLine]) throws -> String {
        String(decoding: try JSONEncoder().encode(lines.map(StoredLine.init)), as: UTF8.self)
    }

    static func lines(_ text: String) throws -> [DocumentLine] {
        try JSONDecoder().decode([StoredLine].self, from: Data(text.utf8)).map { try $0.line() }
    }
}
