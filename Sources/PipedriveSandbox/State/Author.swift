/// Who changes something, and by which way.
struct Author: Sendable {
    /// The word in a webhook's `change_source`.
    enum Source: String, Sendable {
        case app, api
    }

    let user: User
    let source: Source
    let now: Timestamp
    /// Whether the change is one of many made at once.
    var isBulk = false
}
