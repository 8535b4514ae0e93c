/// Asks the app for its panel as Pipedrive's servers do when a page is opened.
struct PanelCall {
    private static let tokenLifetimeSeconds = 600

    let sandbox: Sandbox

    func ask(about entity: Entity, id: Int, viewer: User) async -> PanelAnswer {
        guard let panel = sandbox.options.panel else { return .notConfigured }
        let url = Form.appending(query(entity, id, viewer, panel), to: panel.url)
        let answer = await sandbox.client.send(
            "GET", url,
            headers: [
                ("Authorization", OutgoingHTTP.basic(panel.user, panel.password)), ("Accept", "application/json"),
            ], timeLimit: .seconds(10))
        guard let status = answer.status else { return .unreachable(answer.problem ?? "no answer") }
        return PanelAnswer(status: status, body: answer.body, schema: panel.schema(for: entity))
    }

    private func query(
        _ entity: Entity, _ id: Int, _ viewer: User, _ panel: SandboxOptions.Panel
    ) -> [(String, String)] {
        let companyID = sandbox.store.snapshot().company.id
        let token = PanelToken.sign(
            userID: viewer.id, companyID: companyID,
            expiresAt: sandbox.clock().seconds + Self.tokenLifetimeSeconds,
            secret: panel.tokenSecret ?? sandbox.options.clientSecret)
        return [
            ("resource", entity.rawValue), ("view", "details"), ("userId", String(viewer.id)),
            ("companyId", String(companyID)), ("selectedIds", String(id)), ("isShared", "false"), ("token", token),
        ]
    }
}
