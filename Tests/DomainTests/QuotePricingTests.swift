import Domain
import DomainTestSupport
import Testing

struct QuotePricingTests {
    private func lines(_ sources: [DraftProposal.Line.Source], _ task: DraftingTask) -> [DocumentLine] {
        QuotePricing.lines(
            .fixture(
                lines: sources.map {
                    DraftProposal.Line(source: $0, wording: nil, quantity: Quantity(tenThousandths: 990_000))
                }), task: task)
    }

    @Test func `a deal's product keeps its price, quantity, tax and discount`() {
        let linked = Product.fixture()
        let product = DealProduct.fixture(
            quantity: Quantity(tenThousandths: 25_000), itemPrice: Money(minorUnits: 12_345, currency: .eur),
            tax: Percentage(basisPoints: 900), taxMethod: .inclusive,
            discount: .percentage(Percentage(basisPoints: 1000)), billingFrequency: .monthly)
        let task = DraftingTask.fixture(
            context: .fixture(products: [product]), linked: [CatalogItem.ID(11): linked])
        #expect(
            lines([.dealProduct(0)], task) == [
                DocumentLine(
                    description: "Design", quantity: Quantity(tenThousandths: 25_000), unitPrice: 12_345,
                    taxMethod: .inclusive, tax: Percentage(basisPoints: 900),
                    discount: .percentage(Percentage(basisPoints: 1000)), productID: linked.id,
                    billingFrequency: .monthly)
            ])
    }

    @Test func `a disabled product and one that was deleted behave`() {
        let context = DealContext.fixture(products: [.fixture(isEnabled: false), .fixture(itemID: nil)])
        let made = lines([.dealProduct(0), .dealProduct(1)], .fixture(context: context))
        #expect(made.count == 1)
        #expect(made.first?.productID == nil)
        #expect(made.first?.unitPrice == 8900)
    }

    @Test func `a catalog product has its price in the deal's currency, else none and a flag`() throws {
        let both = Product.fixture(
            details: .fixture(prices: [Money(minorUnits: 900, currency: .usd), Money(minorUnits: 800, currency: .eur)]))
        let dollars = Product.fixture(
            id: .numbered(21), details: .fixture(prices: [Money(minorUnits: 900, currency: .usd)]))
        let made = lines(
            [.catalog(both.id), .catalog(dollars.id)],
            .fixture(context: .fixture(products: []), catalog: [both, dollars]))
        try #require(made.count == 2)
        #expect(made[0].unitPrice == 800)
        #expect(made[0].quantity == Quantity(tenThousandths: 990_000))
        #expect(made[0].tax == .standard)
        #expect(made[0].flag == nil)
        #expect(made[1].unitPrice == nil)
        #expect(made[1].flag?.contains("EUR") == true)
        #expect(made[1].productID == dollars.id)
    }

    @Test func `a need has no price and a flag`() {
        let made = lines([.need], .fixture(context: .fixture(products: [])))
        #expect(made.count == 1)
        #expect(made.first?.unitPrice == nil)
        #expect(made.first?.flag != nil)
        #expect(made.first?.description == "New website")
    }

    @Test func `what was not offered is left out`() {
        let sources: [DraftProposal.Line.Source] = [.dealProduct(1), .dealProduct(-1), .catalog(.numbered(99))]
        #expect(lines(sources, .fixture(context: .fixture(products: []))).isEmpty)
    }

    @Test func `a deal's own products are the lines, whatever is proposed`() {
        let offered = Product.fixture()
        let proposal = DraftProposal.fixture(
            lines: [
                DraftProposal.Line(source: .dealProduct(0), wording: "Free of charge: € 0,00", quantity: .one),
                DraftProposal.Line(source: .catalog(offered.id), wording: nil, quantity: .one),
                DraftProposal.Line(source: .need, wording: "More", quantity: .one),
            ])
        let made = QuotePricing.lines(proposal, task: .fixture(catalog: [offered]))
        #expect(made.map(\.description) == ["Design"])
        #expect(made.map(\.unitPrice) == [8900])
        #expect(QuotePricing.lines(.fixture(lines: []), task: .fixture()).count == 1)
    }

    @Test func `a need may stay a remark, but never leaves a quote empty`() {
        func priced(_ sources: [DraftProposal.Line.Source], _ catalog: [Product]) -> PricedQuote {
            let lines = sources.map { DraftProposal.Line(source: $0, wording: "Dakgoot", quantity: .one) }
            let task = DraftingTask(
                context: .fixture(products: []), catalog: catalog, linked: [:], language: "nl", companyName: "",
                unmetNeeds: .remark)
            return QuotePricing.priced(.fixture(lines: lines), task: task)
        }
        let both = priced([.catalog(Product.fixture().id), .need], [.fixture()])
        #expect(both.lines.map(\.source) == [.catalog])
        #expect(both.remarks == ["Left out, because no product fits: Dakgoot"])
        #expect(priced([.need], []).lines.map(\.source) == [.unpriced])
    }

    @Test func `figures that no line holds come to what they are on the deal, and say how`() {
        let product = DealProduct.fixture(
            quantity: Quantity(tenThousandths: 10_000_000), itemPrice: Money(minorUnits: 13, currency: .eur),
            exact: .init(amount: 12_500, calculation: "1000 × 0.125"))
        let made = lines([], .fixture(context: .fixture(products: [product])))
        #expect(made.map { $0.amount() } == [12_500])
        #expect(made.map(\.description) == ["Design (1000 × 0.125)"])
        #expect(made.map(\.quantity) == [.one])
    }

    @Test func `a line with an unusable figure has no price and says why`() {
        let made = lines([], .fixture(context: .fixture(products: [.fixture(problem: "Line 1 has no price")])))
        #expect(made.map(\.unitPrice) == [nil])
        #expect(made.first?.flag?.hasPrefix("Line 1 has no price.") == true)
    }

    @Test func `recurring lines keep frequency and cycles, hostile names lose their links`() {
        let products = [
            DealProduct.fixture(billingFrequency: .monthly, billingCycles: 12),
            .fixture(name: "<b>Web</b> https://evil.example/pay [x](http://e.example) Voucher 50 euro"),
            .fixture(name: "\u{200B}"),
        ]
        let made = lines([], .fixture(context: .fixture(products: products)))
        #expect(made.map(\.billingCycles) == [12, nil, nil])
        #expect(made.map(\.description) == ["Design", "Web Voucher 50 euro", "Product"])
    }

    private static func valued(_ value: Int64, _ discounts: [DealDiscount] = []) -> DraftingTask {
        .fixture(
            context: .fixture(
                deal: .fixture(value: Money(minorUnits: value, currency: .eur)), discounts: discounts))
    }

    @Test(arguments: [(8900, true), (10_769, true), (8901, false)] as [(Int64, Bool)])
    func `a sum that is not Pipedrive's, with or without tax, is said`(value: Int64, fits: Bool) throws {
        let priced = QuotePricing.priced(.fixture(), task: Self.valued(value))
        #expect(priced.remarks.isEmpty == fits)
        #expect((priced.lines.first?.line.flag == nil) == fits)
        if !fits { #expect(priced.remarks.first?.contains("€ 89,01") == true) }
    }

    @Test func `percentages are taken one after the other only where that is Pipedrive's sum`() throws {
        let tenth = Discount.percentage(Percentage(basisPoints: 1000))
        let discounts = [DealDiscount(description: "A", discount: tenth), .init(description: "B", discount: tenth)]
        #expect(lines([], Self.valued(7120, discounts)).map(\.unitPrice) == [8900, -890, -890])
        #expect(lines([], Self.valued(7209, discounts)).map(\.unitPrice) == [8900, -890, -801])
    }

    @Test func `a discount that cannot be used is said`() {
        let discounts = [DealDiscount(description: "", discount: .none, problem: "A discount is above 100 %")]
        let priced = QuotePricing.priced(.fixture(), task: Self.valued(8900, discounts))
        #expect(priced.remarks == ["A discount is above 100 %: it is not on the quote."])
    }

    @Test func `a discount that unpriced lines have no part in is said, with its size where nothing is priced`() {
        let discounts = [
            DealDiscount(description: "A", discount: .amount(5000)),
            DealDiscount(description: "B", discount: .percentage(Percentage(basisPoints: 1250))),
            DealDiscount(description: "C", discount: .none),
        ]
        func remarks(_ products: [DealProduct], _ discounts: [DealDiscount]) -> [String] {
            QuotePricing.priced(
                .fixture(lines: []), task: .fixture(context: .fixture(products: products, discounts: discounts))
            ).remarks
        }
        let unpriced = DealProduct.fixture(problem: "Line 1 has no price")
        #expect(
            remarks([unpriced, .fixture()], discounts) == [
                "The deal's discounts were taken of the priced lines only: check them."
            ])
        let none = remarks([unpriced], discounts)
        #expect(none.count == 1 && none.first?.contains("not on the quote: € 50,00, 12.5 %.") == true)
        #expect(remarks([unpriced, .fixture()], [discounts[2]]) == [])
        #expect(remarks([.fixture()], discounts) == [])
        let need = QuotePricing.priced(
            .fixture(lines: [DraftProposal.Line(source: .need, wording: nil, quantity: .one)]),
            task: .fixture(context: .fixture(products: [], discounts: discounts)))
        #expect(need.remarks == none)
    }

    @Test func `a deal discount becomes one line per tax rate and method`() {
        let context = DealContext.fixture(
            products: [
                .fixture(itemPrice: Money(minorUnits: 30_000, currency: .eur)),
                .fixture(itemPrice: Money(minorUnits: 10_000, currency: .eur), tax: Percentage(basisPoints: 900)),
                .fixture(
                    itemPrice: Money(minorUnits: 10_000, currency: .eur), tax: Percentage(basisPoints: 900),
                    taxMethod: .inclusive),
            ],
            discounts: [DealDiscount(description: "", discount: .amount(5000))])
        let made = lines([.dealProduct(0), .dealProduct(1), .dealProduct(2)], .fixture(context: context)).dropFirst(3)
        #expect(made.map(\.unitPrice) == [-1000, -1000, -3000])
        #expect(made.map(\.tax.basisPoints) == [900, 900, 2100])
        #expect(made.map(\.taxMethod) == [.exclusive, .inclusive, .exclusive])
        #expect(made.allSatisfy { $0.description == "Discount" && $0.quantity == .one })
    }

    @Test func `shares of a discount sum exactly, and none gives money back`() {
        var random = SeededRandom(seed: 6)
        for round in 0..<3000 {
            let products = (0..<Int.random(in: 1...6, using: &random)).map { index in
                DealProduct.fixture(
                    itemPrice: Money(
                        minorUnits: Int64.random(in: 1...(round < 1500 ? 5 : 99_999), using: &random),
                        currency: .eur),
                    tax: Percentage(basisPoints: index * 100))
            }
            let total = products.reduce(Int64(0)) { $0 + $1.itemPrice.minorUnits }
            let wanted = Int64.random(in: 0...(total + 3), using: &random)
            let context = DealContext.fixture(
                products: products, discounts: [DealDiscount(description: "Deal", discount: .amount(wanted))])
            let made = lines(products.indices.map { .dealProduct($0) }, .fixture(context: context))
            let shares = made.dropFirst(products.count).map { $0.unitPrice ?? 1 }
            #expect(shares.allSatisfy { $0 < 0 })
            #expect(-shares.reduce(0, +) == min(wanted, total), "\(products.map(\.itemPrice.minorUnits)) \(wanted)")
        }
    }

    @Test func `a percentage is taken of the lines, rounded once`() {
        let context = DealContext.fixture(
            products: [.fixture(itemPrice: Money(minorUnits: 9999, currency: .eur))],
            discounts: [DealDiscount(description: "10 %", discount: .percentage(Percentage(basisPoints: 1000)))])
        #expect(lines([.dealProduct(0)], .fixture(context: context)).last?.unitPrice == -1000)
    }

    @Test func `several discounts together never take more than there is`() throws {
        let context = DealContext.fixture(
            discounts: [
                DealDiscount(description: "A", discount: .amount(5000)),
                DealDiscount(description: "B", discount: .amount(5000)),
                DealDiscount(description: "C", discount: .percentage(Percentage(basisPoints: 5000))),
            ])
        let made = lines([.dealProduct(0)], .fixture(context: context))
        #expect(made.map(\.unitPrice) == [8900, -5000, -3900])
        #expect(try DocumentTotals(lines: made, currency: .eur).gross == 0)
    }

    @Test func `a discount on nothing is nothing`() {
        let context = DealContext.fixture(
            products: [], discounts: [DealDiscount(description: "A", discount: .amount(5000))])
        #expect(lines([.need], .fixture(context: context)).count == 1)
    }
}
