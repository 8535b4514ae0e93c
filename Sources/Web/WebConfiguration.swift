/// What the web side has to know about where it runs.
public struct WebConfiguration: Sendable {
    /// Scheme and host that browsers use, without a slash at the end.
    public let publicURL: String
    /// Where people find help.
    public let supportEmail: String
    /// Origin of Pipedrive's consent page: forms may lead there.
    public let consentOrigin: String

    /// Makes a configuration; a slash at the end of `publicURL` is dropped.
    public init(publicURL: String, supportEmail: String, consentOrigin: String) {
        self.publicURL = publicURL.hasSuffix("/") ? String(publicURL.dropLast()) : publicURL
        self.supportEmail = supportEmail
        self.consentOrigin = consentOrigin
    }

    var isSecure: Bool { publicURL.hasPrefix("https:") }
}
