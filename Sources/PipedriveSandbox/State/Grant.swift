/// What one user allowed the app: a refresh token and the access tokens made from it.
struct Grant: Sendable {
    struct AccessToken: Sendable {
        let text: String
        let expiresAt: Timestamp
    }

    /// How long a refresh token lives without being used.
    static let idleLifetimeSeconds = 60 * 86400

    let userID: Int
    var refreshToken: String
    var refreshedAt: Timestamp
    var accessTokens: [AccessToken] = []
    /// What this grant allows, separated by commas.
    var scope = OAuthDesk.scope

    func isUsable(at now: Timestamp) -> Bool { now < refreshedAt.adding(seconds: Self.idleLifetimeSeconds) }
}
