/// What Pipedrive tells the app at its callback URL besides codes: that a user removed it, or that it was shared.
struct AppNotice {
    let sandbox: Sandbox

    /// Removes the grant, then sends the notice.
    ///
    /// Answers the app's status, which Pipedrive would ignore.
    func uninstall(userID: Int) async throws -> Int? {
        try sandbox.store.change { $0.uninstall(userID: userID) }
        return await send(
            "DELETE",
            [
                "client_id": .string(sandbox.options.clientID), "company_id": .int(sandbox.companyID),
                "user_id": .int(userID), "timestamp": .string(sandbox.clock().rfc3339WithMilliseconds),
            ])
    }

    /// Tells that an administrator added the app to a colleague, or took it away.
    func share(userID: Int, isShared: Bool) async -> Int? {
        await send(
            "POST",
            ["company_id": .int(sandbox.companyID), "user_id": .int(userID), "isShared": .bool(isShared)])
    }

    private func send(_ method: String, _ body: JSON) async -> Int? {
        let credentials = OutgoingHTTP.basic(sandbox.options.clientID, sandbox.options.clientSecret)
        let answer = await sandbox.client.send(
            method, sandbox.options.redirectURI,
            headers: [("Content-Type", "application/json"), ("Authorization", credentials)],
            body: JSONWriter.bytes(body), timeLimit: .seconds(10))
        return answer.status
    }
}
