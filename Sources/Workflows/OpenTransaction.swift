import Domain

/// A transaction that is open already, lent to use cases that would each open their own: what they do commits together.
///
/// Not to be used after the transaction has ended, nor by two tasks: whoever opened it uses it up inside `body`.
struct OpenTransaction: Storage, @unchecked Sendable {
    private let transaction: any StorageTransaction
    private let access: StorageAccess

    init(_ transaction: any StorageTransaction, _ access: StorageAccess) {
        self.transaction = transaction
        self.access = access
    }

    /// A use case asked for another role or company than the transaction has.
    struct OtherAccess: Error {}

    func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        guard access == self.access else { throw OtherAccess() }
        return try body(transaction)
    }

    func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        throw OtherAccess()
    }
}
