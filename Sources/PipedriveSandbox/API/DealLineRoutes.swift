/// Changing and removing the lines of a deal, many at once too, version 2.
enum DealLineRoutes {
    private static let bulkLimit = 100
    static let bulkRules = BodyRules(members: ["data": .list(.object(.dealProduct))], required: ["data"])

    static let all: [APIRoute] = [
        APIRoute("POST", "/api/v2/deals/{id}/products/bulk", cost: 25, answer: addMany),
        APIRoute("DELETE", "/api/v2/deals/{id}/products", cost: 15, query: ["ids"], answer: deleteMany),
        APIRoute("PATCH", "/api/v2/deals/{id}/products/{product_attachment_id}", cost: 5) { call in
            let (dealID, lineID) = (try call.id(), try call.id("product_attachment_id"))
            let body = try call.body(BodyRules.dealProduct.optional)
            return .success(try call.store.change { try $0.changeLine(lineID, of: dealID, body, by: call.author) })
        },
        APIRoute("DELETE", "/api/v2/deals/{id}/products/{product_attachment_id}", cost: 3) { call in
            let (dealID, lineID) = (try call.id(), try call.id("product_attachment_id"))
            try call.store.change { try $0.deleteLines([lineID], of: dealID, by: call.author) }
            return .success(["id": .int(lineID)])
        },
    ]

    /// All or nothing: one wrong line refuses the whole call.
    private static func addMany(_ call: Call) throws -> Reply {
        let id = try call.id()
        let bodies = (try call.body(bulkRules)["data"]?.list ?? []).compactMap(\.members)
        guard (1...bulkLimit).contains(bodies.count) else {
            throw Refusal.bad("Parameter 'data' must have 1 to \(bulkLimit) items")
        }
        let lines = try call.store.change { state in
            let before = state
            do { return try bodies.map { try state.addProduct(to: id, $0, by: call.author) } } catch {
                state = before
                throw error
            }
        }
        return .success(.array(lines.map { .object($0.fields) }), status: 201)
    }

    private static func deleteMany(_ call: Call) throws -> Reply {
        let id = try call.id()
        let ids = try call.numbers("ids")
        return try call.store.change { state in
            _ = try state.live(.deal, id, for: call.user)
            let lines = state.lines(of: id).filter { line in ids.map { $0.contains(line.id) } ?? true }
            let gone = lines.prefix(bulkLimit).map(\.id)
            try state.deleteLines(gone, of: id, by: call.author)
            return .success(
                ["ids": .array(gone.map { .int($0) })],
                beside: ["additional_data": ["more_items_in_collection": .bool(lines.count > gone.count)]])
        }
    }
}
