/// A cookie of ours: its name and how it is set.
struct SiteCookie: Sendable {
    private let baseName: String
    private let isSecure: Bool

    /// The login session.
    static func session(isSecure: Bool) -> SiteCookie { SiteCookie(baseName: "paydock_session", isSecure: isSecure) }
    /// What forms without a session are compared with.
    static func form(isSecure: Bool) -> SiteCookie { SiteCookie(baseName: "paydock_form", isSecure: isSecure) }
    /// The ticket of a parked Marketplace install.
    static func ticket(isSecure: Bool) -> SiteCookie { SiteCookie(baseName: "paydock_install", isSecure: isSecure) }

    /// Over https with the prefix that keeps other hosts of the domain from setting it.
    var name: String { isSecure ? "__Host-\(baseName)" : baseName }

    /// Sets the cookie until the browser closes, or for `seconds`.
    func setting(_ value: String, seconds: Int? = nil) -> String {
        let age = seconds.map { "; Max-Age=\($0)" } ?? ""
        return "\(name)=\(value); Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")\(age)"
    }

    /// Removes the cookie.
    func removing() -> String { setting("", seconds: 0) }
}
