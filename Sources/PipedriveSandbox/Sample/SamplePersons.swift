/// Persons with one, several, shared or no e-mail addresses.
enum SamplePersons {
    static func fill(_ state: inout State, count: Int, random: inout SeededRandom) {
        let definitions = state.fields[.person] ?? []
        let organizationCount = state[.organization].count
        for id in 1...count {
            let (first, last) = name(&random)
            let organizationID: Int? = random.chance(0.82) ? 1 + random.below(organizationCount) : nil
            let organization = organizationID.flatMap { state[.organization][$0]?["name"].text }
            let time = SampleClock.moment(daysBack: 3 + random.below(500), random: &random)
            var custom = CustomFields.empty(definitions)
            if random.chance(0.6) { custom[SampleFields.code(11)] = .int(111 + random.below(3)) }
            if random.chance(0.4) {
                custom[SampleFields.code(12)] = .string(random.pick(["Inkoop", "Directie", "Balie"]))
            }
            if random.chance(0.3) { custom[SampleFields.code(13)] = .int(131 + random.below(4)) }
            state[.person].put(
                Record(
                    id: id,
                    fields: [
                        "id": .int(id), "name": .string("\(first) \(last)"), "first_name": .string(first),
                        "last_name": .string(last), "owner_id": .int(random.pick([1, 1, 2, 3])),
                        "org_id": .optional(organizationID), "add_time": .string(time.rfc3339),
                        "update_time": .string(time.adding(seconds: random.below(86400)).rfc3339),
                        "emails": emails(first, last, organization, id: id, &random), "phones": phones(&random),
                        "is_deleted": false, "visible_to": .int(id % 50 == 0 ? 1 : 3), "label_ids": [],
                        "picture_id": nil, "custom_fields": .object(custom),
                    ]))
        }
    }

    private static func name(_ random: inout SeededRandom) -> (String, String) {
        let first = random.pick(SampleWords.firstNames)
        if random.chance(0.15) { return (first, random.pick(SampleWords.foreignLastNames)) }
        let prefix = random.pick(SampleWords.lastPrefixes)
        return (first, prefix + random.pick(SampleWords.lastHeads) + random.pick(SampleWords.lastTails))
    }

    /// Every twelfth person has none, every tenth shares the company's, every fifth has a second one.
    private static func emails(
        _ first: String, _ last: String, _ organization: String?, id: Int, _ random: inout SeededRandom
    ) -> JSON {
        if id % 12 == 0 { return [] }
        let host = "\(SampleText.slug(organization ?? "thuis")).example"
        let isShared = id % 10 == 0 || id % 10 == 1
        let own = "\(SampleText.slug(first)).\(SampleText.slug(last))"
        let shared = id / 10 % 2 == 0 ? "info@\(host)" : "info@verzamelpand-\((id + 5) / 10).example"
        let main = isShared ? shared : "\(own)@\(host)"
        var list: [JSON] = [["value": .string(main), "primary": true, "label": "work"]]
        if id % 5 == 0 {
            list.append(["value": .string("\(own)\(id)@prive.example"), "primary": false, "label": "home"])
        }
        return .array(list)
    }

    private static func phones(_ random: inout SeededRandom) -> JSON {
        if random.chance(0.2) { return [] }
        let number = "+31 6 55" + String(100_000 + random.below(900_000))
        return [["value": .string(number), "primary": true, "label": random.chance(0.7) ? "mobile" : "work"]]
    }
}
