/// Notes, version 1.
enum NoteRoutes {
    /// The most characters a note may have.
    static let sizeLimit = 100_000
    private static let links = ["user_id", "lead_id", "deal_id", "person_id", "org_id", "project_id", "task_id"]
    private static let flags = ["deal", "organization", "person", "project", "task", "lead"]
        .map { "pinned_to_\($0)_flag" }

    static let all: [APIRoute] = [
        APIRoute(
            "GET", "/api/v1/notes", cost: 20,
            query: Set(links + flags + ["start", "limit", "sort", "start_date", "end_date", "updated_since"]),
            answer: list),
        APIRoute("POST", "/api/v1/notes", cost: 10) { call in
            let body = try call.body(.note)
            return try call.store.change { state in
                let note = try state.createNote(body, by: call.author)
                return .success(state.json(note, viewer: call.user))
            }
        },
        APIRoute("GET", "/api/v1/notes/{id}", cost: 2) { call in
            let id = try call.id()
            return try call.store.read {
                .success($0.json(try $0.record(.note, id, for: call.user), viewer: call.user))
            }
        },
        APIRoute("PUT", "/api/v1/notes/{id}", cost: 10) { call in
            let id = try call.id()
            let body = try call.body(BodyRules.note.optional)
            return try call.store.change { state in
                let note = try state.changeNote(id, body, by: call.author)
                return .success(state.json(note, viewer: call.user))
            }
        },
        APIRoute("DELETE", "/api/v1/notes/{id}", cost: 6) { call in
            let id = try call.id()
            try call.store.change { try $0.deleteNote(id, by: call.author) }
            return .success(true)
        },
    ]

    private static func list(_ call: Call) throws -> Reply {
        let (start, limit) = try call.startAndLimit()
        let wanted = try filter(call)
        let link = try narrowest(call)
        let order = try sort(call)
        return try call.store.read { state in
            let notes = link.map { state[.note].records(where: $0.name, is: $0.value) } ?? state[.note].records
            let found = notes.filter { !$0.isDeleted && wanted($0) && state.isVisible($0, .note, to: call.user) }
                .sorted(by: order)
            let page = found.dropFirst(start).prefix(limit)
            let hasMore = start + page.count < found.count
            var pagination: JSONObject = [
                "start": .int(start), "limit": .int(limit), "more_items_in_collection": .bool(hasMore),
            ]
            if hasMore { pagination["next_start"] = .int(start + limit) }
            return .success(
                .array(page.map { state.json($0, viewer: call.user) }),
                beside: ["additional_data": ["pagination": .object(pagination)]])
        }
    }

    /// A link by which the table finds notes at once, if the call names one.
    private static func narrowest(_ call: Call) throws -> (name: String, value: JSON)? {
        for name in Entity.note.links {
            if let text = call.request.value(name) {
                return (name, try name == "lead_id" ? .string(text) : .optional(call.number(name)))
            }
        }
        return nil
    }

    private static func filter(_ call: Call) throws -> (Record) -> Bool {
        let since = try call.time("updated_since")
        let first = call.request.value("start_date").flatMap(Timestamp.parse)
        let last = call.request.value("end_date").flatMap(Timestamp.parse)
        var equal: [(String, JSON)] = []
        for name in links {
            if let text = call.request.value(name) {
                equal.append((name, try name == "lead_id" ? .string(text) : .optional(call.number(name))))
            }
        }
        for name in flags { if let flag = try call.number(name) { equal.append((name, .bool(flag == 1))) } }
        return { note in
            if let since, note.updatedAt < since { return false }
            if let first, note.addedAt < first { return false }
            if let last, note.addedAt >= last.adding(seconds: 86400) { return false }
            return equal.allSatisfy { note[$0.0] == $0.1 }
        }
    }

    private static func sort(_ call: Call) throws -> (Record, Record) -> Bool {
        let words = (call.request.value("sort") ?? "id ASC").split(separator: " ").map { $0.lowercased() }
        guard let field = words.first.flatMap({ SortOrder.Field(rawValue: $0) }),
            [.id, .addedAt, .updatedAt].contains(field),
            words.count == 1 || words.count == 2 && ["asc", "desc"].contains(words[1])
        else { throw Refusal.bad("Parameter 'sort' must be a field, then ASC or DESC") }
        let order = SortOrder(field: field)
        let isDescending = words.last == "desc"
        return { isDescending ? order.key(of: $1) < order.key(of: $0) : order.key(of: $0) < order.key(of: $1) }
    }
}
