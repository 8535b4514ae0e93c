extension PostgresConnection {
    /// Loads rows through `COPY … FROM STDIN` in text format and returns how many the server took.
    ///
    /// Works in a transaction too. A value that cannot be sent makes the server refuse the whole copy.
    @discardableResult
    public func copyIn(_ sql: SQL, rows: some Sequence<[PostgresBind]>) throws -> Int {
        guard sql.binds.isEmpty, !sql.text.containsNUL else {
            throw PostgresError(.misuse, place: "copy", reason: "COPY takes no values in its statement")
        }
        let wire = try usableWire(place: "copy")
        try sendOpening(place: "copy")
        do throws(PostgresError) {
            let affected = try copy(sql.text, rows, on: wire)
            try refuseStrayTransaction(place: "copy")
            return affected
        } catch {
            noteFailure(error)
            throw error
        }
    }

    private func copy(
        _ text: String, _ rows: some Sequence<[PostgresBind]>, on wire: Wire
    ) throws(PostgresError) -> Int {
        let started = wire.execute(text: text)
        guard started?.outcome == .copyIn else {
            try check(started, place: "copy", statement: text)
            throw PostgresError(.misuse, place: "copy", reason: "the statement is no COPY … FROM STDIN")
        }
        var refusal: PostgresError?
        do throws(PostgresError) {
            try feed(rows, to: wire)
        } catch {
            refusal = error
        }
        guard wire.endCopy(refusal: refusal == nil ? nil : "the sender gave up") else {
            throw refusal ?? PostgresError(.connection, place: "copy", detail: wire.lastMessage)
        }
        var affected = 0
        while let result = wire.nextResult() {
            if result.outcome == .success {
                affected = result.affectedCount
            } else if refusal == nil {
                refusal = result.error(place: "copy", statement: text)
            }
        }
        if let refusal { throw refusal }
        return affected
    }

    private func feed(_ rows: some Sequence<[PostgresBind]>, to wire: Wire) throws(PostgresError) {
        var encoder = CopyText()
        for row in rows {
            try encoder.append(row)
            if encoder.bytes.count >= 65_536 {
                guard wire.putCopy(encoder.bytes) else {
                    throw PostgresError(.connection, place: "copy", detail: wire.lastMessage)
                }
                encoder.removeAll()
            }
        }
        guard encoder.bytes.isEmpty || wire.putCopy(encoder.bytes) else {
            throw PostgresError(.connection, place: "copy", detail: wire.lastMessage)
        }
    }
}
