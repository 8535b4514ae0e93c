/// Deals in every stage: with and without products, persons and organizations.
enum SampleDeals {
    static func fill(_ state: inout State, count: Int, random: inout SeededRandom) throws {
        for number in 1...count { try add(number, &state, &random) }
    }

    private static func add(_ number: Int, _ state: inout State, _ random: inout SeededRandom) throws {
        let when = SampleClock.moment(daysBack: 1 + random.below(60), random: &random)
        let user = random.pick(state.users)
        let author = Author(user: user, source: .app, now: when)
        let stages = number % 3 == 0 ? state.stages(of: 2) : state.stages(of: 1)
        let (person, organization) = contacts(number, state, &random)
        let hasProducts = number % 4 != 0
        let good = random.pick(SampleWords.goods)
        let amount = 2 + random.below(40)
        let name = organization?["name"].text ?? person?["name"].text ?? "nog onbekend"
        let opening = random.pick(SampleWords.openings)
        var body: JSONObject = [
            "title": .string(
                hasProducts ? "\(opening) \(name)" : "\(opening) \(amount) \(good.1) \(good.0.lowercased())"),
            "stage_id": .int(random.pick(stages).id), "owner_id": .int(user.id),
            "currency": number % 11 == 0 ? "USD" : "EUR",
            "expected_close_date": .string(when.adding(seconds: 86400 * (20 + random.below(60))).day),
            "visible_to": .int(number % 24 == 0 ? 1 : 3),
            "custom_fields": .object([
                SampleFields.code(1): number % 5 == 0 ? .null : .string(when.adding(seconds: 86400 * 45).day),
                SampleFields.code(4): .int(41 + random.below(3)),
            ]),
        ]
        if let person { body["person_id"] = .int(person.id) }
        if let organization { body["org_id"] = .int(organization.id) }
        if !hasProducts { body["value"] = .amount(Double(50 * (4 + random.below(90)))) }
        if number % 17 == 0 { body["status"] = number % 2 == 0 ? "won" : "lost" }
        let deal = try state.createDeal(body, by: author)
        if hasProducts { try addLines(to: deal, number, &state, author, &random) }
        if number % 6 == 0 { try addNote(to: deal, &state, author) }
    }

    /// Every eighth deal has only a person, every ninth only an organization, every sixteenth neither.
    private static func contacts(_ number: Int, _ state: State, _ random: inout SeededRandom) -> (Record?, Record?) {
        let person = state[.person][1 + random.below(state[.person].count)]
        let organization =
            person?["org_id"].whole.flatMap { state[.organization][$0] }
            ?? state[.organization][1 + random.below(state[.organization].count)]
        if number % 16 == 0 { return (nil, nil) }
        if number % 8 == 0 { return (person, nil) }
        if number % 9 == 0 { return (nil, organization) }
        return (person, organization)
    }

    private static func addLines(
        to deal: Record, _ number: Int, _ state: inout State, _ author: Author, _ random: inout SeededRandom
    ) throws {
        let method: JSON = number % 5 == 0 ? "inclusive" : "exclusive"
        for line in 0..<(1 + random.below(4)) {
            let pick = 1 + random.below(state[.product].count)
            // One product in 31 cannot be put on a deal; its neighbour can.
            guard let product = state[.product][pick % 31 == 0 ? pick - 1 : pick] else { continue }
            let currency = deal["currency"]
            let price = product["prices"].list?.first { $0["currency"] == currency }?["price"] ?? 0
            let isAmount = number % 7 == 0
            let discount = line == 0 && number % 3 == 1 ? (isAmount ? 12.5 : 10) : 0
            var body: JSONObject = [
                "product_id": .int(product.id), "item_price": price,
                "quantity": random.chance(0.2) ? .number(2.5) : .int(1 + random.below(12)), "tax_method": method,
                "discount": .amount(discount), "discount_type": isAmount ? "amount" : "percentage",
                "comments": line == 1 ? "Levering in overleg" : "",
                "billing_frequency": product["billing_frequency"],
            ]
            if product["billing_frequency"] != "one-time" { body["billing_frequency_cycles"] = 12 }
            _ = try state.addProduct(to: deal.id, body, by: author)
        }
        let uuid = RandomText.uuid(from: random.next(), random.next())
        if number % 5 == 2 {
            _ = try state.addDiscount(
                to: deal.id, ["description": "Vaste klant", "amount": 5, "type": "percentage"], id: uuid, by: author)
        } else if number % 9 == 4 {
            _ = try state.addDiscount(
                to: deal.id, ["description": "Actie", "amount": 25, "type": "amount"], id: uuid, by: author)
        }
    }

    private static func addNote(to deal: Record, _ state: inout State, _ author: Author) throws {
        _ = try state.createNote(
            [
                "deal_id": .int(deal.id),
                "content": "<p>Telefonisch gesproken: <b>levering vóór het seizoen</b> is belangrijk.</p>",
            ], by: author)
    }
}
