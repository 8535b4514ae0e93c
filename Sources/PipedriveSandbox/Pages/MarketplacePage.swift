/// Who has installed the app, with the Marketplace's install button.
///
/// With an Installation URL it leads to the app, which starts with a state of its own; without one it leads straight to
/// the consent page.
struct MarketplacePage {
    let desk: PageDesk
    let request: Request

    func reply() throws -> Reply {
        let (users, grants) = try desk.sandbox.store.read { ($0.users, $0.grants) }
        let rows = users.map { user -> HTML in
            let isInstalled = grants.contains { $0.userID == user.id }
            let button: HTML =
                isInstalled
                ? """
                <form method="post" action="/marketplace/uninstall"><input type="hidden" name="user_id" value="\(user.id)">
                <button class="quiet">Uninstall</button></form>
                """ : ""
            return """
                <tr><td>\(user.name)<small>\(user.email)</small></td><td>\(user.isAdmin ? "Administrator" : "Regular user")</td>
                <td>\(isInstalled ? "Installed" : "Not installed")</td><td class="number">\(button)\(share(user))</td></tr>
                """
        }
        let options = desk.sandbox.options
        let install = Form.appending(
            [("client_id", options.clientID), ("redirect_uri", options.redirectURI)], to: "/oauth/authorize")
        let other: HTML =
            options.installationURL == nil
            ? "" : "<a class=\"button quiet\" href=\"\(install)\">Install without a state</a>"
        let content: HTML = """
            <div class="head"><h1>Marketplace</h1></div>
            <section class="card"><h2>\(Page.appName)</h2><p>Quotes, invoices and payments next to your deals.</p>
            <p class="buttons"><a class="button" href="\(options.installationURL ?? install)">Install now</a>\(other)</p>
            <div class="wide"><table><tbody>\(rows)</tbody></table></div></section>
            """
        return try desk.page("Marketplace", place: "Marketplace", for: request, content: content).reply()
    }

    /// App sharing: the app hears that an administrator added it to a colleague.
    private func share(_ user: User) -> HTML {
        """
        <form method="post" action="/marketplace/share"><input type="hidden" name="user_id" value="\(user.id)">
        <button class="quiet" name="is_shared" value="true">Share</button></form>
        """
    }
}
