/// A code on its way through the browser.
///
/// It works once, within five minutes.
struct AuthorizationCode: Sendable {
    static let lifetimeSeconds = 300

    let text: String
    let userID: Int
    var issuedAt: Timestamp
    var isUsed = false

    func isExpired(at now: Timestamp) -> Bool { now >= issuedAt.adding(seconds: Self.lifetimeSeconds) }
}
