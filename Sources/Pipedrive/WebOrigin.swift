/// Scheme, host and port, read strictly: what a lenient URL parser would argue about is refused.
struct WebOrigin: Hashable, Sendable {
    /// Whether the scheme is https; else it is http.
    let isEncrypted: Bool
    /// Lower-case name, or IPv4 address as it was written.
    let host: String
    /// The port, unless it is the scheme's own.
    let port: Int?

    /// Reads `https://host[:port]`, a single slash at the end allowed; nil for anything with user information, path,
    /// query, fragment, blanks, escapes, an IPv6 address, a trailing dot, or characters outside host names.
    init?(_ text: String) {
        guard let mark = text.firstRange(of: "://") else { return nil }
        switch text[..<mark.lowerBound].lowercased() {
        case "https": isEncrypted = true
        case "http": isEncrypted = false
        default: return nil
        }
        var rest = text[mark.upperBound...]
        if rest.hasSuffix("/") { rest.removeLast() }
        guard let place = HostAndPort(String(rest)) else { return nil }
        host = place.host
        port = place.port == (isEncrypted ? 443 : 80) ? nil : place.port
    }

    /// Host, with the port where it is not the scheme's own.
    var authority: String { port.map { "\(host):\($0)" } ?? host }

    /// `http` or `https`.
    var scheme: String { isEncrypted ? "https" : "http" }

    /// The origin as a text, without a slash at the end.
    var text: String { "\(scheme)://\(authority)" }
}

/// A host with an optional port, as in an authority without user information.
struct HostAndPort: Hashable, Sendable {
    let host: String
    let port: Int?

    /// Reads `host` or `host:port`; nil for what is no host name of RFC 1123 or no port from 1 to 65535.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        host = parts[0].lowercased()
        guard Self.isHostName(host) else { return nil }
        guard parts.count == 2 else {
            port = nil
            return
        }
        guard (1...5).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
            !parts[1].hasPrefix("0"), let number = Int(parts[1]), number <= 65_535
        else { return nil }
        port = number
    }

    /// Whether the host is this machine.
    var isLoopback: Bool {
        if host == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isHostName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        }
    }
}
