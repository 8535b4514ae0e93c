public import Domain

/// Keys of the regular API: made, listed and revoked by members, counted when used.
public struct APIKeys: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource

    /// Wires the use case.
    public init(storage: any Storage, secrets: any SecretSource) {
        self.storage = storage
        self.secrets = secrets
    }

    /// All keys of a company, the newest first.
    public func keys(_ company: Company.ID) throws -> [APIKey] {
        try storage.transaction(.web(company)) { try $0.apiKeys.keys() }
    }

    /// Makes a key; it is shown once and stored as a hash. Throws `invalid` for a bad name, `conflict` at 100 keys.
    public func make(name: String, _ company: Company.ID) throws -> Secret {
        guard (1...100).contains(name.count) else {
            throw Refusal(.invalid, "A key needs a name of at most 100 characters.", fields: ["name": "is needed"])
        }
        let key = "ftj_\(secrets.token())"
        try storage.transaction(.web(company)) { transaction in
            guard try transaction.apiKeys.keys().count(where: { $0.revokedAt == nil }) < 100 else {
                throw Refusal(.conflict, "There are 100 keys already. Revoke one first.")
            }
            _ = try transaction.apiKeys.insert(name: name, hash: secrets.digest(key))
        }
        return Secret(key)
    }

    /// Makes a key useless at once. Throws `notFound`.
    public func revoke(_ id: APIKey.ID, _ company: Company.ID) throws {
        guard try storage.transaction(.web(company), { try $0.apiKeys.revoke(id) }) else {
            throw Refusal(.notFound, "There is no such key, or it was revoked already.")
        }
    }

    /// Counts a request and says whose it is. Throws `unauthorized` for a key that is unknown or revoked.
    public func use(_ key: Secret) throws -> APIKeyUse {
        let hash = secrets.digest(key.reveal())
        guard let use = try storage.transaction(.api(nil), { try $0.apiKeys.use(hash: hash) }) else {
            throw Refusal(.unauthorized, "This API key is not known, or was revoked.")
        }
        return use
    }
}
