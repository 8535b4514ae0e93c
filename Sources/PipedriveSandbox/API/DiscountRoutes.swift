/// Changing and removing discounts on a whole deal, version 2.
enum DiscountRoutes {
    static let rules = BodyRules(
        members: ["description": .string, "amount": .number, "type": .choice(["percentage", "amount"])],
        required: ["description", "amount", "type"])

    static let all: [APIRoute] = [
        APIRoute("PATCH", "/api/v2/deals/{id}/discounts/{discount_id}", cost: 5) { call in
            let dealID = try call.id()
            let body = try call.body(rules.optional)
            return .success(
                try call.store.change { state in
                    let discount = try find(call, dealID, in: state)
                    return try state.changeDiscount(discount, of: dealID, body, by: call.author)
                })
        },
        APIRoute("DELETE", "/api/v2/deals/{id}/discounts/{discount_id}", cost: 3) { call in
            let dealID = try call.id()
            let uuid = try call.store.change { state in
                let discount = try find(call, dealID, in: state)
                try state.deleteDiscount(discount, of: dealID, by: call.author)
                return discount["id"]
            }
            return .success(["id": uuid])
        },
    ]

    private static func find(_ call: Call, _ dealID: Int, in state: State) throws -> Record {
        _ = try state.live(.deal, dealID, for: call.user)
        let id = JSON.optional(call.parameters["discount_id"])
        guard let discount = state.discounts(of: dealID).first(where: { $0["id"] == id }) else {
            throw Refusal.notFound("Discount not found")
        }
        return discount
    }
}
