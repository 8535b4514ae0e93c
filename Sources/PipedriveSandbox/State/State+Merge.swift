/// How two persons or organizations become one.
extension State {
    /// The first thing goes, the second stays: it keeps its own values, takes what it lacked, and all that hung on the
    /// first hangs on it.
    mutating func merge(_ entity: Entity, _ loserID: Int, into survivorID: Int, by author: Author) throws -> Record {
        guard loserID != survivorID else { throw Refusal.bad("A \(entity.rawValue) cannot be merged with itself") }
        let loser = try live(entity, loserID, for: author.user)
        let survivor = try live(entity, survivorID, for: author.user)
        var fields = survivor.fields
        for member in loser.fields.members where Self.isEmpty(fields[member.key]) { fields[member.key] = member.value }
        for name in ["emails", "phones"] where entity == .person {
            fields[name] = Self.union(survivor[name].list ?? [], loser[name].list ?? [])
        }
        fields["custom_fields"] = Self.filled(survivor["custom_fields"], from: loser["custom_fields"])
        fields["update_time"] = .string(author.now.rfc3339)
        let first = events.count
        change(entity, survivorID, by: author) { $0 = fields }
        change(entity, loserID, by: author) { $0["is_deleted"] = true }
        for place in events.indices.dropFirst(first) where events[place].entity == entity {
            if events[place].id == loserID { events[place].mergedTo = survivorID }
            if events[place].id == survivorID { events[place].mergedFrom = loserID }
        }
        reparent(entity, from: loserID, to: survivorID, by: author)
        return self[entity][survivorID] ?? survivor
    }

    private mutating func reparent(_ entity: Entity, from loserID: Int, to survivorID: Int, by author: Author) {
        let key = entity == .person ? "person_id" : "org_id"
        for other in [Entity.deal, .person, .note] {
            for record in self[other].records(where: key, is: .int(loserID)) {
                change(other, record.id, by: author) { $0[key] = .int(survivorID) }
            }
        }
        let leadKey = entity == .person ? "person_id" : "organization_id"
        for record in self[.lead].records where record[leadKey] == .int(loserID) {
            change(.lead, record.id, by: author) { $0[leadKey] = .int(survivorID) }
        }
    }

    private static func isEmpty(_ value: JSON?) -> Bool {
        guard let value else { return false }
        return value.isNull || value == "" || value == []
    }

    /// The survivor's addresses first; what the other adds is never primary.
    private static func union(_ own: [JSON], _ others: [JSON]) -> JSON {
        let known = Set(own.compactMap { $0["value"].text?.lowercased() })
        let new = others.filter { !known.contains($0["value"].text?.lowercased() ?? "") }
        let added = new.enumerated().map { place, point -> JSON in
            let isPrimary = own.isEmpty && place == 0
            return ["value": point["value"], "primary": .bool(isPrimary), "label": point["label"]]
        }
        return .array(own + added)
    }

    private static func filled(_ own: JSON, from other: JSON) -> JSON {
        guard var fields = own.members else { return other }
        for member in other.members?.members ?? [] where isEmpty(fields[member.key]) {
            fields[member.key] = member.value
        }
        return .object(fields)
    }
}
