/// One change that webhooks tell about.
struct ChangeEvent: Sendable {
    enum Action: String, Sendable {
        case create, change, delete
    }

    let entity: Entity
    let action: Action
    let id: Int
    let before: JSONObject?
    let after: JSONObject?
    let author: Author
    let happenedAt: Timestamp
    /// The thing as it is, or was before it went.
    var record: Record { Record(id: id, fields: after ?? before ?? [:]) }

    /// The thing that this one became part of, set on the deletion that a merge makes.
    var mergedTo: Int?
    /// The thing that became part of this one, set on the change that a merge makes.
    var mergedFrom: Int?
}
