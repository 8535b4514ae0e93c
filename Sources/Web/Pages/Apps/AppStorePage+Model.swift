import Domain

/// The App Store with its one app.
struct AppStorePage: Page {
    let title = "App Store"
    let section: NavigationSection? = .apps
    let isConnected: Bool
    let connectedTo: String?
    let scopes: [Scope]

    /// A right that Install asks for, and why.
    struct Scope: Sendable {
        let name: String
        let use: String
    }

    init(connection: Connection?) {
        isConnected = connection.map { $0.state != .disconnected } ?? false
        connectedTo = isConnected ? connection?.pipedriveCompanyName : nil
        scopes = Credentials.requestedScopes.map { Scope(name: $0, use: Self.uses[$0] ?? "") }
    }

    private static let uses = [
        "deals:full": "Reading deals for the AI quote trigger and linking them to invoices.",
        "contacts:full": "Syncing persons and organizations in both directions.",
        "products:full": "Importing the product catalog.",
        "activities:full": "Posting notes on events (sent, paid).",
        "webhooks:full": "Receiving realtime updates when deals change.",
        "users:read": "Fetching company and user info during onboarding.",
        "leads:full": "Optional lead linking.",
    ]
}
