/// Says how accounts are made and passwords reset here.
struct AccountNotePage: Page {
    let title: String
    let paragraph: String
    let command: String
    let supportEmail: String

    static func signup(supportEmail: String) -> AccountNotePage {
        AccountNotePage(
            title: "Create an account",
            paragraph: "Accounts on this server are made by whoever runs it. Ask them for one, or make it yourself:",
            command: "paydock company create --name \"Your company\" --email you@example.com --password …",
            supportEmail: supportEmail)
    }

    static func forgot(supportEmail: String) -> AccountNotePage {
        AccountNotePage(
            title: "Forgot your password",
            paragraph: "Passwords on this server are reset by whoever runs it. Ask them, or do it yourself:",
            command: "paydock member reset --email you@example.com", supportEmail: supportEmail)
    }
}
