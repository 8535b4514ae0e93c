/// What happens when a user removes the app in Pipedrive: the grant ends and the app's callback URL is told.
struct UninstallNotice {
    let sandbox: Sandbox

    /// Removes the grant, then sends the notice.
    ///
    /// Answers the app's status, which Pipedrive would ignore.
    func uninstall(userID: Int) async throws -> Int? {
        let companyID = try sandbox.store.change { state in
            state.uninstall(userID: userID)
            return state.company.id
        }
        let body: JSON = [
            "client_id": .string(sandbox.options.clientID), "company_id": .int(companyID), "user_id": .int(userID),
            "timestamp": .string(sandbox.clock().rfc3339WithMilliseconds),
        ]
        let credentials = OutgoingHTTP.basic(sandbox.options.clientID, sandbox.options.clientSecret)
        let answer = await sandbox.client.send(
            "DELETE", sandbox.options.redirectURI,
            headers: [("Content-Type", "application/json"), ("Authorization", credentials)],
            body: JSONWriter.bytes(body), timeLimit: .seconds(10))
        return answer.status
    }
}
