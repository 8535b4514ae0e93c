import Domain

/// The hosts that an access token may be sent to.
///
/// `api_domain` comes from outside: without this check a forged token answer could make us send bearer tokens, and
/// requests into our own network, anywhere.
struct AllowedHosts: Hashable, Sendable {
    private let entries: [HostAndPort]

    /// Reads `host` or `host:port` entries; throws `PipedriveConfigurationError` on one that is neither.
    ///
    /// `pipedrive.com` stands for its subdomains too; every other entry is that host alone. An entry without a port
    /// allows the scheme's own port only.
    init(_ entries: [String]) throws {
        self.entries = try entries.map { entry in
            let trimmed = entry.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
            guard let place = HostAndPort(String(trimmed)) else {
                throw PipedriveConfigurationError(
                    key: "PIPEDRIVE_ALLOWED_HOSTS", reason: "must be a comma list of host or host:port")
            }
            return place
        }
    }

    /// The origin of an `api_domain`, cleaned up; nil when it may not be called.
    func origin(of apiDomain: String) -> WebOrigin? {
        guard let origin = WebOrigin(apiDomain) else { return nil }
        if origin.isEncrypted { return entries.contains { covers($0, origin) } ? origin : nil }
        return isListedLoopback(origin) ? origin : nil
    }

    /// Whether it is this machine, listed with that very port: the only place for plain http.
    func isListedLoopback(_ origin: WebOrigin) -> Bool {
        entries.contains { $0.isLoopback && covers($0, origin) }
    }

    private func covers(_ entry: HostAndPort, _ origin: WebOrigin) -> Bool {
        let standardPort = origin.isEncrypted ? 443 : 80
        guard (entry.port ?? standardPort) == (origin.port ?? standardPort) else { return false }
        if entry.host == origin.host { return true }
        return entry.host == "pipedrive.com" && origin.host.hasSuffix(".pipedrive.com")
    }
}
