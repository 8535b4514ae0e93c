/// Says how passwords are reset here.
struct AccountNotePage: Page {
    let title: String
    let paragraph: String
    let command: String
    let supportEmail: String

    static func forgot(supportEmail: String) -> AccountNotePage {
        AccountNotePage(
            title: "Forgot your password",
            paragraph: "Passwords on this server are reset by whoever runs it. Ask them, or do it yourself:",
            command: "paydock member reset --email you@example.com", supportEmail: supportEmail)
    }
}
