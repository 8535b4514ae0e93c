/// What an administrator sets up: pipelines, stages and users.
extension State {
    mutating func createPipeline(_ body: JSONObject, by author: Author) throws -> Record {
        let time = JSON.string(author.now.rfc3339)
        var fields: JSONObject = [
            "name": "", "order_nr": .int(self[.pipeline].count + 1), "is_deleted": false,
            "is_deal_probability_enabled": true, "add_time": time, "update_time": time,
        ]
        fields.merge(body)
        return create(.pipeline, fields, by: author)
    }

    mutating func createStage(_ body: JSONObject, by author: Author) throws -> Record {
        try require(.pipeline, body["pipeline_id"] ?? 0, "pipeline_id")
        let time = JSON.string(author.now.rfc3339)
        var fields: JSONObject = [
            "order_nr": .int(stages(of: body["pipeline_id"]?.whole ?? 0).count + 1), "name": "", "is_deleted": false,
            "deal_probability": 100, "pipeline_id": nil, "is_deal_rot_enabled": false, "days_to_rotten": nil,
            "add_time": time, "update_time": time,
        ]
        fields.merge(body)
        return create(.stage, fields, by: author)
    }

    mutating func changeSetup(_ entity: Entity, _ id: Int, _ body: JSONObject, by author: Author) throws -> Record {
        let record = try live(entity, id, for: author.user)
        return change(entity, id, by: author) { $0.merge(body) } ?? record
    }

    mutating func createUser(_ body: JSONObject, by author: Author) throws -> JSONObject {
        var user = User(id: (users.map(\.id).max() ?? 0) + 1, name: "", email: "", isAdmin: false)
        user.take(body)
        users.append(user)
        report(.user, .create, id: user.id, before: nil, after: user.fields, by: author)
        return user.fields
    }

    /// Deactivating a user ends nothing, but its tokens are refused and its webhooks fall silent.
    mutating func changeUser(_ id: Int, _ body: JSONObject, by author: Author) throws -> JSONObject {
        guard let place = users.firstIndex(where: { $0.id == id }) else { throw Refusal.notFound("User not found") }
        let before = users[place].fields
        users[place].take(body)
        let after = users[place].fields
        if before != after { report(.user, .change, id: id, before: before, after: after, by: author) }
        return after
    }
}

extension User {
    /// The user as webhooks tell of it.
    var fields: JSONObject {
        [
            "id": .int(id), "name": .string(name), "email": .string(email), "is_admin": .bool(isAdmin),
            "active_flag": .bool(isActive),
        ]
    }

    fileprivate mutating func take(_ body: JSONObject) {
        name = body["name"]?.text ?? name
        email = body["email"]?.text ?? email
        isAdmin = body["is_admin"]?.truth ?? isAdmin
        isActive = body["active_flag"]?.truth ?? isActive
    }
}
