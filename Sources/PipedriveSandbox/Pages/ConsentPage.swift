/// The page on which a user allows or denies the app.
struct ConsentPage {
    /// A company and who may sign in there.
    struct Choice {
        let company: Company
        let users: [User]
    }

    let choices: [Choice]
    let state: String?
    let clientID: String

    private static let scopes = [
        "See and change your deals, their products and notes", "See and change persons and organizations",
        "See and change products", "See and change activities", "Set up webhooks that report changes",
        "See the users of your company", "See and change leads", "See your name, e-mail address and company settings",
    ]

    var reply: Reply { .html(html.text) }

    private var html: HTML {
        let isOne = choices.count == 1
        let options = choices.enumerated().flatMap { place, choice in
            choice.users.map { user -> HTML in
                let value = place == 0 ? "\(user.id)" : "\(choice.company.id)-\(user.id)"
                let at = isOne ? "" : ", \(choice.company.name)"
                let role = user.isAdmin ? "administrator" : "regular user"
                return "<option value=\"\(value)\">\(user.name) (\(role)\(at))</option>"
            }
        }
        let company = isOne ? choices.first?.company.name ?? "" : "the company you choose"
        let scopes = Self.scopes.map { scope -> HTML in "<li>\(scope)</li>" }
        let hidden: HTML = state.map { "<input type=\"hidden\" name=\"state\" value=\"\($0)\">" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>Allow \(Page.appName)?</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/style.css"></head>
            <body class="consent"><main><section class="card"><p class="brand"><span class="mark">p</span>Pipedrive sandbox</p>
            <h1>Allow \(Page.appName) to use your data at \(company)?</h1>
            <form method="post" action="/oauth/authorize"><input type="hidden" name="client_id" value="\(clientID)">\(hidden)
            <p>\(Page.appName) asks to be allowed to:</p><ul>\(scopes)</ul>
            <p><label>Sign in as <select name="user_id">\(options)</select></label></p>
            <p class="buttons"><button name="decision" value="allow">Allow</button>
            <button class="quiet" name="decision" value="deny">Deny</button></p></form></section></main></body></html>
            """
    }
}
