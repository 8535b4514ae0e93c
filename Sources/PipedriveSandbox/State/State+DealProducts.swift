/// The lines of a deal and the deal value that follows from them.
extension State {
    /// Adds a product to a deal and recomputes the deal's value.
    mutating func addProduct(to dealID: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let deal = try live(.deal, dealID, for: author.user)
        try require(.product, body["product_id"], "product_id")
        guard let product = body["product_id"]?.whole.flatMap({ self[.product][$0] }), product["is_linkable"] == true
        else { throw Refusal.bad("Parameter 'product_id': the product cannot be added to deals") }
        let now = JSON.string(author.now.rfc3339)
        var fields: JSONObject = [
            "sum": 0, "tax": product["tax"], "deal_id": .int(dealID), "name": product["name"],
            "product_id": .int(product.id), "product_variation_id": nil,
            "order_nr": .int(lines(of: dealID).count + 1), "add_time": now, "update_time": now, "comments": "",
            "currency": deal["currency"], "discount": 0, "quantity": 1, "item_price": 0, "tax_method": "exclusive",
            "discount_type": "percentage", "is_enabled": true, "billing_frequency": "one-time",
            "billing_frequency_cycles": nil, "billing_start_date": nil,
        ]
        fields.merge(body)
        try Self.checkBilling(fields)
        try checkRecurringLines(of: dealID, with: fields, id: nil)
        fields["sum"] = .amount(Self.sum(of: fields))
        let line = create(.dealProduct, fields, by: author)
        revalue(dealID, by: author)
        return line
    }

    /// Adds a discount on the whole deal and recomputes its value.
    mutating func addDiscount(to dealID: Int, _ body: JSONObject, id: String, by author: Author) throws -> Record {
        _ = try live(.deal, dealID, for: author.user)
        let now = JSON.string(author.now.rfc3339)
        var fields: JSONObject = ["id": .string(id)]
        fields.merge(body)
        fields.merge([
            "deal_id": .int(dealID), "created_at": now, "created_by": .int(author.user.id), "updated_at": now,
            "updated_by": .int(author.user.id),
        ])
        let discount = create(.discount, fields, by: author)
        revalue(dealID, by: author)
        return discount
    }

    func lines(of dealID: Int) -> [Record] {
        self[.dealProduct].records(where: "deal_id", is: .int(dealID)).filter { !$0.isDeleted }
    }

    func discounts(of dealID: Int) -> [Record] { self[.discount].records(where: "deal_id", is: .int(dealID)) }

    /// Price times quantity less the line's discount; tax that comes on top is not in it.
    static func sum(of line: JSONObject) -> Double {
        let full = (line["item_price"]?.decimal ?? 0) * (line["quantity"]?.decimal ?? 0)
        let discount = line["discount"]?.decimal ?? 0
        let sum = line["discount_type"] == "amount" ? full - discount : full * (100 - discount) / 100
        return (max(0, sum) * 100).rounded() / 100
    }

    /// The deal's value becomes the sum of its enabled lines less the discounts on the whole.
    mutating func revalue(_ dealID: Int, by author: Author) {
        let lines = lines(of: dealID)
        guard !lines.isEmpty else { return }
        var value = lines.filter { $0["is_enabled"] == true }.reduce(0) { $0 + ($1["sum"].decimal ?? 0) }
        for discount in discounts(of: dealID) {
            let amount = discount["amount"].decimal ?? 0
            value -= discount["type"] == "amount" ? amount : value * amount / 100
        }
        change(.deal, dealID, by: author) { $0["value"] = .amount((max(0, value) * 100).rounded() / 100) }
    }
}
