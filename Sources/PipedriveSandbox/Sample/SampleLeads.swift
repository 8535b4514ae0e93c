/// A few leads, in the form of version 1.
enum SampleLeads {
    static func fill(_ state: inout State, count: Int, random: inout SeededRandom) {
        for number in 1...count {
            let id = state[.lead].takeID()
            let person = state[.person][1 + random.below(state[.person].count)]
            let good = random.pick(SampleWords.goods)
            let time = SampleClock.moment(daysBack: random.below(40) + 1, random: &random).rfc3339WithMilliseconds
            state[.lead].put(
                Record(
                    id: id,
                    fields: [
                        "id": .string(RandomText.uuid(from: random.next(), random.next())),
                        "title": .string("Interesse in \(good.0.lowercased())"), "owner_id": 1, "creator_id": 1,
                        "label_ids": [], "person_id": .optional(person?.id),
                        "organization_id": person?["org_id"] ?? .null, "source_name": "Manually created",
                        "origin": "ManuallyCreated", "origin_id": nil, "channel": nil, "channel_id": nil,
                        "source_deal_id": nil, "is_archived": false, "was_seen": true,
                        "value": number % 3 == 0 ? .null : ["amount": .int(100 * number), "currency": "EUR"],
                        "expected_close_date": nil, "next_activity_id": nil, "add_time": .string(time),
                        "update_time": .string(time), "visible_to": "3",
                        "cc_email": .string("tulp-en-zonen+lead\(number)@pipedrivemail.example"),
                    ]))
        }
    }
}
