import Foundation

/// The sandbox's side: what a person does in Pipedrive, what its API says, and how it is disturbed.
struct Sandbox: Sendable {
    let origin: String
    let stateFile: String
    private let administrator = Administrator()

    /// What is read of a large file.
    private struct Remembered: Decodable {
        let grants: [JSON]
    }

    /// The administrator's token, kept because the file is large.
    private actor Administrator {
        private var known: String?

        func forget() { known = nil }

        func token(in file: String) async throws -> String {
            if let known { return known }
            let found = try await wait(for: "a token of the administrator") {
                let content = FileManager.default.contents(atPath: file)
                let state = try content.map { try JSONDecoder().decode(Remembered.self, from: $0) }
                let grant = state?.grants.first { $0["user_id"] == 1 }
                return grant?["access"].items.last?["token"].text
            }
            known = found
            return found
        }
    }

    init(origin: String, stateFile: String) { (self.origin, self.stateFile) = (origin, stateFile) }

    // MARK: Control

    func control(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await HTTP.send(
            method, "\(origin)/sandbox/\(path)", fields: ["Content-Type": "application/json"], body: try body?.data())
        guard (200..<300).contains(answer.status) else {
            throw Failure("\(method) /sandbox/\(path): \(answer.status) \(answer.text)")
        }
        return try answer.json()
    }

    /// Pipedrive's consent page as somebody sees it who comes from the Marketplace, without a state of ours.
    func consentPage() async throws -> String {
        try await HTTP.send("GET", "\(origin)/oauth/authorize?client_id=\(Installation.clientID)").text
    }

    /// What a user answers on a consent page; where Pipedrive sends their browser then.
    func decide(_ consent: String, user: String = "1", _ decision: String = "allow") async throws -> String {
        let form = try HTMLForm(action: "/oauth/authorize", in: consent)
        let answer = try await HTTP.send(
            "POST", "\(origin)/oauth/authorize", fields: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Data(HTTP.encoded(form.fields + [("user_id", user), ("decision", decision)]).utf8))
        return try answer.fields["location"].orFail("\(decision) led nowhere: \(answer.status) \(answer.text)")
    }

    func move(deal: Int, to stage: Int) async throws {
        _ = try await control("POST", "deals/\(deal)/move", ["stage_id": .number(Decimal(stage))])
    }

    /// What was sent to the webhooks, oldest first.
    func deliveries() async throws -> [JSON] { try await control("GET", "webhooks")["data"].items }

    func redeliver(_ delivery: JSON) async throws {
        _ = try await control("POST", "webhooks/redeliver/\(delivery["number"].whole ?? 0)")
    }

    /// The calls that reached the API, oldest first.
    func requests(_ path: String) async throws -> [JSON] {
        try await control("GET", "requests?path=\(path)")["data"].items
    }

    // MARK: API

    /// Everything the sandbox remembers, half a second old at most; nil until it has something to remember.
    func remembered() throws -> JSON? {
        try FileManager.default.contents(atPath: stateFile).map { try JSON.parse($0) }
    }

    /// The live records of a table, by what the sandbox remembers.
    func records(_ table: String) throws -> [JSON] {
        let state = try remembered().orFail("The sandbox remembers nothing yet")
        return state["tables"][table]["records"].items.map { $0["fields"] }.filter { $0["is_deleted"].truth != true }
    }

    /// The tokens that the sandbox has handed out: every access token and every refresh token.
    func issuedTokens() throws -> [String] {
        (try remembered()?["grants"].items ?? []).flatMap { grant in
            [grant["refresh_token"].text].compactMap { $0 } + grant["access"].items.compactMap { $0["token"].text }
        }
    }

    /// Asks the API as the administrator, with the token that PayDock got; after one has ended, with the next.
    func api(_ path: String) async throws -> JSON {
        // After another install the known token is worth nothing, and the new one is remembered a little later.
        let answer = try await wait(for: "an answer to the administrator") { () -> Answer? in
            let token = try await administrator.token(in: stateFile)
            let answer = try await HTTP.send(
                "GET", "\(origin)/api/\(path)", fields: ["Authorization": "Bearer \(token)"])
            guard answer.status == 401 else { return answer }
            await administrator.forget()
            return nil
        }
        guard answer.status == 200 else { throw Failure("GET /api/\(path): \(answer.status) \(answer.text)") }
        return try answer.json()
    }

    func data(_ path: String) async throws -> [JSON] { try await api(path)["data"].items }

    /// The notes of a deal in the order they were made.
    func notes(deal: Int) async throws -> [JSON] {
        try await data("v1/notes?deal_id=\(deal)&limit=500").sorted { ($0["id"].whole ?? 0) < ($1["id"].whole ?? 0) }
    }
}
