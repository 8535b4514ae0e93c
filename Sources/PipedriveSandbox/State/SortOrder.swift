/// The one field a list is sorted by, and which way.
struct SortOrder: Sendable, Hashable {
    enum Field: String, Sendable, CaseIterable {
        case id, name
        case addedAt = "add_time"
        case updatedAt = "update_time"
        case orderNumber = "order_nr"
        case dealID = "deal_id"
    }

    var field: Field = .id
    var isDescending = false

    /// A record's place: its value of the sort field, then its id.
    func key(of record: Record) -> Key {
        switch field {
        case .id: Key(number: record.id, text: "", id: record.id)
        case .addedAt: Key(number: record.addedAt.milliseconds, text: "", id: record.id)
        case .updatedAt: Key(number: record.updatedAt.milliseconds, text: "", id: record.id)
        case .orderNumber: Key(number: record["order_nr"].whole ?? 0, text: "", id: record.id)
        case .dealID: Key(number: record["deal_id"].whole ?? 0, text: "", id: record.id)
        case .name: Key(number: 0, text: record["name"].text ?? "", id: record.id)
        }
    }

    struct Key: Sendable, Comparable {
        let number: Int
        let text: String
        let id: Int

        static func < (left: Key, right: Key) -> Bool {
            (left.number, left.text, left.id) < (right.number, right.text, right.id)
        }
    }
}
