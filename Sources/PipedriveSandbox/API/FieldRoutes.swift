/// Field definitions, version 2.
enum FieldRoutes {
    static let entities: [(word: String, entity: Entity)] = [
        ("deal", .deal), ("person", .person), ("organization", .organization), ("product", .product),
    ]

    static let all: [APIRoute] = entities.flatMap { word, entity in
        [
            APIRoute("GET", "/api/v2/\(word)Fields", cost: 10, query: ["include_fields", "limit", "cursor"]) { call in
                try list(call, of: entity)
            },
            APIRoute("GET", "/api/v2/\(word)Fields/{field_code}", cost: 1, query: ["include_fields"]) { call in
                try one(call, of: entity)
            },
        ]
    }

    private static func list(_ call: Call, of entity: Entity) throws -> Reply {
        let limit = try call.number("limit") ?? 100
        guard (1...500).contains(limit) else { throw Refusal.bad("Parameter 'limit' must be from 1 to 500") }
        let fields = try call.store.read { $0.fields[entity] ?? [] }
        let first = try start(call.request.value("cursor"), count: fields.count)
        let page = fields.dropFirst(first).prefix(limit).map { $0.json(for: entity) }
        let end = first + page.count
        let next = end < fields.count ? Base64URL.encode(Array("field:\(end)".utf8)) : nil
        return .success(.array(page), beside: ["additional_data": ["next_cursor": .optional(next)]])
    }

    private static func start(_ cursor: String?, count: Int) throws -> Int {
        guard let cursor else { return 0 }
        let text = Base64URL.decode(cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard text.hasPrefix("field:"), let place = Int(text.dropFirst(6)), (0...count).contains(place) else {
            throw Refusal.bad("Parameter 'cursor' is invalid")
        }
        return place
    }

    private static func one(_ call: Call, of entity: Entity) throws -> Reply {
        let field = try call.store.read { $0.fields[entity]?.first { $0.code == call.parameters["field_code"] } }
        guard let field else { throw Refusal.notFound("Field not found") }
        return .success(field.json(for: entity))
    }
}
