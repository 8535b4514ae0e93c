/// Everything the sandbox remembers.
struct State: Sendable {
    var company = Company()
    var users: [User] = []
    var tables: [Entity: Table] = [:]
    var fields: [Entity: [FieldDefinition]] = [:]
    var grants: [Grant] = []
    var codes: [AuthorizationCode] = []
    /// Whether each refresh gives a new refresh token and ends the old one.
    var isRotating = false
    /// What grants made from now on allow.
    var scope = OAuthDesk.scope
    /// Changes that no webhook has been told about yet.
    var events: [ChangeEvent] = []

    subscript(entity: Entity) -> Table {
        get { tables[entity] ?? Table() }
        _modify { yield &tables[entity, default: Table()] }
    }

    func user(_ id: Int) -> User? { users.first { $0.id == id } }

    /// The record, unless there is none or the user may not see it.
    func record(_ entity: Entity, _ id: Int, for user: User) throws -> Record {
        guard let record = self[entity][id], Self.isVisible(record, to: user) else {
            throw Refusal.notFound("\(entity.title) not found")
        }
        return record
    }

    /// Things that are visible to their owner only are hidden from colleagues who are not administrators.
    static func isVisible(_ record: Record, to user: User) -> Bool {
        user.isAdmin || record["visible_to"] != 1 || record["owner_id"] == .int(user.id)
    }

    /// Stores a new thing and remembers the event.
    ///
    /// The id and both times are filled in here.
    @discardableResult
    mutating func create(_ entity: Entity, _ fields: JSONObject, by author: Author) -> Record {
        let id = self[entity].takeID()
        var complete = JSONObject([("id", .int(id))])
        complete.merge(fields)
        if complete["id"]?.text == nil { complete["id"] = .int(id) }
        if entity.hasTimes {
            let time = Self.time(author.now, of: entity)
            if complete["add_time"] == nil { complete["add_time"] = time }
            complete["update_time"] = time
        }
        let record = Record(id: id, fields: complete)
        self[entity].put(record)
        note(entity, .create, record: record, before: nil, by: author)
        return record
    }

    /// Changes a thing; when no field differs, nothing is stored and no event is made.
    @discardableResult
    mutating func change(_ entity: Entity, _ id: Int, by author: Author, _ edit: (inout JSONObject) -> Void) -> Record?
    {
        guard var record = self[entity][id] else { return nil }
        let before = record.fields
        var after = before
        edit(&after)
        if after == before { return record }
        if entity.hasTimes { after["update_time"] = Self.time(author.now, of: entity) }
        record.replace(after)
        self[entity].put(record)
        let action: ChangeEvent.Action = record.isDeleted && before["is_deleted"] != true ? .delete : .change
        note(entity, action, record: record, before: before, by: author)
        return record
    }

    private static func time(_ moment: Timestamp, of entity: Entity) -> JSON {
        .string(entity.hasSpacedTimes ? moment.spaced : moment.rfc3339)
    }

    private mutating func note(
        _ entity: Entity, _ action: ChangeEvent.Action, record: Record, before: JSONObject?, by author: Author
    ) {
        guard WebhookShape.isReported(entity) else { return }
        events.append(
            ChangeEvent(
                entity: entity, action: action, id: record.id, before: before,
                after: action == .delete ? nil : record.fields, author: author, happenedAt: author.now))
    }
}
