public import Domain

/// Tells Pipedrive about a connection that was ended while it could not be told.
public struct Revoking: Sendable {
    private let storage: any Storage
    private let oauth: any OAuthProvider

    /// Wires the use case.
    public init(storage: any Storage, oauth: any OAuthProvider) {
        self.storage = storage
        self.oauth = oauth
    }

    /// Seconds between two tries; they end with the token, 24 hours after the disconnect.
    static let pauseSeconds = 300

    /// Revokes, and destroys the token on success.
    public func revoke(_ subject: String, company: Company.ID) async throws -> DeliveryResult {
        guard let token = try storage.transaction(.cron(company), { try $0.revocations.token(subject) }) else {
            return .completed(note: "The token is gone")
        }
        do {
            try await oauth.revoke(token)
        } catch let failure as CRMFailure {
            guard failure.kind == .grantRefused || failure.kind == .rejected else {
                return .snoozed(seconds: Self.pauseSeconds, reason: failure.description)
            }
            // Pipedrive does not know the token: there is nothing left to end.
        }
        try storage.transaction(.cron(company)) { try $0.revocations.destroy(subject) }
        return .completed(note: "Pipedrive was told")
    }
}
