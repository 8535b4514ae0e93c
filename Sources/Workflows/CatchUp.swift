import Domain

/// Looks for what may have been missed while no webhook reached us.
enum CatchUp {
    /// Starts a run over the records and, with a trigger, a sweep over the deals. Harmless when one is at work already.
    static func begin(_ transaction: any StorageTransaction) throws {
        _ = try RunGate.start(.retry, transaction)
        if try transaction.triggers.triggers().contains(where: \.isOn) {
            try transaction.queue.add(NewMessage(kind: .sweep, subject: "", priority: 4))
        }
    }

    /// Another grant serves the connection from now on. Pipedrive removed the old owner's webhooks with the grant, or
    /// ends them with it: they are made anew.
    static func handOver(_ connection: Connection, _ transaction: any StorageTransaction) throws {
        let heir = try transaction.connections.grants().first { $0.userID == connection.ownerUserID }
        try transaction.connections.audit(
            "handed over", detail: "to \(heir?.userName ?? "Pipedrive user") (\(connection.ownerUserID))")
        try transaction.settings.save(subscriptions: [])
        try transaction.queue.wake()
        try transaction.queue.add(NewMessage(kind: .subscribe, subject: connection.id.text))
        try begin(transaction)
    }
}
