import Synchronization

/// The companies that one program pretends to hold, and which of them a request is for.
final class Companies: Sendable {
    private let list = Mutex<[Sandbox]>([])

    var all: [Sandbox] { list.withLock { $0 } }

    func add(_ sandbox: Sandbox) { list.withLock { $0.append(sandbox) } }

    /// The company with this id.
    func company(_ id: Int?) -> Sandbox? {
        guard let id else { return nil }
        return all.first { $0.companyID == id }
    }

    /// By the token, code or refresh token of a call, or the company that a page or control call names; else the first.
    func company(for request: Request) -> Sandbox? {
        let all = self.all
        if all.count < 2 { return all.first }
        let found: Sandbox?
        if request.path.hasPrefix("/api/") {
            let token = request.bearerToken
            found = all.first { $0.store.knowsAccess(token) }
        } else if request.path.hasPrefix("/oauth/") {
            let secrets = ["code", "refresh_token", "token"].compactMap { request.formValue($0) }
            let chosen = request.formValue("user_id").flatMap { Self.choice($0).company }
            found = company(chosen) ?? all.first { $0.store.knows(secrets) }
        } else {
            let word = request.value("company") ?? request.cookie("company")
            found = company(word.flatMap { Int($0) })
        }
        return found ?? all.first
    }

    /// Reads `2` as a user of the first company, `7702-2` as one of another.
    static func choice(_ text: String) -> (company: Int?, user: Int?) {
        let parts = text.split(separator: "-")
        return parts.count == 2 ? (Int(parts[0]), Int(parts[1])) : (nil, Int(text))
    }
}
