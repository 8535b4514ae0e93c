/// One session with a PostgreSQL server; every call blocks until the server has answered.
///
/// Not `Sendable`: one thread uses it at a time. All failures are `PostgresError`.
public final class PostgresConnection {
    /// Statements kept prepared per connection.
    static let statementCapacity = 500

    let configuration: PostgresConfiguration
    private var wire: Wire?
    private var isLost = false
    var statements: StatementCache
    /// Names to deallocate when the session is idle.
    var discardedNames: [String] = []
    /// The open transaction, when there is one.
    var open: OpenTransaction?
    private(set) var channels: [String] = []

    /// Connects and waits until the session is ready.
    public init(_ configuration: PostgresConfiguration) throws {
        self.configuration = configuration
        statements = StatementCache(capacity: Self.statementCapacity)
        try connect()
    }

    /// Runs one statement; outside a transaction it commits by itself.
    ///
    /// The statement is prepared under its text and reused, except behind a pooler. A statement that went stale, because
    /// the schema changed, is repeated once when nothing else can have happened before it.
    public func query(_ sql: SQL) throws -> PostgresRows {
        let rows = try run([.sql(sql)], place: "query")
        return rows[rows.count - 1]
    }

    /// Runs one statement and returns the number of rows it touched.
    @discardableResult
    public func execute(_ sql: SQL) throws -> Int {
        let rows = try run([.sql(sql)], place: "execute")
        return rows[rows.count - 1].affectedCount
    }

    /// Runs several statements without values, separated by semicolons.
    ///
    /// Outside a transaction they are one transaction unless the text says otherwise.
    public func script(_ text: String) throws {
        let wire = try usableWire(place: "script")
        guard !text.containsNUL else {
            throw PostgresError(.misuse, place: "script", reason: "the text holds a NUL character")
        }
        try sendOpening(place: "script")
        let result = wire.execute(text: text)
        do throws(PostgresError) {
            try check(result, place: "script", statement: text)
        } catch {
            noteFailure(error)
            throw error
        }
        try refuseStrayTransaction(place: "script")
    }

    /// False once a call has found the connection lost, or after ``close()``.
    public var isOpen: Bool { wire?.isConnected == true }

    /// False once the connection was lost or closed.
    ///
    /// Looks at what the server has sent, without waiting.
    public var isUsable: Bool {
        guard let wire, wire.isConnected else { return false }
        return open != nil || lookForInput(on: wire)
    }

    /// Replaces the session by a fresh one and listens again to what was listened to.
    ///
    /// Prepared statements are forgotten. A misuse inside a transaction.
    public func reconnect() throws {
        guard open == nil else {
            throw PostgresError(.misuse, place: "reconnect", reason: "a transaction is open")
        }
        try connect()
        for channel in channels { try sendListen(channel) }
    }

    /// Ends the session.
    ///
    /// Every later call except `reconnect()` throws with code `closed`.
    public func close() {
        abandon()
        isLost = false
    }

    /// Ends a session that can no longer be used; later calls throw with code `connection`.
    func abandon() {
        isLost = true
        wire = nil
        statements.removeAll()
        discardedNames = []
    }

    private func connect() throws(PostgresError) {
        abandon()
        let fresh = try Wire(configuration)
        // Dates are read in ISO style only; the server reports a change to pooler and client alike.
        if fresh.reportedSetting("DateStyle")?.hasPrefix("ISO") != true {
            let result = fresh.execute(text: "set datestyle to 'ISO'")
            guard result?.outcome == .success else {
                throw PostgresError(.connection, place: "connect", detail: fresh.lastMessage)
            }
        }
        wire = fresh
    }

    func usableWire(place: String) throws(PostgresError) -> Wire {
        guard let wire else { throw PostgresError(isLost ? .connection : .closed, place: place) }
        guard wire.isConnected else { throw PostgresError(.connection, place: place, detail: wire.lastMessage) }
        return wire
    }

    // An extension in another file cannot set a private property.
    func remember(channel: String) {
        if !channels.contains(channel) { channels.append(channel) }
    }
}

extension PostgresConnection {
    /// The first failure inside a transaction is the one that is reported if the body goes on regardless.
    func noteFailure(_ error: PostgresError) {
        if open != nil, open?.firstFailure == nil { open?.firstFailure = error }
    }

    /// Outside `transaction` no statement may leave a transaction open: the next caller would be inside it.
    func refuseStrayTransaction(place: String) throws(PostgresError) {
        guard open == nil else { return }
        let wire = try usableWire(place: place)
        guard !wire.isIdle else { return }
        if wire.execute(text: "rollback")?.outcome != .success { abandon() }
        throw PostgresError(.misuse, place: place, reason: "the statement left a transaction open; it was rolled back")
    }

    /// Turns the result of a simple-protocol call into an error, and leaves no copy or transaction behind.
    func check(_ result: ServerResult?, place: String, statement: String) throws(PostgresError) {
        let wire = try usableWire(place: place)
        guard let result else { throw PostgresError(.connection, place: place, detail: wire.lastMessage) }
        switch result.outcome {
        case .success: return
        case .failure:
            let error = result.error(place: place, statement: statement)
            if open == nil, wire.isConnected, !wire.isIdle, wire.execute(text: "rollback")?.outcome != .success {
                abandon()
            }
            throw error
        case .aborted, .sync, .copyIn, .copyOther:
            // There is no way back from a copy nobody feeds.
            abandon()
            throw PostgresError(.misuse, place: place, reason: "COPY goes through copyIn; the connection was closed")
        }
    }
}
