/// Reading leads, version 1.
enum LeadRoutes {
    private static let query: Set<String> = [
        "limit", "start", "owner_id", "person_id", "organization_id", "filter_id", "sort",
    ]
    private static let sortFields = [
        "id", "title", "owner_id", "creator_id", "was_seen", "expected_close_date", "next_activity_id", "add_time",
        "update_time",
    ]

    static let all: [APIRoute] = [
        APIRoute("GET", "/api/v1/leads", cost: 20, query: query.union(["updated_since"])) { call in
            try list(call, isArchived: false)
        },
        APIRoute("GET", "/api/v1/leads/archived", cost: 40, query: query) { call in try list(call, isArchived: true) },
        APIRoute("GET", "/api/v1/leads/{id}", cost: 2) { call in
            .success(try call.store.read { try $0.lead(call.parameters["id"] ?? "", for: call.user) })
        },
    ]

    private static func list(_ call: Call, isArchived: Bool) throws -> Reply {
        let (start, limit) = try call.startAndLimit()
        let filter = try RecordFilter(call, of: .lead, links: ["owner_id", "person_id", "organization_id"])
        let order = try sort(call)
        return try call.store.read { state in
            let found = state[.lead].records.filter { lead in
                lead["is_archived"] == .bool(isArchived) && filter.admits(lead)
                    && state.isVisible(lead, .lead, to: call.user)
            }
            let sorted = order.map { order in found.sorted(by: order) } ?? found
            let page = sorted.dropFirst(start).prefix(limit)
            return .success(
                .array(page.map { .object($0.fields) }),
                beside: [
                    "additional_data": [
                        "start": .int(start), "limit": .int(limit),
                        "more_items_in_collection": .bool(start + page.count < found.count),
                    ]
                ])
        }
    }

    /// Reads a field, then ASC or DESC; nil keeps the order in which the leads were made.
    private static func sort(_ call: Call) throws -> ((Record, Record) -> Bool)? {
        guard let words = call.request.value("sort")?.split(separator: " ").map({ String($0) }) else { return nil }
        guard let field = words.first, sortFields.contains(field), words.count <= 2,
            ["ASC", "DESC"].contains(words.dropFirst().first?.uppercased() ?? "ASC")
        else { throw Refusal.bad("Parameter 'sort' must be a field, then ASC or DESC") }
        let isDescending = words.last?.uppercased() == "DESC"
        return { left, right in
            let (first, second) = isDescending ? (right, left) : (left, right)
            return key(first, field) < key(second, field)
        }
    }

    private static func key(_ record: Record, _ field: String) -> (Double, String, Int) {
        (record[field].decimal ?? 0, record[field].text ?? "", record.id)
    }
}
