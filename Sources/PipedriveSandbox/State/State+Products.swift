/// How products come into being and change.
extension State {
    mutating func createProduct(_ body: JSONObject, by author: Author) throws -> Record {
        try checkCap(.product)
        let now = JSON.string(author.now.rfc3339)
        let id = self[.product].nextID
        var fields: JSONObject = [
            "name": "", "code": nil, "description": nil, "unit": nil, "tax": 0, "category": nil, "is_linkable": true,
            "is_deleted": false, "visible_to": 3, "owner_id": .int(author.user.id), "add_time": now,
            "update_time": now, "billing_frequency": "one-time", "billing_frequency_cycles": nil,
            "prices": [Self.price(["price": 0, "currency": .string(company.currency)], of: id)],
        ]
        try applyProduct(body, to: &fields, id: id)
        return create(.product, fields, by: author)
    }

    mutating func changeProduct(_ id: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let record = try live(.product, id, for: author.user)
        var fields = record.fields
        try applyProduct(body, to: &fields, id: id)
        return change(.product, id, by: author) { $0 = fields } ?? record
    }

    mutating func duplicateProduct(_ id: Int, by author: Author) throws -> Record {
        var fields = try live(.product, id, for: author.user).fields
        let newID = self[.product].nextID
        for name in ["id", "add_time"] { fields[name] = nil }
        fields["prices"] = .array((fields["prices"]?.list ?? []).map { Self.price($0, of: newID) })
        return create(.product, fields, by: author)
    }

    private func applyProduct(_ body: JSONObject, to fields: inout JSONObject, id: Int) throws {
        try requireUser(body["owner_id"], "owner_id")
        if let name = body["name"]?.text, name.trimmingSpaces().isEmpty {
            throw Refusal.bad("Parameter 'name' must not be empty")
        }
        for member in body.members where member.key != "custom_fields" { fields[member.key] = member.value }
        try Self.checkBilling(fields)
        if let category = body["category"]?.decimal { fields["category"] = .string(JSONWriter.text(.amount(category))) }
        if let prices = body["prices"]?.list {
            let currencies = prices.compactMap { $0["currency"].text }
            guard Set(currencies).count == currencies.count else {
                throw Refusal.bad("Parameter 'prices' has two prices in one currency")
            }
            for code in currencies where !Currencies.codes.contains(code) {
                throw Refusal.bad("Parameter 'prices': currency '\(code)' is not known")
            }
            fields["prices"] = .array(prices.map { Self.price($0, of: id) })
        }
        try CustomFields.merge(body["custom_fields"] ?? [:], into: &fields, self.fields[.product] ?? [])
    }

    /// One price with its defaults.
    private static func price(_ given: JSON, of id: Int) -> JSON {
        [
            "product_id": .int(id), "price": given["price"].isNull ? 0 : given["price"], "currency": given["currency"],
            "cost": given["cost"].isNull ? 0 : given["cost"], "direct_cost": given["direct_cost"],
            "notes": .string(given["notes"].text ?? ""),
        ]
    }
}
