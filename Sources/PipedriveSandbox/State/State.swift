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
    /// How many things of a kind the company's plan allows; kinds without a number have no cap.
    var caps: [Entity: Int] = [:]
    /// Conversions of leads to deals and back, by their ids.
    var conversions: [String: Conversion] = [:]
    /// When deleted things were last looked over for those that are gone for good.
    var purgedAt = Timestamp(seconds: 0)

    subscript(entity: Entity) -> Table {
        get { tables[entity] ?? Table(linkedBy: entity.links) }
        _modify { yield &tables[entity, default: Table(linkedBy: entity.links)] }
    }

    func user(_ id: Int) -> User? { users.first { $0.id == id } }

    /// The record, unless there is none or the user may not see it.
    func record(_ entity: Entity, _ id: Int, for user: User) throws -> Record {
        guard let record = self[entity][id], isVisible(record, entity, to: user) else {
            throw Refusal.notFound("\(entity.title) not found")
        }
        return record
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
        report(entity, .create, id: id, before: nil, after: complete, by: author)
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
        report(entity, action, id: id, before: before, after: action == .delete ? nil : after, by: author)
        return record
    }

    /// Takes a thing away for good, so that nobody can read it any more.
    mutating func erase(_ entity: Entity, _ id: Int, by author: Author) {
        guard let record = self[entity][id] else { return }
        self[entity].remove(id)
        report(entity, .delete, id: id, before: record.fields, after: nil, by: author)
    }

    private static func time(_ moment: Timestamp, of entity: Entity) -> JSON {
        if entity.hasSpacedTimes { return .string(moment.spaced) }
        return .string(entity.hasMilliseconds ? moment.rfc3339WithMilliseconds : moment.rfc3339)
    }

    /// Remembers a change for the webhooks, if there are any and its kind is told at all.
    mutating func report(
        _ entity: Entity, _ action: ChangeEvent.Action, id: Int, before: JSONObject?, after: JSONObject?,
        by author: Author
    ) {
        guard WebhookShape.isReported(entity), self[.webhook].count > 0 else { return }
        events.append(
            ChangeEvent(
                entity: entity, action: action, id: id, before: before, after: after, author: author,
                happenedAt: author.now))
    }
}
