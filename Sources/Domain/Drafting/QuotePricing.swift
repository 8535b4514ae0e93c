/// A proposal with its prices, and what a person should know of it.
public struct PricedQuote: Hashable, Sendable {
    /// One line with what it rests on.
    public struct Line: Hashable, Sendable {
        /// Where a line's price comes from.
        public enum Source: String, Sendable, CaseIterable {
            /// The deal's own product.
            case deal
            /// The deal's own discount.
            case discount
            /// The catalog.
            case catalog
            /// Nowhere yet: a person sets it.
            case unpriced
        }

        /// The line as it stands on the quote.
        public let line: DocumentLine
        /// Where its price comes from.
        public let source: Source
        /// The piece of the deal's text that asks for it.
        public let evidence: String?

        /// Makes a line.
        public init(line: DocumentLine, source: Source, evidence: String?) {
            self.line = line
            self.source = source
            self.evidence = evidence
        }
    }

    /// The lines, in order.
    public let lines: [Line]
    /// What does not add up, or was left out, in sentences for the maker of the quote.
    public let remarks: [String]

    /// Makes a priced quote.
    public init(lines: [Line], remarks: [String]) {
        self.lines = lines
        self.remarks = remarks
    }
}

/// Turns a proposal into priced lines. Prices, tax and discounts come from the deal's products or the catalog, never
/// from the drafter.
public enum QuotePricing {
    /// The lines of the quote, deal discounts included as lines of their own, and what a person should know.
    ///
    /// A deal with products of its own gets exactly these, whatever was proposed. Else a product without a price in the
    /// deal's currency, and a need without a product, become lines without a price, flagged. What the task did not
    /// offer is left out.
    public static func priced(_ proposal: DraftProposal, task: DraftingTask) -> PricedQuote {
        guard task.hasOwnProducts else { return proposed(proposal, task) }
        let own = task.context.products.filter(\.isEnabled).map { line(for: $0, task: task) }
        let lines = own.map {
            PricedQuote.Line(line: $0, source: $0.unitPrice == nil ? .unpriced : .deal, evidence: nil)
        }
        let (discounts, remarks) = DealDiscounts(task.context.discounts, over: own).lines(matching: task.context.deal)
        let all = lines + discounts.map { PricedQuote.Line(line: $0, source: .discount, evidence: nil) }
        return says(all, remarks, of: task.context.deal)
    }

    /// The lines alone.
    public static func lines(_ proposal: DraftProposal, task: DraftingTask) -> [DocumentLine] {
        priced(proposal, task: task).lines.map(\.line)
    }

    /// Says on the last of the deal's lines why the sum is not what Pipedrive shows, when it is not.
    private static func says(_ lines: [PricedQuote.Line], _ remarks: [String], of deal: Deal) -> PricedQuote {
        let documents = lines.map(\.line)
        guard let difference = DealSum(documents, currency: deal.currency).difference(from: deal.value),
            let place = lines.lastIndex(where: { $0.source == .deal })
        else { return PricedQuote(lines: lines, remarks: remarks) }
        var lines = lines
        var flagged = lines[place].line
        flagged.flag = [flagged.flag, difference].compactMap(\.self).joined(separator: " ")
        lines[place] = PricedQuote.Line(line: flagged, source: lines[place].source, evidence: nil)
        return PricedQuote(lines: lines, remarks: remarks + [difference])
    }

    // MARK: A deal without products

    private static func proposed(_ proposal: DraftProposal, _ task: DraftingTask) -> PricedQuote {
        var lines: [PricedQuote.Line] = []
        var needs: [PricedQuote.Line] = []
        for proposed in proposal.lines {
            guard let made = line(for: proposed, task: task) else { continue }
            if proposed.source == .need, task.unmetNeeds == .remark { needs.append(made) } else { lines.append(made) }
        }
        if lines.isEmpty { (lines, needs) = (needs, []) }
        var remarks = needs.map { "Left out, because no product fits: \($0.line.description)" }
        let (discounts, more) = DealDiscounts(task.context.discounts, over: lines.map(\.line))
            .lines(matching: task.context.deal)
        lines += discounts.map { PricedQuote.Line(line: $0, source: .discount, evidence: nil) }
        remarks += more
        return PricedQuote(lines: lines, remarks: remarks)
    }

    private static func line(for proposed: DraftProposal.Line, task: DraftingTask) -> PricedQuote.Line? {
        let deal = task.context.deal
        switch proposed.source {
        case .dealProduct: return nil
        case .catalog(let id):
            guard let product = task.catalog.first(where: { $0.id == id }) else { return nil }
            let price = product.price(in: deal.currency)
            let line = DocumentLine(
                description: proposed.wording ?? product.details.name, quantity: proposed.quantity, unitPrice: price,
                tax: product.details.tax, productID: id,
                flag: price == nil ? "The catalog has no price in \(deal.currency) for this product." : nil)
            return PricedQuote.Line(
                line: line, source: price == nil ? .unpriced : .catalog, evidence: proposed.evidence)
        case .need:
            let line = DocumentLine(
                description: proposed.wording ?? deal.title, quantity: proposed.quantity, unitPrice: nil, tax: .zero,
                flag: "No product fits this need: set price and tax.")
            return PricedQuote.Line(line: line, source: .unpriced, evidence: proposed.evidence)
        }
    }

    // MARK: A deal with products

    private static let longestName = 500

    private static func line(for product: DealProduct, task: DraftingTask) -> DocumentLine {
        let row = product.itemIDs.lazy.compactMap { task.linked[$0] }.first
        let variation = product.variationID.flatMap { task.linked[$0]?.details.name }
        // A line may be called by its product alone, and then does not say which variation it is.
        let given = variation.flatMap { $0.hasPrefix(product.name) ? $0 : nil } ?? product.name
        let name = CustomerWording.name(given, atMost: longestName)
        var line = DocumentLine(
            description: name.isEmpty ? "Product" : name, quantity: product.quantity,
            unitPrice: product.itemPrice.minorUnits, taxMethod: product.taxMethod, tax: product.tax,
            discount: product.discount, productID: row?.id,
            billingFrequency: product.billingFrequency, billingCycles: product.billingCycles, flag: product.caution)
        if let problem = product.problem {
            line.unitPrice = nil
            line.flag = "\(problem). Set it here, or correct it in Pipedrive."
        } else if let exact = product.exact {
            // No line holds these decimals: their exact outcome does, and the figures stand in the wording.
            line.description += " (\(exact.calculation))"
            (line.quantity, line.unitPrice, line.discount) = (.one, exact.amount, .none)
        }
        return line
    }
}
