/// Checks of the ids that one thing holds of another.
extension State {
    func requireUser(_ value: JSON?, _ field: String) throws {
        guard let id = value?.whole else { return }
        if user(id) == nil { throw Refusal.bad("Parameter '\(field)': user \(id) does not exist") }
    }

    func require(_ entity: Entity, _ value: JSON?, _ field: String) throws {
        guard let id = value?.whole else { return }
        guard let record = self[entity][id], !record.isDeleted else {
            throw Refusal.bad("Parameter '\(field)': \(entity.rawValue) \(id) does not exist")
        }
    }

    /// A record that can still be changed.
    func live(_ entity: Entity, _ id: Int, for user: User) throws -> Record {
        let record = try record(entity, id, for: user)
        guard !record.isDeleted else { throw Refusal.notFound("\(entity.title) not found") }
        return record
    }

    /// Marks the thing deleted; it stays readable by its id.
    mutating func delete(_ entity: Entity, _ id: Int, by author: Author) throws {
        _ = try live(entity, id, for: author.user)
        change(entity, id, by: author) { $0["is_deleted"] = true }
    }
}
