/// A statement as it goes into a pipeline.
enum PipelineStatement {
    /// Transaction control: not worth preparing.
    case control(String)
    case sql(SQL)

    var text: String {
        switch self {
        case .control(let text): text
        case .sql(let sql): sql.text
        }
    }

    var binds: [PostgresBind] {
        switch self {
        case .control: []
        case .sql(let sql): sql.binds
        }
    }
}

/// An answer a pipeline owes us.
private enum Expected {
    case deallocated
    case prepared(StatementText, name: String)
    /// With the text it was prepared under, if it was.
    case rows(text: String, prepared: StatementText?)
    case sync
}

extension PostgresConnection {
    /// Runs statements in one round trip, with what the open transaction still has to send in front.
    ///
    /// Returns the rows of all of them, those in front included.
    func run(_ statements: [PipelineStatement], place: String) throws(PostgresError) -> [PostgresRows] {
        let wire = try usableWire(place: place)
        let all = takeOpening() + statements
        let beganIdle = wire.isIdle
        do throws(PostgresError) {
            let rows = try roundTrip(all, on: wire, place: place)
            try refuseStrayTransaction(place: place)
            return rows
        } catch {
            guard error.isStatementStale, beganIdle, try rollBackToIdle(wire, after: error) else {
                noteFailure(error)
                throw error
            }
        }
        // Nothing of the first try is left, and the stale statement is forgotten: the same again.
        do throws(PostgresError) {
            let rows = try roundTrip(all, on: wire, place: place)
            try refuseStrayTransaction(place: place)
            return rows
        } catch {
            noteFailure(error)
            throw error
        }
    }

    /// Sends what the open transaction still has to send, before a call that cannot go through a pipeline.
    func sendOpening(place: String) throws(PostgresError) {
        if open?.pending.isEmpty == false { _ = try run([], place: place) }
    }

    private func takeOpening() -> [PipelineStatement] {
        guard let pending = open?.pending, !pending.isEmpty else { return [] }
        open?.pending = []
        return pending
    }

    private func rollBackToIdle(_ wire: Wire, after error: PostgresError) throws(PostgresError) -> Bool {
        if wire.isConnected, !wire.isIdle { _ = try roundTrip([.control("rollback")], on: wire, place: "rollback") }
        return wire.isConnected && wire.isIdle
    }

    private func roundTrip(
        _ statements: [PipelineStatement], on wire: Wire, place: String
    ) throws(PostgresError) -> [PostgresRows] {
        guard wire.enterPipeline() else { throw broken(lost(wire, place: place)) }
        var expected: [Expected] = []
        var failure: PostgresError?
        do throws(PostgresError) {
            if wire.isIdle { try queueDiscards(on: wire, into: &expected) }
            var names: [StatementText: String] = [:]
            for statement in statements {
                try queue(statement, on: wire, naming: &names, into: &expected, place: place)
            }
        } catch {
            failure = error
        }
        guard wire.sync() else { throw broken(failure ?? lost(wire, place: place)) }
        expected.append(.sync)
        let rows = try drain(expected, on: wire, place: place, failure: &failure)
        guard wire.exitPipeline() else { throw broken(failure ?? lost(wire, place: place)) }
        if let failure { throw failure }
        return rows
    }

    /// Deallocates in a segment of its own, so that a failure there touches nothing else.
    private func queueDiscards(on wire: Wire, into expected: inout [Expected]) throws(PostgresError) {
        guard !discardedNames.isEmpty else { return }
        let none = try BindBuffer([], place: "deallocate")
        for name in discardedNames where wire.sendUnnamed(text: "deallocate \(name)", none) {
            expected.append(.deallocated)
        }
        discardedNames = []
        guard wire.sync() else { throw lost(wire, place: "deallocate") }
        expected.append(.sync)
    }

