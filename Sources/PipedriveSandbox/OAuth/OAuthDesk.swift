/// The OAuth routes: consent in the browser, tokens for the app, revocation.
struct OAuthDesk {
    /// What every grant allows.
    static let scope =
        "base,deals:full,contacts:full,products:full,activities:full,webhooks:full,users:read,leads:full"
    static let accessLifetimeSeconds = 3600

    let sandbox: Sandbox

    func answer(_ request: Request) -> Outcome {
        var path = request.path
        if path.hasSuffix("/") { path.removeLast() }
        var outcome = Outcome(route: path)
        switch (request.method, path) {
        case ("GET", "/oauth/authorize"): outcome.reply = consent(request)
        case ("POST", "/oauth/authorize"): outcome.reply = decide(request)
        case ("POST", "/oauth/token"): outcome.reply = answerApp(request, token)
        case ("POST", "/oauth/revoke"): outcome.reply = answerApp(request, revoke)
        default:
            outcome.route = nil
            outcome.reply = Refusal.notFound("Not found").reply
        }
        if let status = outcome.reply?.status, status >= 400 { outcome.problems = ["refused with \(status)"] }
        return outcome
    }

    // MARK: In the browser

    private func consent(_ request: Request) -> Reply {
        guard request.value("client_id") == sandbox.options.clientID else {
            return problem("invalid_client", "Client id is not known")
        }
        guard request.value("redirect_uri") ?? sandbox.options.redirectURI == sandbox.options.redirectURI else {
            return .json(["error": "Invalid redirect URL"], status: 400)
        }
        let companies = sandbox.companies.all.map { one in
            let stored = one.store.snapshot()
            return ConsentPage.Choice(company: stored.company, users: stored.users)
        }
        return ConsentPage(
            choices: companies, state: request.value("state"), clientID: sandbox.options.clientID
        ).reply
    }

    private func decide(_ request: Request) -> Reply {
        guard request.formValue("client_id") == sandbox.options.clientID else {
            return problem("invalid_client", "Client id is not known")
        }
        let state = request.formValue("state").map { [("state", $0)] } ?? []
        let target = sandbox.options.redirectURI
        guard request.formValue("decision") == "allow" else {
            return .redirect(Form.appending([("error", "user_denied")] + state, to: target), status: 302)
        }
        let userID = request.formValue("user_id").flatMap { Companies.choice($0).user } ?? 1
        let code = AuthorizationCode(
            text: RandomText.token(length: 40), userID: userID, issuedAt: sandbox.clock())
        do {
            try sandbox.store.change { stored in
                try stored.requireUser(.int(userID), "user_id")
                stored.codes.append(code)
            }
        } catch { return problem("invalid_request", "No such user") }
        return .redirect(Form.appending([("code", code.text)] + state, to: target), status: 302)
    }

    // MARK: For the app

    private func answerApp(_ request: Request, _ answer: (Request) throws -> Reply) -> Reply {
        guard request.contentType == "application/x-www-form-urlencoded" else {
            return problem("invalid_request", "Content-Type must be application/x-www-form-urlencoded")
        }
        let basic = request.basicCredentials
        guard let user = basic?.user ?? request.formValue("client_id"),
            let password = basic?.password ?? request.formValue("client_secret")
        else { return problem("invalid_client", "Client credentials are missing") }
        guard user == sandbox.options.clientID, password == sandbox.options.clientSecret else {
            return problem("invalid_client", "Client is invalid")
        }
        do { return try answer(request) } catch let refusal as OAuthRefusal {
            return problem(refusal.error, refusal.message)
        } catch { return .json(["success": false, "error": "server_error"], status: 500) }
    }

    private func token(_ request: Request) throws -> Reply {
        switch request.formValue("grant_type") {
        case "authorization_code": try exchange(request)
        case "refresh_token": try refresh(request)
        case nil: throw OAuthRefusal(error: "invalid_request", message: "grant_type is missing")
        default: throw OAuthRefusal(error: "unsupported_grant_type", message: "Grant type is not supported")
        }
    }

    private func exchange(_ request: Request) throws -> Reply {
        guard let target = request.formValue("redirect_uri"), target.contains("://") else {
            throw OAuthRefusal(error: "invalid_request", message: "redirect_uri is missing or not a URI")
        }
        guard target == sandbox.options.redirectURI else {
            throw OAuthRefusal(error: "invalid_grant", message: "redirect_uri differs from the registered one")
        }
        let now = sandbox.clock()
        let text = request.formValue("code") ?? ""
        return try sandbox.store.change { state in
            guard let place = state.codes.firstIndex(where: { $0.text == text }), !state.codes[place].isUsed else {
                throw OAuthRefusal(error: "invalid_grant", message: "authorization_code is invalid or already used")
            }
            guard !state.codes[place].isExpired(at: now) else {
                throw OAuthRefusal(error: "invalid_grant", message: "authorization_code has expired")
            }
            state.codes[place].isUsed = true
            let userID = state.codes[place].userID
            // Allowing the app again replaces what the same user allowed before.
            state.grants.removeAll { $0.userID == userID }
            let refreshToken = Self.refreshToken(state.company.id, userID)
            state.grants.append(Grant(userID: userID, refreshToken: refreshToken, refreshedAt: now, scope: state.scope))
            return issue(&state.grants[state.grants.count - 1], now: now)
        }
    }

    private func refresh(_ request: Request) throws -> Reply {
        let now = sandbox.clock()
        let text = request.formValue("refresh_token")
        return try sandbox.store.change { state in
            guard let place = state.grants.firstIndex(where: { $0.refreshToken == text && $0.isUsable(at: now) }) else {
                throw OAuthRefusal(error: "invalid_grant", message: "refresh_token is invalid or already exchanged")
            }
            state.grants[place].refreshedAt = now
            if state.isRotating {
                state.grants[place].refreshToken = Self.refreshToken(state.company.id, state.grants[place].userID)
            }
            return issue(&state.grants[place], now: now)
        }
    }

    private static func refreshToken(_ companyID: Int, _ userID: Int) -> String {
        "\(companyID):\(userID):\(RandomText.token(length: 40).lowercased())"
    }

    private func issue(_ grant: inout Grant, now: Timestamp) -> Reply {
        let access = Grant.AccessToken(
            text: "v1u:" + RandomText.token(length: 180), expiresAt: now.adding(seconds: Self.accessLifetimeSeconds))
        grant.accessTokens.removeAll { $0.expiresAt <= now }
        grant.accessTokens.append(access)
        var reply = Reply.json([
            "access_token": .string(access.text), "token_type": "Bearer",
            "refresh_token": .string(grant.refreshToken), "scope": .string(grant.scope),
            "expires_in": .int(Self.accessLifetimeSeconds - 1), "api_domain": .string(sandbox.origin),
        ])
        reply.headers.append(("Cache-Control", "no-store"))
        return reply
    }

    /// RFC 7009: the answer is 200 also for a token that is not known.
    private func revoke(_ request: Request) throws -> Reply {
        let token = request.formValue("token")
        try sandbox.store.change { state in
            if let grant = state.grants.first(where: { $0.refreshToken == token }) {
                state.uninstall(userID: grant.userID)
            }
            for place in state.grants.indices { state.grants[place].accessTokens.removeAll { $0.text == token } }
        }
        return .json(["success": true])
    }

    private func problem(_ error: String, _ message: String) -> Reply {
        .json(["success": false, "error": .string(error), "message": .string(message)], status: 400)
    }
}
