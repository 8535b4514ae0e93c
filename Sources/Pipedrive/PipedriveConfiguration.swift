public import Domain

/// What an operator gives to reach Pipedrive.
public struct PipedriveConfiguration: Sendable {
    /// Hosts allowed as a company's API when nothing else is said: `pipedrive.com` and its subdomains.
    public static let defaultAllowedHosts = ["pipedrive.com"]

    let clientID: String
    let clientSecret: Secret
    let oauthOrigin: WebOrigin
    let allowedHosts: AllowedHosts
    let redirectURL: String

    /// Checks and keeps the values of `PIPEDRIVE_CLIENT_ID`, `PIPEDRIVE_CLIENT_SECRET`, `PIPEDRIVE_OAUTH_URL`,
    /// `PIPEDRIVE_ALLOWED_HOSTS` (split at its commas; none means the default) and the callback's URL.
    ///
    /// Throws `PipedriveConfigurationError`, which names the key. Plain http is only taken for loopback hosts that
    /// `allowedHosts` lists.
    public init(
        clientID: String, clientSecret: Secret, oauthURL: String, allowedHosts: [String], redirectURL: String
    ) throws {
        let hosts = try AllowedHosts(allowedHosts.isEmpty ? Self.defaultAllowedHosts : allowedHosts)
        guard !clientID.isEmpty, Self.isVisible(clientID), !clientID.contains(":") else {
            throw PipedriveConfigurationError(key: "PIPEDRIVE_CLIENT_ID", reason: "must be a word without a colon")
        }
        guard !clientSecret.reveal().isEmpty, Self.isVisible(clientSecret.reveal()) else {
            throw PipedriveConfigurationError(key: "PIPEDRIVE_CLIENT_SECRET", reason: "must be a word")
        }
        guard let oauth = WebOrigin(oauthURL), oauth.isEncrypted || hosts.isListedLoopback(oauth) else {
            throw PipedriveConfigurationError(
                key: "PIPEDRIVE_OAUTH_URL",
                reason: "must be https with a host and nothing after it, or http to a listed loopback host")
        }
        guard redirectURL.hasPrefix("https://") || redirectURL.hasPrefix("http://"), Self.isVisible(redirectURL),
            !redirectURL.contains("#")
        else {
            throw PipedriveConfigurationError(key: "PAYDOCK_PUBLIC_URL", reason: "must make an absolute callback URL")
        }
        self.clientID = clientID
        self.clientSecret = clientSecret
        oauthOrigin = oauth
        self.allowedHosts = hosts
        self.redirectURL = redirectURL
    }

    private static func isVisible(_ text: String) -> Bool { text.utf8.allSatisfy { (33...126).contains($0) } }
}

/// A value that an operator has to correct.
public struct PipedriveConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Name of the configuration key.
    public let key: String
    /// What the value has to be.
    public let reason: String

    /// Key and reason, without the value.
    public var description: String { "\(key) \(reason)" }
}
