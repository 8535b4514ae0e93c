import Domain

/// Turns Pipedrive's deals and what hangs on them into the domain's.
///
/// A figure that does not fit is never guessed or dropped: it would become a wrong price on a quote.
enum DealReading {
    static func deal(_ node: JSONNode, customFields: [String: String]) throws -> Deal {
        guard let id = node["id"]?.integer, let pipeline = node["pipeline_id"]?.integer,
            let stage = node["stage_id"]?.integer, let status = node["status"]?.text.flatMap(Deal.Status.init)
        else { throw PipedriveGateway.unreadable(PipedriveFacts.deal) }
        let currency = try currency(node)
        // Only compared with what the lines come to.
        let value = node["value"]?.decimal.flatMap { Money($0, currency: currency) }
        return Deal(
            id: Deal.ID(id), title: (node["title"]?.text ?? "").filter { $0 != "\0" }, status: status,
            isDeleted: node["is_deleted"]?.flag ?? (status == .deleted),
            isArchived: node["is_archived"]?.flag ?? false, pipelineID: Pipeline.ID(pipeline),
            stageID: Stage.ID(stage), currency: currency, value: value,
            personID: identifier(node["person_id"]).map { Person.ID($0) },
            organizationID: identifier(node["org_id"]).map { Organization.ID($0) },
            stageChangedAt: node["stage_change_time"]?.text.flatMap(Timestamp.date),
            addedAt: node["add_time"]?.text.flatMap(Timestamp.date), customFields: customFields)
    }

    static func identifier(_ node: JSONNode?) -> Int64? { (node?["value"] ?? node)?.integer }

    /// One line of the deal; `number` counts from one and only serves the wording.
    ///
    /// A line with a figure that no document holds stays a line: without a price, and with the reason.
    static func product(_ node: JSONNode, number: Int, currency: Currency) throws -> DealProduct {
        let place = "Product line \(number) of the deal"
        let figures = LineFigures(node, currency: currency, place: place)
        guard let method = node["tax_method"].map({ $0.text.flatMap(TaxMethod.init) }) ?? .exclusive,
            let frequency = node["billing_frequency"].map({ $0.text.flatMap(BillingFrequency.init) }) ?? .oneTime
        else { throw PipedriveGateway.unreadable(PipedriveFacts.dealProducts) }
        let product = node["product_id"]?.integer
        let variation = node["product_variation_id"]?.integer
        return DealProduct(
            itemID: product.map { CatalogItem.ID($0) }, name: node["name"]?.text ?? "",
            comments: node["comments"]?.text ?? "", quantity: figures.quantity, itemPrice: figures.price,
            tax: figures.tax, taxMethod: method, discount: figures.discount, billingFrequency: frequency,
            billingCycles: node["billing_frequency_cycles"]?.integer.flatMap { $0 > 0 ? Int($0) : nil },
            isEnabled: node["is_enabled"]?.flag ?? true, exact: figures.exact, problem: figures.problem,
            caution: figures.caution,
            variationID: product.flatMap { id in variation.flatMap { .variation($0, of: id) } })
    }

    /// A discount of the whole deal; one that cannot be used says why.
    static func discount(_ node: JSONNode, currency: Currency) -> DealDiscount {
        let description = node["description"]?.text ?? ""
        switch reading(node["amount"], type: node["type"], currency) {
        case .success(let reading): return DealDiscount(description: description, discount: reading.discount)
        case .failure(let problem):
            return DealDiscount(
                description: description, discount: .none, problem: "A discount of the deal \(problem.words)")
        }
    }

    /// A discount as a line holds it, and its exact percentage.
    struct DiscountReading {
        let discount: Discount
        let percentage: ScaledDecimal?
    }

    /// Why a figure cannot be used: `has a price that …`.
    struct FigureProblem: Error {
        let words: String
    }

    static func reading(
        _ amount: JSONNode?, type: JSONNode?, _ currency: Currency
    ) -> Result<DiscountReading, FigureProblem> {
        guard let amount else { return .success(DiscountReading(discount: .none, percentage: nil)) }
        guard let number = amount.decimal, number.mantissa >= 0 else {
            return .failure(FigureProblem(words: "has a discount that cannot be used"))
        }
        if number.mantissa == 0 { return .success(DiscountReading(discount: .none, percentage: nil)) }
        switch type?.text ?? "percentage" {
        case "percentage":
            guard let percentage = Percentage(number) else {
                return .failure(FigureProblem(words: "has a discount above 100 %"))
            }
            return .success(DiscountReading(discount: .percentage(percentage), percentage: number))
        case "amount":
            guard let money = Money(number, currency: currency) else {
                return .failure(FigureProblem(words: "has a discount that cannot be used"))
            }
            return .success(DiscountReading(discount: .amount(money.minorUnits), percentage: nil))
        default: return .failure(FigureProblem(words: "has a discount of an unknown type"))
        }
    }

    static func currency(_ node: JSONNode) throws -> Currency {
        guard let currency = node["currency"]?.text.flatMap({ Currency($0) }) else {
            throw unusable("The deal's currency cannot be used")
        }
        return currency
    }

    private static func unusable(_ reason: String) -> CRMFailure { CRMFailure(.rejected, reason: reason) }
}
