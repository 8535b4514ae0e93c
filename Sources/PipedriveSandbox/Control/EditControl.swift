/// Changes made in the web app: `POST /sandbox/{word}`, `PATCH` and `DELETE /sandbox/{word}/{id}`.
///
/// `?user_id=` names who makes them; the administrator unless given.
struct EditControl {
    let sandbox: Sandbox

    private static let user = BodyRules(
        members: ["name": .string, "email": .string, "is_admin": .bool, "active_flag": .bool], required: ["name"])
    private static let pipeline = BodyRules(
        members: ["name": .string, "order_nr": .integer, "is_deal_probability_enabled": .bool], required: ["name"])
    private static let stage = BodyRules(
        members: [
            "name": .string, "pipeline_id": .integer, "order_nr": .integer, "deal_probability": .integer,
            "is_deal_rot_enabled": .bool, "days_to_rotten": .nullable(.integer),
        ], required: ["name", "pipeline_id"])

    private static let rules: [String: (entity: Entity, rules: BodyRules)] = [
        "deals": (.deal, .deal), "persons": (.person, .person), "organizations": (.organization, .organization),
        "products": (.product, .product), "notes": (.note, .note), "leads": (.lead, LeadWriteRoutes.rules),
        "pipelines": (.pipeline, pipeline), "stages": (.stage, stage), "users": (.user, user),
    ]

    func answer(_ request: Request, _ words: [String], _ body: JSONObject) throws -> Reply {
        guard let word = words.first, let (entity, rules) = Self.rules[word] else {
            throw Refusal.notFound("No such control route")
        }
        let author = try sandbox.appAuthor(userID: request.value("user_id").flatMap { Int($0) })
        switch (request.method, words.count) {
        case ("POST", 1):
            try check(body, rules)
            return .success(try sandbox.store.change { try create(entity, body, &$0, author) }, status: 201)
        case ("PATCH", 2):
            try check(body, rules.optional)
            return .success(try sandbox.store.change { try change(entity, words[1], body, &$0, author) })
        case ("DELETE", 2):
            try sandbox.store.change { try delete(entity, words[1], &$0, author) }
            return .json(["success": true])
        case ("POST", 3) where words[2] == "merge":
            guard let id = Int(words[1]), let other = body["merge_with_id"]?.whole else {
                throw Refusal.bad("A merge_with_id is needed")
            }
            return .success(try sandbox.store.change { try $0.merge(entity, id, into: other, by: author) })
        default: throw Refusal.notFound("No such control route")
        }
    }

    /// `POST /sandbox/deals/move`: `ids` of many deals and the `stage_id` they move to, as in a bulk edit.
    func moveMany(_ body: JSONObject) throws -> Reply {
        guard let stage = body["stage_id"], let ids = body["ids"]?.list?.compactMap(\.whole) else {
            throw Refusal.bad("A stage_id and ids are needed")
        }
        var author = try sandbox.appAuthor(userID: nil)
        author.isBulk = true
        let bulk = author
        let moved = try sandbox.store.change { state in
            try ids.map { try state.changeDeal($0, ["stage_id": stage], by: bulk).id }
        }
        return .success(["ids": .array(moved.map { .int($0) })])
    }

    private func check(_ body: JSONObject, _ rules: BodyRules) throws {
        if let name = try rules.check(body).first { throw Refusal.bad("Parameter '\(name)' is not allowed") }
    }

    private func create(_ entity: Entity, _ body: JSONObject, _ state: inout State, _ author: Author) throws -> JSON {
        switch entity {
        case .deal: return .object(try state.createDeal(body, by: author).fields)
        case .person: return .object(try state.createPerson(body, by: author).fields)
        case .organization: return .object(try state.createOrganization(body, by: author).fields)
        case .product: return .object(try state.createProduct(body, by: author).fields)
        case .note: return state.json(try state.createNote(body, by: author), viewer: author.user)
        case .lead: return .object(try state.createLead(body, uuid: RandomText.uuid(), by: author).fields)
        case .pipeline: return .object(try state.createPipeline(body, by: author).fields)
        case .stage: return .object(try state.createStage(body, by: author).fields)
        default: return .object(try state.createUser(body, by: author))
        }
    }

    private func change(
        _ entity: Entity, _ word: String, _ body: JSONObject, _ state: inout State, _ author: Author
    ) throws -> JSON {
        if entity == .lead { return .object(try state.changeLead(word, body, by: author).fields) }
        let id = try id(word)
        switch entity {
        case .deal: return .object(try state.changeDeal(id, body, by: author).fields)
        case .person: return .object(try state.changePerson(id, body, by: author).fields)
        case .organization: return .object(try state.changeOrganization(id, body, by: author).fields)
        case .product: return .object(try state.changeProduct(id, body, by: author).fields)
        case .note: return state.json(try state.changeNote(id, body, by: author), viewer: author.user)
        case .user: return .object(try state.changeUser(id, body, by: author))
        default: return .object(try state.changeSetup(entity, id, body, by: author).fields)
        }
    }

    private func delete(_ entity: Entity, _ word: String, _ state: inout State, _ author: Author) throws {
        switch entity {
        case .lead: state.erase(.lead, try state.lead(word, for: author.user).id, by: author)
        case .deal: try state.deleteDeal(try id(word), by: author)
        case .note: try state.deleteNote(try id(word), by: author)
        case .user: _ = try state.changeUser(try id(word), ["active_flag": false], by: author)
        default: try state.delete(entity, try id(word), by: author)
        }
    }

    private func id(_ word: String) throws -> Int {
        guard let id = Int(word) else { throw Refusal.bad("The id must be a number") }
        return id
    }
}

extension Sandbox {
    /// Someone who works in the web app; the administrator unless named.
    func appAuthor(userID: Int?) throws -> Author {
        let users = try store.read { $0.users }
        guard let user = userID == nil ? users.first : users.first(where: { $0.id == userID }) else {
            throw Refusal.notFound("User not found")
        }
        return Author(user: user, source: .app, now: clock())
    }
}
