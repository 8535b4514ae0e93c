import Domain

/// Lines, tax table and totals of a document, worded.
struct DocumentTable: Sendable {
    let lines: [Line]
    let rates: [Rate]
    let net: String
    let tax: String
    let gross: String
    let hasDiscounts: Bool

    struct Line: Sendable {
        let text: String
        let isText: Bool
        let quantity: String
        let price: String
        let discount: String
        let taxRate: String
        let amount: String
        let recurrence: String?
        let flag: String?
    }

    struct Rate: Sendable {
        let percentage: String
        let rateNet: String
        let rateTax: String
    }

    init(_ content: DocumentContent, showsFlags: Bool) throws {
        try self.init(lines: content.lines, currency: content.currency, showsFlags: showsFlags)
    }

    init(lines documentLines: [DocumentLine], currency: Currency, showsFlags: Bool) throws {
        func money(_ units: Int64) -> String { Money(minorUnits: units, currency: currency).displayText }
        let totals = try DocumentTotals(lines: documentLines, currency: currency)
        lines = documentLines.map { Self.line($0, showsFlags: showsFlags, money: money) }
        rates = totals.rates.map {
            Rate(percentage: "\($0.percentage) %", rateNet: money($0.net), rateTax: money($0.tax))
        }
        (net, tax, gross) = (money(totals.net), money(totals.tax), money(totals.gross))
        hasDiscounts = documentLines.contains { $0.discount != .none }
    }

    private static func line(
        _ line: DocumentLine, showsFlags: Bool, money: (Int64) -> String
    ) -> Line {
        guard !line.isTextLine else {
            return Line(
                text: line.description, isText: true, quantity: "", price: "", discount: "", taxRate: "", amount: "",
                recurrence: nil, flag: nil)
        }
        let basis = line.taxMethod == .inclusive ? " incl." : ""
        let frequency =
            switch line.billingFrequency {
            case .oneTime: ""
            case .annually: " a year"
            case .semiAnnually: " every half year"
            case .quarterly: " a quarter"
            case .monthly: " a month"
            case .weekly: " a week"
            }
        let discount =
            switch line.discount {
            case .none: ""
            case .percentage(let percentage): "\(percentage) %"
            case .amount(let units): money(units)
            }
        return Line(
            text: line.description, isText: false, quantity: line.quantity.description.replacing(".", with: ","),
            price: line.unitPrice.map { money($0) + basis + frequency } ?? "no price yet", discount: discount,
            taxRate: line.taxMethod == .none ? "none" : "\(line.tax) %",
            amount: line.unitPrice == nil ? "" : line.amount().map(money) ?? "",
            recurrence: line.billingCycles.map { "charged \($0) times" }, flag: showsFlags ? line.flag : nil)
    }

    /// The part of a template that shows a `table`.
    static let markup = """
        {{#table}}
        <table class="lines">
        <thead><tr><th>Description</th><th class="number">Quantity</th><th class="number">Price</th>\
        {{#hasDiscounts}}<th class="number">Discount</th>{{/hasDiscounts}}\
        <th class="number">Tax</th><th class="number">Amount</th></tr></thead>
        <tbody>
        {{#lines}}
        <tr>\
        {{#isText}}<td colspan="{{^hasDiscounts}}5{{/hasDiscounts}}{{#hasDiscounts}}6{{/hasDiscounts}}">{{text}}</td>{{/isText}}\
        {{^isText}}<td>{{text}}{{#recurrence}}<span class="small block">{{.}}</span>{{/recurrence}}{{#flag}}<br><span class="flag">{{.}}</span>{{/flag}}</td>\
        <td class="number" data-label="Quantity">{{quantity}}</td>\
        <td class="number" data-label="Price">{{price}}</td>\
        {{#hasDiscounts}}<td class="number" data-label="Discount">{{discount}}</td>{{/hasDiscounts}}\
        <td class="number" data-label="Tax">{{taxRate}}</td>\
        <td class="number" data-label="Amount">{{amount}}</td>{{/isText}}\
        </tr>
        {{/lines}}
        </tbody>
        </table>
        <table class="totals">
        <tbody>
        <tr><th>Total excl. tax</th><td class="number">{{net}}</td></tr>
        {{#rates}}
        <tr><th>{{percentage}} tax on {{rateNet}}</th><td class="number">{{rateTax}}</td></tr>
        {{/rates}}
        <tr class="sum"><th>Total</th><td class="number">{{gross}}</td></tr>
        </tbody>
        </table>
        {{/table}}
        """
}
