public import Domain

/// How a connection ends: from here, or by an uninstall in Pipedrive.
extension Installs {
    /// Throws `unauthorized` when the header does not hold the client's credentials, by which Pipedrive proves itself.
    public func checkClient(authorization: String?) throws {
        let expected = secrets.digest(clientCredentials.reveal())
        guard let given = BasicCredentials(header: authorization),
            secrets.matches(secrets.digest(given.text.reveal()), expected)
        else { throw Refusal(.unauthorized, "These are not the client's credentials.") }
    }

    /// A user uninstalled the app in Pipedrive. Harmless when repeated or unknown.
    ///
    /// `authorization` is the header as it came; throws `unauthorized` when it does not hold the client's credentials.
    public func uninstalled(
        authorization: String?, companyID: PipedriveCompany.ID, userID: PipedriveUser.ID
    ) throws {
        try checkClient(authorization: authorization)
        let company = try storage.transaction(.web(nil)) {
            try $0.directory.company(pipedriveCompany: companyID)
        }
        guard let company else { return }
        try storage.transaction(.web(company)) { transaction in
            guard let connection = try transaction.connections.connection(),
                connection.pipedriveCompanyID == companyID,
                let grant = try transaction.connections.grants().first(where: { $0.userID == userID }),
                grant.state != .ended
            else { return }
            let after = try transaction.connections.endGrant(user: userID)
            try transaction.connections.audit(
                "uninstalled in Pipedrive", detail: "by \(grant.userName) (Pipedrive user \(userID))")
            guard let after else { return }
            if after.state == .disconnected {
                try Self.cancelWork("The connection was ended in Pipedrive", transaction)
                // Nobody is left who could serve it. Who was there to see the panel has to be let go at Pipedrive, too.
                try transaction.revocations.keep(exceptTold: [])
                _ = try transaction.connections.disconnect()
            } else if after.ownerUserID != connection.ownerUserID {
                try CatchUp.handOver(after, transaction)
            }
        }
    }

    /// Ends the connection: tells Pipedrive first, in 10 seconds at most, then deletes the credentials whether or not it
    /// could be told.
    ///
    /// True when Pipedrive was told all of it. Ending twice is no error.
    public func disconnect(session: Session) async throws -> Bool {
        guard session.member.role == .owner else {
            throw Refusal(.forbidden, "Only an owner of \(session.company.name) can disconnect Pipedrive.")
        }
        let company = session.company.id
        let (credentials, subscriptions) = try storage.transaction(.web(company)) { transaction in
            let connection = try transaction.connections.connection()
            let owner = connection?.state == .disconnected ? nil : connection?.ownerUserID
            return (
                try owner.flatMap { try transaction.connections.credentials(user: $0) },
                try transaction.settings.subscriptions()
            )
        }
        var told: [Secret] = []
        if let credentials, await tell(credentials, subscriptions) { told = [credentials.refreshToken] }
        return try storage.transaction(.web(company)) { transaction in
            let state = try transaction.connections.connection()?.state
            guard let state, state != .disconnected else {
                return try transaction.connectionHealth.revokingUntil() == nil
            }
            try Self.cancelWork("The connection was ended", transaction)
            // Of other users' grants, and of a token that was refreshed while we told of the one before, Pipedrive is
            // told by the drainer.
            try transaction.revocations.keep(exceptTold: told)
            _ = try transaction.connections.disconnect()
            let isTold = try transaction.connectionHealth.revokingUntil() == nil
            try transaction.connections.audit(
                "disconnected",
                detail: "by \(session.member.email); "
                    + (isTold ? "Pipedrive was told" : "Pipedrive is still to be told"))
            return isTold
        }
    }

    /// What was to be done for the connection is not done. Drafts come first: who asks for a quote locks in this order.
    private static func cancelWork(_ reason: String, _ transaction: any StorageTransaction) throws {
        try transaction.drafts.abandon(reason: "\(reason).")
        _ = try transaction.queue.cancelWaiting(reason: reason)
    }

    /// All webhooks at once, at most 4 seconds, then the grant, at most 5: ten in all.
    private func tell(_ credentials: Credentials, _ subscriptions: [WebhookSubscription]) async -> Bool {
        let access = PipedriveAccess(apiOrigin: credentials.apiOrigin, accessToken: credentials.accessToken)
        let webhooks = self.webhooks
        await withTaskGroup(of: Void.self) { group in
            for subscription in subscriptions {
                group.addTask {
                    do {
                        try await webhooks.unsubscribe(subscription.id, access: access)
                    } catch {
                        // Often only the access token's hour is over. Revoking needs the refresh token alone, and ends
                        // the webhooks too, so it is still tried.
                    }
                }
            }
        }
        do {
            try await oauth.revoke(credentials.refreshToken)
            return true
        } catch {
            // Not passed on: the credentials are deleted either way, and the page says that Pipedrive was not told.
            return false
        }
    }
}
