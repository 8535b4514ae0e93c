public import Domain
import Synchronization

/// Takes deliveries in: proves them, stores them as they came, and says 200 only once they are committed.
public struct WebhookIntake: Sendable {
    private let store: any WebhookStore
    private let storage: any Storage
    private let secrets: any SecretSource
    private let unstored = UnstoredDeliveries()

    /// Wires the use case; `storage` is only written to after deliveries that the store could not take.
    public init(store: any WebhookStore, storage: any Storage, secrets: any SecretSource) {
        self.store = store
        self.storage = storage
        self.secrets = secrets
    }

    /// Takes one delivery in. Throws when the database could not commit it: 503, and Pipedrive tries again.
    public func receive(path: String, authorization: String?, body: [UInt8]) throws -> WebhookVerdict {
        let verdict: WebhookVerdict
        do {
            // Compared as hashes: how long a comparison took says nothing about the password.
            let given = BasicCredentials(header: authorization).map { secrets.digest($0.text.reveal()) }
            verdict = try store.receive(path: path, basicHash: given, body: body)
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
