import Synchronization

@testable import PipedriveSandbox

/// A sandbox with its own clock, asked without a network.
final class TestSandbox: Sendable {
    static let callback = "https://paydock.example/pipedrive/callback"

    let sandbox: Sandbox
    private let time: Clock

    private final class Clock: Sendable {
        let now = Mutex(Timestamp(seconds: 1_775_000_000))
    }

    init(
        panel: SandboxOptions.Panel? = nil, redirectURI: String = TestSandbox.callback,
        installationURL: String? = nil, policy: WebhookQueue.Policy = .patient,
        limits: RateLimiter.Limits = .init()
    ) throws {
        var options = SandboxOptions(clientID: "client", clientSecret: "secret", redirectURI: redirectURI)
        options.panel = panel
        options.installationURL = installationURL
        options.webhookPolicy = policy
        options.limits = limits
        let time = Clock()
        self.time = time
        sandbox = Sandbox(options, state: try SampleState.make(personCount: 320, seed: 1)) {
            time.now.withLock { $0 }
        }
    }

    func advance(seconds: Int) { time.now.withLock { $0 = $0.adding(seconds: seconds) } }

    /// An answer with its body read.
    struct Answer {
        let status: Int
        let json: JSON
        let headers: [(name: String, value: String)]
        let text: String

        func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name.lowercased() }?.value }
        var data: JSON { json["data"] }
        var nextCursor: String? { json["additional_data"]["next_cursor"].text }
    }

    func send(_ method: String, _ target: String, headers: [String: String] = [:], body: [UInt8] = []) async throws
        -> Answer
    {
        let request = Request(method: method, target: target, headers: headers, body: body)
        guard let reply = await sandbox.answer(request) else {
            return Answer(status: 0, json: .null, headers: [], text: "")
        }
        let text = String(decoding: reply.body, as: UTF8.self)
        let isJSON = reply.headers.contains { $0.value.contains("json") }
        let json = isJSON ? try JSONParser.parse(reply.body) : .null
        return Answer(status: reply.status, json: json, headers: reply.headers, text: text)
    }

    /// A call of the API, or of a control route when there is no token.
    func call(_ method: String, _ target: String, _ body: JSON? = nil, token: String? = nil) async throws -> Answer {
        var headers: [String: String] = [:]
        if let token { headers["authorization"] = "Bearer \(token)" }
        if body != nil { headers["content-type"] = "application/json" }
        return try await send(method, target, headers: headers, body: body.map { JSONWriter.bytes($0) } ?? [])
    }

    func form(_ target: String, _ fields: [(String, String)], headers: [String: String] = [:]) async throws -> Answer {
        var headers = headers
        headers["content-type"] = "application/x-www-form-urlencoded"
        return try await send("POST", target, headers: headers, body: Array(Form.encode(fields).utf8))
    }

    static let clientHeaders = ["authorization": OutgoingHTTP.basic("client", "secret")]

    /// Allows the app in the browser; answers the code that the callback gets.
    func allow(userID: Int = 1) async throws -> String {
        let answer = try await form(
            "/oauth/authorize", [("client_id", "client"), ("user_id", String(userID)), ("decision", "allow")])
        let location = Request(method: "GET", target: answer.header("Location") ?? "")
        return location.value("code") ?? ""
    }

    func exchange(_ code: String) async throws -> Answer {
        try await form(
            "/oauth/token",
            [
                ("grant_type", "authorization_code"), ("code", code),
                ("redirect_uri", sandbox.options.redirectURI),
            ], headers: Self.clientHeaders)
    }

    func refresh(_ token: String) async throws -> Answer {
        try await form(
            "/oauth/token", [("grant_type", "refresh_token"), ("refresh_token", token)], headers: Self.clientHeaders)
    }

    /// A user's access token.
    func signIn(userID: Int = 1) async throws -> String {
        try await exchange(try await allow(userID: userID)).json["access_token"].text ?? ""
    }
}
