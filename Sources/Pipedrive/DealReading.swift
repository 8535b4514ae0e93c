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
        let value = try node["value"].map { try money($0, currency, "The deal's value") }
        return Deal(
            id: Deal.ID(id), title: node["title"]?.text ?? "", status: status,
            isDeleted: node["is_deleted"]?.flag ?? (status == .deleted),
            isArchived: node["is_archived"]?.flag ?? false, pipelineID: Pipeline.ID(pipeline),
            stageID: Stage.ID(stage), currency: currency, value: value,
            personID: identifier(node["person_id"]).map { Person.ID($0) },
            organizationID: identifier(node["org_id"]).map { Organization.ID($0) },
            stageChangedAt: node["stage_change_time"]?.text.flatMap(Timestamp.date),
            addedAt: node["add_time"]?.text.flatMap(Timestamp.date), customFields: customFields)
    }

    static func identifier(_ node: JSONNode?) -> Int64? { (node?["value"] ?? node)?.integer }

    /// One line of the deal; `number` counts from one and only serves the wording of a refusal.
    static func product(_ node: JSONNode, number: Int, currency: Currency) throws -> DealProduct {
        let place = "Product line \(number) of the deal"
        if let own = node["currency"]?.text, own.uppercased() != currency.code {
            throw unusable("\(place) is in another currency than the deal")
        }
        guard let quantity = node["quantity"]?.decimal.flatMap(Quantity.init) else {
            throw unusable("\(place) has a quantity that cannot be used")
        }
        guard let price = node["item_price"] else { throw unusable("\(place) has no price") }
        guard let tax = node["tax"].map({ $0.decimal.flatMap(Percentage.init) }) ?? .zero else {
            throw unusable("\(place) has a tax that cannot be used")
        }
        guard let method = node["tax_method"].map({ $0.text.flatMap(TaxMethod.init) }) ?? .exclusive,
            let frequency = node["billing_frequency"].map({ $0.text.flatMap(BillingFrequency.init) }) ?? .oneTime
        else { throw PipedriveGateway.unreadable(PipedriveFacts.dealProducts) }
        return DealProduct(
            itemID: node["product_id"]?.integer.map { CatalogItem.ID($0) }, name: node["name"]?.text ?? "",
            comments: node["comments"]?.text ?? "", quantity: quantity,
            itemPrice: try money(price, currency, "\(place): its price"), tax: tax, taxMethod: method,
            discount: try discount(node["discount"], type: node["discount_type"], currency, place),
            billingFrequency: frequency, isEnabled: node["is_enabled"]?.flag ?? true)
    }

    static func discount(_ node: JSONNode, currency: Currency) throws -> DealDiscount {
        DealDiscount(
            description: node["description"]?.text ?? "",
            discount: try discount(node["amount"], type: node["type"], currency, "A discount of the deal"))
    }

    static func currency(_ node: JSONNode) throws -> Currency {
        guard let currency = node["currency"]?.text.flatMap({ Currency($0) }) else {
            throw unusable("The deal's currency cannot be used")
        }
        return currency
    }

    private static func discount(
        _ amount: JSONNode?, type: JSONNode?, _ currency: Currency, _ place: String
    ) throws -> Discount {
        guard let amount else { return .none }
        guard let number = amount.decimal, number.mantissa >= 0 else {
            throw unusable("\(place) has a discount that cannot be used")
        }
        if number.mantissa == 0 { return .none }
        switch type?.text ?? "percentage" {
        case "percentage":
            guard let percentage = Percentage(number) else {
                throw unusable("\(place) has a discount above 100 %")
            }
            return .percentage(percentage)
        case "amount": return .amount(try money(amount, currency, "\(place): its discount").minorUnits)
        default: throw unusable("\(place) has a discount of an unknown type")
        }
    }

    private static func money(_ node: JSONNode, _ currency: Currency, _ place: String) throws -> Money {
        guard let amount = node.decimal.flatMap({ Money($0, currency: currency) }) else {
            throw unusable("\(place) cannot be used")
        }
        return amount
    }

    private static func unusable(_ reason: String) -> CRMFailure { CRMFailure(.rejected, reason: reason) }
}
