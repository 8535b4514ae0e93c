/// Variations of a product, version 2.
enum VariationRoutes {
    private static let price = BodyRules(
        members: [
            "product_variation_id": .integer, "currency": .string, "price": .number, "cost": .number,
            "direct_cost": .nullable(.number), "notes": .string,
        ], required: ["currency", "price"])

    static let rules = BodyRules(
        members: ["name": .string, "prices": .list(.object(price))], required: ["name"])

    static let all: [APIRoute] = [
        APIRoute("POST", "/api/v2/products/{id}/variations", cost: 5) { call in
            let id = try call.id()
            let body = try call.body(rules)
            let variation = try call.store.change { state in
                let product = try state.live(.product, id, for: call.user)
                let number = state[.variation].nextID
                let prices = body["prices"]?.list ?? [["currency": .string(state.company.currency), "price": 0]]
                let fields: JSONObject = [
                    "name": body["name"] ?? "", "product_id": .int(product.id), "prices": try shaped(prices, number),
                ]
                return state.create(.variation, fields, by: call.author)
            }
            return .success(variation, status: 201)
        },
        APIRoute("PATCH", "/api/v2/products/{id}/variations/{product_variation_id}", cost: 5) { call in
            let body = try call.body(rules.optional)
            return .success(
                try call.store.change { state in
                    let variation = try find(call, in: state)
                    let prices = try body["prices"]?.list.map { try shaped($0, variation.id) }
                    return state.change(.variation, variation.id, by: call.author) { fields in
                        if let name = body["name"] { fields["name"] = name }
                        if let prices { fields["prices"] = prices }
                    } ?? variation
                })
        },
        APIRoute("DELETE", "/api/v2/products/{id}/variations/{product_variation_id}", cost: 3) { call in
            let id = try call.store.change { state in
                let variation = try find(call, in: state)
                state[.variation].remove(variation.id)
                return variation.id
            }
            return .success(["id": .int(id)])
        },
    ]

    private static func find(_ call: Call, in state: State) throws -> Record {
        let product = try state.live(.product, call.id(), for: call.user)
        guard let variation = state[.variation][try call.id("product_variation_id")],
            variation["product_id"] == .int(product.id)
        else { throw Refusal.notFound("Product variation not found") }
        return variation
    }

    /// The prices with their defaults; as with products, the array given replaces the one before.
    private static func shaped(_ prices: [JSON], _ id: Int) throws -> JSON {
        let codes = prices.compactMap { $0["currency"].text }
        guard Set(codes).count == codes.count, Currencies.codes.isSuperset(of: codes) else {
            throw Refusal.bad("Parameter 'prices' has an unknown currency, or one twice")
        }
        return .array(
            prices.map { price in
                [
                    "product_variation_id": .int(id), "price": price["price"], "currency": price["currency"],
                    "cost": price["cost"].isNull ? 0 : price["cost"], "direct_cost": price["direct_cost"],
                    "notes": .string(price["notes"].text ?? ""),
                ]
            })
    }
}
