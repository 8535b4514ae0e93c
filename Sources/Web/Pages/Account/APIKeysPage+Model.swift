import Domain

/// The keys of the regular API: made, listed, revoked.
struct APIKeysPage: Page {
    struct Row: Sendable {
        let name: String
        let made: String
        let lastUsed: String
        let revoked: String?
        let revokePath: String
    }

    let title = "API keys"
    let rows: [Row]
    /// The new key: shown this once.
    let fresh: String?
    let problem: String?

    init(_ keys: [APIKey], fresh: Secret? = nil, problem: String? = nil) {
        rows = keys.map { key in
            Row(
                name: key.name, made: DayText.instant(key.createdAt),
                lastUsed: key.lastUsedAt.map { DayText.instant($0) } ?? "never",
                revoked: key.revokedAt.map { "revoked \(DayText.instant($0))" },
                revokePath: "/settings/api/\(key.id.text)/revoke")
        }
        self.fresh = fresh?.reveal()
        self.problem = problem
    }
}
