/// A transaction as far as we know it.
struct OpenTransaction {
    /// What must be sent before the next statement: `begin`, the prelude, savepoints.
    var pending: [PipelineStatement]
    /// Savepoints inside savepoints.
    var depth = 0
    /// The first statement that failed and was not rolled back to a savepoint.
    var firstFailure: PostgresError?
}

extension PostgresConnection {
    /// Runs the body in a transaction and commits; rolls back and rethrows when the body throws.
    ///
    /// `begin` and the prelude travel with the first statement of the body in one round trip; a body without statements
    /// sends nothing. If the body catches a failed statement and returns, the transaction is rolled back and that
    /// failure is thrown. If the rollback fails too, the connection is closed and the first error is thrown.
    ///
    /// Inside a transaction this is a savepoint, and a prelude is a misuse: its settings would stay in force afterwards.
    @discardableResult
    public func transaction<R>(prelude: [SQL] = [], _ body: (PostgresConnection) throws -> R) throws -> R {
        if open != nil {
            guard prelude.isEmpty else {
                throw PostgresError(.misuse, place: "begin", reason: "a transaction inside another takes no prelude")
            }
            return try savepoint(body)
        }
        _ = try usableWire(place: "begin")
        open = OpenTransaction(pending: opening(prelude))
        let result: R
        do {
            result = try body(self)
        } catch {
            throw rollBack(after: error)
        }
        try commit()
        return result
    }

    /// The same for a body that waits for something outside while it holds the transaction's locks.
    ///
    /// Meant for a row lock around a remote call, with the server's `idle_in_transaction_session_timeout` set; never
    /// inside another transaction.
    public func transaction<R>(
        prelude: [SQL] = [], awaiting body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        guard open == nil else {
            throw PostgresError(.misuse, place: "begin", reason: "a waiting transaction inside another")
        }
        _ = try usableWire(place: "begin")
        open = OpenTransaction(pending: opening(prelude))
        let result: R
        do {
            result = try await body(self)
        } catch {
            throw rollBack(after: error)
        }
        try commit()
        return result
    }

    /// Runs `begin`, the prelude, the statements and `commit` in one round trip, and returns the statements' rows.
    ///
    /// If one fails, all are rolled back. Inside a transaction only the statements are sent, and a prelude is a misuse.
    public func batch(prelude: [SQL] = [], _ statements: [SQL]) throws -> [PostgresRows] {
        let body = statements.map { PipelineStatement.sql($0) }
        guard !body.isEmpty else { return [] }
        if open != nil {
            guard prelude.isEmpty else {
                throw PostgresError(.misuse, place: "batch", reason: "a batch inside a transaction takes no prelude")
            }
            return try run(body, place: "batch").suffix(body.count)
        }
        open = OpenTransaction(pending: opening(prelude))
        do {
            let rows = try run(body + [.control("commit")], place: "batch")
            open = nil
            try refuseStrayTransaction(place: "batch")
            return rows.dropLast().suffix(body.count)
        } catch {
            throw rollBack(after: error)
        }
    }

    private func opening(_ prelude: [SQL]) -> [PipelineStatement] {
        [.control("begin")] + prelude.map { .sql($0) }
    }

    private func commit() throws {
        guard let transaction = open else { return }
        guard transaction.pending.isEmpty else {
            open = nil
            return
        }
        let wire = try wireOrEnd(place: "commit", after: transaction.firstFailure)
        if wire.isFailed {
            let unknown = PostgresError(.sqlState("25P02"), place: "commit", sqlState: "25P02")
            throw rollBack(after: transaction.firstFailure ?? unknown)
        }
        if wire.isIdle {
            open = nil
            throw PostgresError(.misuse, place: "commit", reason: "the body ended the transaction by itself")
        }
        do {
            _ = try run([.control("commit")], place: "commit")
            open = nil
        } catch {
            throw rollBack(after: error)
        }
    }

    private func wireOrEnd(place: String, after failure: PostgresError?) throws -> Wire {
        do {
            return try usableWire(place: place)
        } catch {
            open = nil
            throw failure ?? error
        }
    }

    /// Ends the open transaction without hiding why, and returns the error to throw.
    private func rollBack(after error: any Error) -> any Error {
        open = nil
        do {
            let wire = try usableWire(place: "rollback")
            if !wire.isIdle { _ = try run([.control("rollback")], place: "rollback") }
            return error
        } catch let failure {
            abandon()
            guard var first = error as? PostgresError else { return error }
            if !first.isConnectionLost { first.rollbackFailure = failure.debugDescription }
            return first
        }
    }

    private func savepoint<R>(_ body: (PostgresConnection) throws -> R) throws -> R {
        let name = "nested_\((open?.depth ?? 0) + 1)"
        let failureBefore = open?.firstFailure
        let pendingBefore = open?.pending ?? []
        open?.depth += 1
        open?.pending.append(.control("savepoint \(name)"))
        defer { open?.depth -= 1 }
        let result: R
        do {
            result = try body(self)
            if open?.pending.isEmpty == true { _ = try run([.control("release savepoint \(name)")], place: "release") }
        } catch {
            rollBackSavepoint(name, failureBefore: failureBefore, pendingBefore: pendingBefore)
            throw error
        }
        if open?.pending.isEmpty == false { open?.pending = pendingBefore }
        return result
    }

    private func rollBackSavepoint(
        _ name: String, failureBefore: PostgresError?, pendingBefore: [PipelineStatement]
    ) {
        guard open?.pending.isEmpty == true else {
            open?.pending = pendingBefore
            return
        }
        do {
            _ = try run(
                [.control("rollback to savepoint \(name)"), .control("release savepoint \(name)")], place: "rollback")
            open?.firstFailure = failureBefore
        } catch {
            // The whole transaction is in a failed state now; `commit` finds it so and throws the first failure.
            noteFailure(error)
        }
    }
}
