public import Domain
import Synchronization

/// Takes deliveries in: proves them, stores them as they came, and says 200 only once they are committed.
public struct WebhookIntake: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource
    private let unstored = UnstoredDeliveries()

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
        let verdict: Verdict
        do {
            verdict = try store(path: path, authorization: authorization, body: body)
        } catch {
            unstored.add(path)
            throw error
        }
        try noteUnstored()
        return verdict
    }

    /// Pipedrive does not try for ever: what was refused while the database was away is looked for by a catch-up, which
    /// has to know of it.
    private func noteUnstored() throws {
        while let path = unstored.next {
            let company = try storage.transaction(.web(nil)) { try $0.directory.company(webhookPath: path) }
            if let company {
                try storage.transaction(.web(company)) { try $0.connectionHealth.noteFailedDelivery() }
            }
            unstored.remove(path)
        }
    }

    private func store(path: String, authorization: String?, body: [UInt8]) throws -> Verdict {
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

/// Paths whose deliveries this process could not store; so many that they fit.
private final class UnstoredDeliveries: Sendable {
    private static let limit = 10_000
    private let paths = Mutex<Set<String>>([])

    func add(_ path: String) {
        paths.withLock { if $0.count < Self.limit { $0.insert(path) } }
    }

    var next: String? { paths.withLock { $0.first } }

    func remove(_ path: String) {
        paths.withLock { _ = $0.remove(path) }
    }
}