    private func queue(
        _ statement: PipelineStatement, on wire: Wire, naming names: inout [StatementText: String],
        into expected: inout [Expected], place: String
    ) throws(PostgresError) {
        let binds = try BindBuffer(statement.binds, place: place)
        if case .sql(let sql) = statement, !configuration.isPooled {
            let text = sql.statementText
            let name: String
            if let known = names[text] ?? statements.name(for: text) {
                name = known
            } else {
                name = try prepare(text, on: wire, into: &expected, place: place)
            }
            names[text] = name
            guard wire.sendPrepared(name: name, binds) else { throw lost(wire, place: place) }
            expected.append(.rows(text: text.text, prepared: text))
            return
        }
        let text = statement.text
        try refuseNUL(in: text, place: place)
        guard wire.sendUnnamed(text: text, binds) else { throw lost(wire, place: place) }
        expected.append(.rows(text: text, prepared: nil))
    }

    private func prepare(
        _ text: StatementText, on wire: Wire, into expected: inout [Expected], place: String
    ) throws(PostgresError) -> String {
        try refuseNUL(in: text.text, place: place)
        let name = statements.nextName()
        guard wire.sendPrepare(name: name, text: text.text) else { throw lost(wire, place: place) }
        expected.append(.prepared(text, name: name))
        return name
    }

    private func refuseNUL(in text: String, place: String) throws(PostgresError) {
        guard !text.containsNUL else {
            throw PostgresError(.misuse, place: place, reason: "the statement holds a NUL character")
        }
    }

    /// Reads every answer up to the last sync, so that the connection is usable whatever failed.
    private func drain(
        _ expected: [Expected], on wire: Wire, place: String, failure: inout PostgresError?
    ) throws(PostgresError) -> [PostgresRows] {
        var rows: [PostgresRows] = []
        for step in expected {
            guard let result = wire.nextResult() else { throw broken(failure ?? lost(wire, place: place)) }
            switch (step, result.outcome) {
            case (.sync, .sync): continue
            case (.sync, .failure): throw broken(failure ?? result.error(place: place, statement: nil))
            case (.sync, _), (_, .sync), (_, .copyIn), (_, .copyOther): throw broken(outOfStep(place: place))
            case (_, .aborted): break
            case (_, .success): note(step, result, in: &rows)
            case (_, .failure):
                if let error = refusal(of: step, result, place: place), failure == nil { failure = error }
            }
            // Each answer but a sync is followed by an empty one; after a farewell there is no more to read.
            if failure?.isConnectionLost == true || wire.nextResult() != nil {
                throw broken(failure ?? lost(wire, place: place))
            }
        }
        return rows
    }

    private func note(_ step: Expected, _ result: ServerResult, in rows: inout [PostgresRows]) {
        switch step {
        case .prepared(let text, let name):
            if let evicted = statements.insert(text, name: name) { discardedNames.append(evicted) }
        case .rows: rows.append(PostgresRows(result))
        case .deallocated, .sync: break
        }
    }

    private func refusal(of step: Expected, _ result: ServerResult, place: String) -> PostgresError? {
        switch step {
        case .prepared(let text, _): return result.error(place: place, statement: text.text)
        case .rows(let text, let prepared):
            let error = result.error(place: place, statement: text)
            if let prepared, error.isStatementStale {
                // 26000: somebody discarded the session's statements, all of them as a rule.
                if error.sqlState == "26000" {
                    statements.removeAll()
                } else if let name = statements.remove(prepared) {
                    discardedNames.append(name)
                }
            }
            return error
        case .deallocated, .sync: return nil
        }
    }

    /// libpq refused a call it should have taken: the connection is gone.
    private func lost(_ wire: Wire, place: String) -> PostgresError {
        PostgresError(.connection, place: place, detail: wire.lastMessage)
    }

    private func outOfStep(place: String) -> PostgresError {
        PostgresError(.misuse, place: place, reason: "COPY goes through copyIn; the connection was closed")
    }

    /// The answers no longer fit the questions, so the session is not used again.
    private func broken(_ error: PostgresError) -> PostgresError {
        abandon()
        return error
    }
}
