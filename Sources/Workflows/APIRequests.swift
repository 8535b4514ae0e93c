public import Domain

/// Runs each request of the regular API in one transaction: all that it did commits, or nothing.
public struct APIRequests: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource
    private let mailing: Mailing?

    /// Wires the use case.
    public init(storage: any Storage, secrets: any SecretSource, mailing: Mailing?) {
        self.storage = storage
        self.secrets = secrets
        self.mailing = mailing
    }

    /// What an answer is made with.
    public struct Workplace: Sendable {
        /// The company of the key.
        public let company: Company
        /// The books, inside the request's transaction.
        public let books: Books
    }

    /// Runs a request. `body` must not keep the workplace.
    public func run<Answer>(_ company: Company.ID, _ body: (Workplace) throws -> Answer) throws -> Answer {
        try storage.transaction(.api(company)) { try body(try workplace(company, $0)) }
    }

    /// Runs a request that carries an idempotency key, or gives the answer that was kept for it.
    ///
    /// The key, the answer and what the request did commit together: a crash leaves all of them or none. A request
    /// that is refused keeps nothing and may be mended and sent again under its key. Throws what `body` throws,
    /// `conflict` while the same request is in progress, and `invalid` for a key that was used for another request.
    ///
    /// - Parameter request: everything that makes two requests the same.
    public func run(
        _ company: Company.ID, key: String, request: String, _ body: (Workplace) throws -> KeptAnswer
    ) throws -> (answer: KeptAnswer, isRepeated: Bool) {
        let (keyHash, requestHash) = (secrets.digest(key), secrets.digest(request))
        return try storage.transaction(.api(company)) { transaction in
            if let kept = try transaction.keptAnswers.claim(keyHash: keyHash, requestHash: requestHash) {
                return (kept, true)
            }
            let answer = try body(try workplace(company, transaction))
            try transaction.keptAnswers.keep(answer, keyHash: keyHash)
            return (answer, false)
        }
    }

    /// Like `run`, but each step commits by itself: for a refusal that has an effect.
    public func runInSteps<Answer>(_ id: Company.ID, _ body: (Workplace) throws -> Answer) throws -> Answer {
        let company = try storage.transaction(.api(id)) { try Self.company($0) }
        return try body(Workplace(company: company, books: books(storage)))
    }

    private func workplace(_ id: Company.ID, _ transaction: any StorageTransaction) throws -> Workplace {
        Workplace(
            company: try Self.company(transaction), books: books(OpenTransaction(transaction, .api(id))))
    }

    private func books(_ storage: any Storage) -> Books {
        Books(storage: storage, secrets: secrets, mailing: mailing, access: StorageAccess.api)
    }

    private static func company(_ transaction: any StorageTransaction) throws -> Company {
        guard let company = try transaction.accounts.company() else {
            throw Refusal(.unauthorized, "This API key belongs to no company.")
        }
        return company
    }
}
