/// What went wrong between us and the server.
///
/// `description` is safe to log: it holds codes and names of the schema, and no value. The server's message and detail,
/// which may quote values, are in `debugDescription` only.
public struct PostgresError: Error, Sendable {
    /// The kind of failure.
    public enum Code: Sendable, Hashable {
        /// The server could not be reached, or the connection was lost. Whether a statement under way took effect is
        /// unknown.
        case connection
        /// The server refused the statement, with this SQLSTATE.
        case sqlState(String)
        /// A value in a row is absent or not of the asked type.
        case decoding
        /// A value cannot be sent, for instance a text with a NUL character.
        case invalidBind
        /// The connection was closed by us.
        case closed
        /// A call that does not fit the connection's state, such as `listen` behind a pooler.
        case misuse
    }

    /// The kind of failure.
    public let code: Code
    /// The server's five-character code, when the server spoke.
    ///
    /// Also set for a connection the server ended.
    public let sqlState: String?
    /// The violated constraint, when there is one.
    public let constraint: String?
    /// The table concerned, when the server names it.
    public let table: String?
    /// The operation that failed, such as `connect`, `query` or `commit`, or the column of a value.
    public let place: String
    /// What we can say about it ourselves, free of values.
    public let reason: String?
    /// What the server said, its detail, and the statement's text.
    ///
    /// May quote values: not for logs.
    let detail: String?
    /// Set when the transaction could not be rolled back either; the connection was closed then.
    var rollbackFailure: String?
    /// The server no longer knows the prepared statement, or its result changed shape.
    let isStatementStale: Bool

    init(
        _ code: Code, place: String, reason: String? = nil, detail: String? = nil, sqlState: String? = nil,
        constraint: String? = nil, table: String? = nil, isStatementStale: Bool = false
    ) {
        self.code = code
        self.place = place
        self.reason = reason
        self.detail = detail
        self.sqlState = sqlState
        self.constraint = constraint
        self.table = table
        self.isStatementStale = isStatementStale
    }
}

extension PostgresError {
    /// A row with this key exists already (23505); `constraint` names the key.
    public var isUniqueViolation: Bool { sqlState == "23505" }
    /// A row that is referred to does not exist, or one that goes is still referred to (23503).
    public var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// A `CHECK` was not met (23514); `constraint` names it.
    public var isCheckViolation: Bool { sqlState == "23514" }
    /// The transaction collided with another one and can be tried again (40001).
    public var isSerializationFailure: Bool { sqlState == "40001" }
    /// The transaction was chosen to end a deadlock and can be tried again (40P01).
    public var isDeadlock: Bool { sqlState == "40P01" }
    /// The transaction collided with others and was rolled back whole: nothing of it remains, and it can be run again.
    public var isCollision: Bool { isSerializationFailure || isDeadlock }
    /// A lock was not to be had, by `lock_timeout` or `NOWAIT` (55P03).
    public var isLockTimeout: Bool { sqlState == "55P03" }
    /// The statement ran into `statement_timeout` or was cancelled (57014).
    public var isStatementTimeout: Bool { sqlState == "57014" }
    /// The server could not be reached or is gone; `reconnect()` before the next call.
    public var isConnectionLost: Bool { code == .connection }
    /// A statement met a changed schema or a lost preparation inside a transaction: run the transaction again.
    public var isStalePreparedStatement: Bool { isStatementStale }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Code, place and names; never a value.
    public var description: String {
        var parts: [String] = []
        switch code {
        case .connection: parts.append("connection lost or refused")
        case .sqlState: parts.append("refused by the server")
        case .decoding: parts.append("value does not decode")
        case .invalidBind: parts.append("value cannot be sent")
        case .closed: parts.append("connection is closed")
        case .misuse: parts.append("call does not fit")
        }
        parts.append("at \(place)")
        if let sqlState { parts.append("SQLSTATE \(sqlState)") }
        if let constraint { parts.append("constraint \(constraint)") }
        if let table { parts.append("table \(table)") }
        if let reason { parts.append(reason) }
        return "PostgresError(\(parts.joined(separator: ", ")))"
    }

    /// Everything, with the server's words: may quote values.
    public var debugDescription: String {
        [description, detail, rollbackFailure.map { "rollback failed too: \($0)" }]
            .compactMap(\.self).joined(separator: "\n")
    }

    /// Only what is safe to log.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
