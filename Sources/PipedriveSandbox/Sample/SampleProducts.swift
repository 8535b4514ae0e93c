/// Products with a price in euro and in dollar; some have variations.
enum SampleProducts {
    static func fill(_ state: inout State, count: Int, random: inout SeededRandom) {
        let definitions = state.fields[.product] ?? []
        for id in 1...count {
            let (good, unit, tax) = SampleWords.goods[(id - 1) % SampleWords.goods.count]
            let variant = SampleWords.variants[(id - 1) / SampleWords.goods.count % SampleWords.variants.count]
            let cents = (5 + random.below(600)) * 100 + random.pick([0, 50, 95, 99])
            let time = SampleClock.moment(daysBack: 30 + random.below(400), random: &random)
            let isSubscription = good == "Licentie"
            var custom = CustomFields.empty(definitions)
            if random.chance(0.5) { custom[SampleFields.code(31)] = .string(String(8000 + random.below(900))) }
            state[.product].put(
                Record(
                    id: id,
                    fields: [
                        "id": .int(id), "name": .string("\(good) \(variant)"), "code": .string(code(good, id)),
                        "description": .string(random.chance(0.5) ? "\(good), uitvoering \(variant)." : ""),
                        "unit": .string(unit), "tax": .amount(tax), "category": nil,
                        "is_linkable": .bool(id % 31 != 0), "is_deleted": false, "visible_to": 3, "owner_id": 1,
                        "add_time": .string(time.rfc3339), "update_time": .string(time.adding(seconds: 600).rfc3339),
                        "billing_frequency": isSubscription ? "monthly" : "one-time", "billing_frequency_cycles": nil,
                        "prices": [price(cents, "EUR", id), price(cents * 108 / 100, "USD", id)],
                        "custom_fields": .object(custom),
                    ]))
            if id % 16 == 3 { addVariations(to: id, cents: cents, &state) }
        }
    }

    private static func code(_ good: String, _ id: Int) -> String {
        let number = String(1000 + id).dropFirst()
        return "\(SampleText.slug(good).prefix(4).uppercased())-\(number)"
    }

    private static func price(_ cents: Int, _ currency: String, _ id: Int) -> JSON {
        [
            "product_id": .int(id), "price": .amount(Double(cents) / 100), "currency": .string(currency),
            "cost": .amount(Double(cents * 6 / 10) / 100), "direct_cost": nil, "notes": "",
        ]
    }

    private static func addVariations(to id: Int, cents: Int, _ state: inout State) {
        for (place, color) in ["rood", "geel"].enumerated() {
            let variationID = state[.variation].takeID()
            state[.variation].put(
                Record(
                    id: variationID,
                    fields: [
                        "id": .int(variationID), "name": .string(color), "product_id": .int(id),
                        "prices": [
                            [
                                "product_variation_id": .int(variationID),
                                "price": .amount(Double(cents + place * 500) / 100), "currency": "EUR", "cost": 0,
                                "direct_cost": nil, "notes": "",
                            ]
                        ],
                    ]))
        }
    }
}
