/// A search term and how it is to match.
struct Search {
    private let term: String
    private let isExact: Bool
    private let fields: Set<String>
    private let limit: Int

    init(_ call: Call, allowed: Set<String>) throws {
        isExact = call.request.value("exact_match") == "true"
        term = (call.request.value("term") ?? "").lowercased()
        guard term.count >= (isExact ? 1 : 2) else { throw Refusal.bad("Parameter 'term' is too short") }
        let named = call.request.value("fields")?.split(separator: ",").map { String($0) }
        fields = named.map { Set($0) } ?? allowed
        guard fields.isSubset(of: allowed) else {
            throw Refusal.bad("Parameter 'fields' must be of \(allowed.sorted().joined(separator: ", "))")
        }
        limit = try call.number("limit") ?? 100
        guard (1...500).contains(limit) else { throw Refusal.bad("Parameter 'limit' must be from 1 to 500") }
    }

    /// The first records of which one of the wanted fields matches.
    func matches(in table: Table, for user: User, texts: (Record) -> [(field: String, values: [String])]) -> [Record] {
        var found: [Record] = []
        for record in table.records where !record.isDeleted && State.isVisible(record, to: user) {
            let isMatch = texts(record).contains { fields.contains($0.field) && $0.values.contains(where: fits) }
            if isMatch { found.append(record) }
            if found.count == limit { break }
        }
        return found
    }

    func reply(_ records: [Record], item: (Record) -> JSON) -> Reply {
        let items = records.map { JSON.object(["result_score": .number(isExact ? 1.5 : 0.5), "item": item($0)]) }
        return .success(["items": .array(items)], beside: ["additional_data": ["next_cursor": nil]])
    }

    private func fits(_ text: String) -> Bool {
        isExact ? text.lowercased() == term : text.lowercased().contains(term)
    }
}
