/// Organizations with Dutch addresses; some lack an address.
enum SampleOrganizations {
    static func fill(_ state: inout State, count: Int, random: inout SeededRandom) {
        let definitions = state.fields[.organization] ?? []
        for id in 1...count {
            let name = name(&random, id: id)
            let time = SampleClock.moment(daysBack: 20 + random.below(600), random: &random)
            var custom = CustomFields.empty(definitions)
            if random.chance(0.7) {
                let digits = String(100_000_000 + random.below(800_000_000))
                custom[SampleFields.code(21)] = .string("NL\(digits)B01")
                custom[SampleFields.code(22)] = .string(String(10_000_000 + random.below(80_000_000)))
            }
            if random.chance(0.5) { custom[SampleFields.code(23)] = .int(random.pick([14, 30, 60])) }
            let host = SampleText.slug(name)
            state[.organization].put(
                Record(
                    id: id,
                    fields: [
                        "id": .int(id), "name": .string(name), "owner_id": .int(random.pick([1, 1, 1, 2, 3])),
                        "add_time": .string(time.rfc3339), "update_time": .string(time.adding(seconds: 3600).rfc3339),
                        "is_deleted": false, "visible_to": .int(id % 40 == 0 ? 1 : 3),
                        "address": random.chance(0.88) ? address(&random) : .null, "label_ids": [],
                        "website": random.chance(0.6) ? .string("https://\(host).example") : .null, "linkedin": nil,
                        "industry": nil, "annual_revenue": nil,
                        "employee_count": random.chance(0.5) ? .int(1 + random.below(250)) : .null,
                        "custom_fields": .object(custom),
                    ]))
        }
    }

    private static func name(_ random: inout SeededRandom, id: Int) -> String {
        let family = random.pick(SampleWords.lastHeads) + random.pick(SampleWords.lastTails)
        let form = random.pick(SampleWords.forms)
        let trade = random.pick(SampleWords.trades)
        let accent = id % 9 == 0 ? random.pick(["Ijssalon Crème", "Brasserie Één", "Résidence"]) : trade
        return "\(accent) \(family) \(form)".trimmingSpaces()
    }

    private static func address(_ random: inout SeededRandom) -> JSON {
        let (place, code) = random.pick(SampleWords.places)
        let street = random.pick(SampleWords.streets)
        let number = String(1 + random.below(240))
        let letters = random.pick(["AB", "CD", "KL", "RX", "ZW"])
        let isBelgian = place == "Antwerpen"
        let postal = isBelgian ? code : "\(code) \(letters)"
        let country = isBelgian ? "België" : "Nederland"
        return State.address([
            "value": .string("\(street) \(number), \(postal) \(place), \(country)"), "country": .string(country),
            "locality": .string(place), "route": .string(street), "street_number": .string(number),
            "postal_code": .string(postal),
        ])
    }
}
