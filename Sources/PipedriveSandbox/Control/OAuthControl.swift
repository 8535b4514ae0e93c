/// The control routes of tokens, under /sandbox/oauth.
struct OAuthControl {
    let sandbox: Sandbox

    /// `POST /sandbox/oauth`: whether refresh tokens rotate and which scope is granted from now on.
    ///
    /// `POST /sandbox/oauth/expire` ends codes, access tokens or refresh tokens; `POST /sandbox/oauth/revoke` ends a
    /// user's grant without a word to the app.
    func answer(_ words: [String], _ body: JSONObject) throws -> Reply {
        let userID = body["user_id"]?.whole
        switch words.dropFirst().first {
        case nil:
            try sandbox.store.change { state in
                if let isRotating = body["rotation"]?.truth { state.isRotating = isRotating }
                if let scope = body["scope"]?.text { state.scope = scope }
            }
            let state = sandbox.store.snapshot()
            return .success(["rotation": .bool(state.isRotating), "scope": .string(state.scope)])
        case "expire":
            guard let what = body["what"]?.text, ["codes", "access", "refresh"].contains(what) else {
                throw Refusal.bad("Parameter 'what' must be codes, access or refresh")
            }
            try sandbox.store.change { $0.expire(what, userID: userID) }
            return .json(["success": true])
        case "revoke":
            guard let userID else { throw Refusal.bad("A user_id is needed") }
            try sandbox.store.change { $0.uninstall(userID: userID) }
            return .json(["success": true])
        default: throw Refusal.notFound("No such control route")
        }
    }
}
