/// A search term, where it is to be looked for and how it is to match.
struct Search {
    private let term: String
    private let isExact: Bool
    private let fields: Set<String>
    private let limit: Int
    private let start: Int

    init(_ call: Call, allowed: Set<String>) throws {
        isExact = try call.flag("exact_match")
        term = (call.request.value("term") ?? "").lowercased()
        guard term.count >= (isExact ? 1 : 2) else { throw Refusal.bad("Parameter 'term' is too short") }
        let named = call.request.value("fields")?.split(separator: ",").map { String($0) }
        fields = named.map { Set($0) } ?? allowed
        guard fields.isSubset(of: allowed) else {
            throw Refusal.bad("Parameter 'fields' must be of \(allowed.sorted().joined(separator: ", "))")
        }
        limit = try call.number("limit") ?? 100
        guard (1...500).contains(limit) else { throw Refusal.bad("Parameter 'limit' must be from 1 to 500") }
        start = try Self.place(call.request.value("cursor"))
    }

    /// The page of records that pass the filter and of which one of the wanted texts matches.
    ///
    /// `own` gives the texts that the entity has besides notes and custom fields.
    func reply(
        _ entity: Entity, in state: State, for user: User, where isWanted: (Record) -> Bool,
        own: (Record) -> [(field: String, values: [String])], item: (Record, JSONObject) -> JSON
    ) -> Reply {
        var found: [JSON] = []
        var passed = 0
        for record in state[entity].records where !record.isDeleted && isWanted(record) {
            let texts = own(record) + more(record, entity, in: state)
            let hits = texts.filter { fields.contains($0.field) && $0.values.contains(where: fits) }
            guard !hits.isEmpty, state.isVisible(record, entity, to: user) else { continue }
            passed += 1
            if passed <= start { continue }
            if found.count == limit { return page(found, next: passed - 1) }
            found.append(["result_score": .number(isExact ? 1.5 : 0.5), "item": item(record, hitTexts(hits))])
        }
        return page(found, next: nil)
    }

    private func page(_ items: [JSON], next: Int?) -> Reply {
        let cursor = next.map { Base64URL.encode(Array("search:\($0)".utf8)) }
        return .success(
            ["items": .array(items)], beside: ["additional_data": ["next_cursor": .optional(cursor)]])
    }

    private static func place(_ cursor: String?) throws -> Int {
        guard let cursor else { return 0 }
        let text = Base64URL.decode(cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard text.hasPrefix("search:"), let place = Int(text.dropFirst(7)), place >= 0 else {
            throw Refusal.bad("Parameter 'cursor' is invalid")
        }
        return place
    }

    private func more(_ record: Record, _ entity: Entity, in state: State) -> [(field: String, values: [String])] {
        var texts: [(field: String, values: [String])] = []
        if fields.contains("custom_fields") {
            let own = record["custom_fields"].members ?? record.fields.only(state.fieldCodes)
            texts.append(("custom_fields", own.members.compactMap(\.value.text)))
        }
        let links: [Entity: String] = [
            .deal: "deal_id", .person: "person_id", .organization: "org_id", .lead: "lead_id",
        ]
        if fields.contains("notes"), let link = links[entity] {
            let notes = state[.note].records(where: link, is: record["id"]).filter { !$0.isDeleted }
            texts.append(("notes", notes.compactMap { $0["content"].text }))
        }
        return texts
    }

    /// The notes and custom fields that matched, as items show them.
    private func hitTexts(_ hits: [(field: String, values: [String])]) -> JSONObject {
        JSONObject(
            ["custom_fields", "notes"].map { name in
                let values = hits.filter { $0.field == name }.flatMap(\.values).filter(fits)
                return (name, .array(values.map { .string($0) }))
            })
    }

    private func fits(_ text: String) -> Bool {
        isExact ? text.lowercased() == term : text.lowercased().contains(term)
    }
}
