/// How the sandbox is to run.
struct SandboxOptions: Sendable {
    /// Where the app's panel is and how requests for it are signed.
    struct Panel: Sendable {
        let url: String
        var user = ""
        var password = ""
        /// The secret of the signed token; the client secret when none is set, as at Pipedrive.
        var tokenSecret: String?
        /// What the panel's objects are made of; without it they are drawn as they come.
        var schema: PanelSchema?
        /// The same for the pages of persons and organizations, where it differs: each view has a panel of its own.
        var contactSchema: PanelSchema?

        func schema(for entity: Entity) -> PanelSchema? { entity == .deal ? schema : contactSchema ?? schema }
    }

    var host = "127.0.0.1"
    var port: UInt16 = 0
    var clientID: String
    var clientSecret: String
    var redirectURI: String
    /// Where the Marketplace sends those who click install, when the app has such an address.
    var installationURL: String?
    var panel: Panel?
    var stateFile: String?
    var personCount = 320
    var companyCount = 1
    var seed: UInt64 = 1
    var limits = RateLimiter.Limits()
    var webhookPolicy = WebhookQueue.Policy()
}
