public import Domain
import FoundationEssentials
import PostgresStore
import Sodium
public import Workflows

/// What the operator's tool does before there is an environment to wire: schema, keys, the first company.
public struct Installation: Sendable {
    let settings: Settings

    /// Reads nothing yet; each step reads the keys it needs.
    public init(settings: Settings) {
        self.settings = settings
    }

    /// Brings the database to this version; the names of the steps that were applied.
    ///
    /// Where the login role may not create roles, throws `rolesMissing`, whose statements are to be shown.
    public func migrate() throws -> [String] {
        try Migrator(try Environment.database(settings, process: "paydock migrate")).run()
            .map { "\($0.number) \($0.name)" }
    }

    /// The statements to be run by hand, when that is why migrating failed.
    public static func missingStatements(_ error: any Error) -> String? {
        guard case Migrator.Failure.rolesMissing(let statements) = error else { return nil }
        return statements
    }

    /// Makes the first keyring; the key's id.
    public func generateKeys() throws -> String {
        try SodiumLibrary.start()
        let id = "k\(Digest.hex(RandomBytes.make(4)))"
        try KeyringFile.generate(try settings.required("PAYDOCK_KEYRING"), keyID: id)
        return id
    }

    /// The ids of the keyring's keys, the current one first.
    public func keyIDs() throws -> [String] {
        try SodiumLibrary.start()
        let keyring = try KeyringFile.read(try settings.required("PAYDOCK_KEYRING"))
        return [keyring.currentID] + keyring.keyIDs.filter { $0 != keyring.currentID }
    }

    /// The rotation of the keyring's keys.
    public func keyRotation() throws -> KeyRotation { try KeyRotation(settings: settings) }

    /// Accounts, which need the database alone.
    public func accounts() throws -> Accounts {
        try SodiumLibrary.start()
        return Accounts(storage: try storage(), secrets: SodiumSecrets())
    }

    /// The queue, which needs the database alone.
    public func messages() throws -> Messages { Messages(storage: try storage()) }

    /// The figures that the panel shows.
    public func figures() throws -> Figures { Figures(storage: try storage()) }

    /// The stores, without keys: what is sealed stays closed.
    public func databaseAlone() throws -> any Storage { try storage() }

    private func storage() throws -> PostgresStorage {
        PostgresStorage(try Environment.database(settings, process: "paydock"), keyring: nil)
    }

    /// One thing that has to be right before the system works.
    public struct Finding: Sendable, Encodable {
        /// What was looked at.
        public let check: String
        /// What is wrong with it; nil when nothing is.
        public let problem: String?
    }

    /// Looks at settings, keyring, database and schema; changes nothing.
    public func findings() -> [Finding] {
        let checks: [(String, () throws -> Void)] = [
            (
                "settings",
                { _ = try Environment(process: "paydock", settings: settings, logger: Program.logger("paydock")) }
            ),
            ("keyring", { _ = try keyIDs() }),
            ("database", { _ = try messages().counts() }),
            ("schema", { try Migrator(try Environment.database(settings, process: "paydock")).check() }),
            ("figures", { try figures().check() }),
        ]
        return checks.map { name, look in
            do {
                try look()
                return Finding(check: name, problem: nil)
            } catch {
                return Finding(check: name, problem: "\(error)")
            }
        }
    }
}
