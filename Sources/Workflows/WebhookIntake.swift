public import Domain

/// Takes deliveries in: proves them, stores them as they came, and says 200 only once they are committed.
public struct WebhookIntake: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource

    /// Wires the use case.
    public init(storage: any Storage, secrets: any SecretSource) {
        self.storage = storage
        self.secrets = secrets
    }

    /// What became of a delivery.
    public enum Verdict: Sendable {
        /// Stored and committed: 200.
        case stored
        /// The connection has ended: 200, nothing stored.
        case ignored
        /// Wrong Basic credentials: 401.
        case unauthorized
        /// Never such a path: 404.
        case unknown
    }

    /// Takes one delivery in. Throws when the database could not commit it: 503, and Pipedrive tries again.
    public func receive(path: String, authorization: String?, body: [UInt8]) throws -> Verdict {
        guard let company = try storage.transaction(.web(nil), { try $0.directory.company(webhookPath: path) }) else {
            return .unknown
        }
        let given = BasicCredentials(header: authorization).map { secrets.digest($0.text.reveal()) }
        return try storage.transaction(.web(company)) { transaction in
            guard let expectation = try transaction.inbox.expectation(path: path) else { return .unknown }
            guard expectation.isLive else { return .ignored }
            guard let given, secrets.matches(given, expectation.basicHash) else { return .unauthorized }
            try transaction.inbox.insert(body: body)
            return .stored
        }
    }
}
