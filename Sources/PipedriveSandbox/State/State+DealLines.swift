/// How the lines and discounts of a deal change and go; the deal's value follows.
extension State {
    mutating func changeLine(_ id: Int, of dealID: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let line = try line(id, of: dealID, for: author.user)
        try require(.product, body["product_id"], "product_id")
        var fields = line.fields
        fields.merge(body)
        try Self.checkBilling(fields)
        try checkRecurringLines(of: dealID, with: fields, id: id)
        fields["sum"] = .amount(Self.sum(of: fields))
        let changed = change(.dealProduct, id, by: author) { $0 = fields } ?? line
        // The tax method belongs to the deal: changed on one line, it changes on all.
        if let method = body["tax_method"] {
            for other in lines(of: dealID) { change(.dealProduct, other.id, by: author) { $0["tax_method"] = method } }
        }
        revalue(dealID, by: author)
        return changed
    }

    /// Removes lines for good; refuses one that is not on the deal.
    mutating func deleteLines(_ ids: [Int], of dealID: Int, by author: Author) throws {
        for id in ids { _ = try line(id, of: dealID, for: author.user) }
        for id in ids { erase(.dealProduct, id, by: author) }
        revalue(dealID, by: author)
    }

    mutating func changeDiscount(_ discount: Record, of dealID: Int, _ body: JSONObject, by author: Author) throws
        -> Record
    {
        let changed = change(.discount, discount.id, by: author) { fields in
            fields.merge(body)
            fields["updated_at"] = .string(author.now.rfc3339)
            fields["updated_by"] = .int(author.user.id)
        }
        revalue(dealID, by: author)
        return changed ?? discount
    }

    mutating func deleteDiscount(_ discount: Record, of dealID: Int, by author: Author) throws {
        self[.discount].remove(discount.id)
        revalue(dealID, by: author)
    }

    private func line(_ id: Int, of dealID: Int, for user: User) throws -> Record {
        _ = try live(.deal, dealID, for: user)
        guard let line = self[.dealProduct][id], line["deal_id"] == .int(dealID), !line.isDeleted else {
            throw Refusal.notFound("Deal product not found")
        }
        return line
    }
}
