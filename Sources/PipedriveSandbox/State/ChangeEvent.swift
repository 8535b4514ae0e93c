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
}
