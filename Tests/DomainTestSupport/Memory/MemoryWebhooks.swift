public import Domain

extension MemoryStorage: WebhookStore {
    /// Stores with the tenant whose endpoint has the path.
    public func receive(path: String, basicHash: [UInt8]?, body: [UInt8]) throws -> WebhookVerdict {
        let owner = read { state in state.tenants.first { $0.value.endpoint?.path == path }?.key }
        return try transaction(.web(owner)) { transaction in
            guard owner != nil, let memory = transaction as? MemoryTransaction,
                let endpoint = try memory.tenant().endpoint
            else { return .unknown }
            guard let connection = try memory.tenant().connection, connection.state != .disconnected else {
                return .ignored
            }
            guard basicHash == FixedSecrets.digest("\(endpoint.user.reveal()):\(endpoint.password.reveal())") else {
                return .unauthorized
            }
            let number = try memory.edit { tenant in
                let number = Int64(tenant.inbox.count + 1)
                tenant.inbox[number] = body
                return number
            }
            try memory.queue.add(NewMessage(kind: .webhook, subject: "\(number)"))
            return .stored
        }
    }
}
