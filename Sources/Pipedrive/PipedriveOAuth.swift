public import Domain
public import FoundationEssentials
public import HTTPTransport
import HTTPTypes

/// Pipedrive's OAuth server, with the client's own credentials in the header and nowhere else.
public struct PipedriveOAuth: OAuthProvider {
    private let configuration: PipedriveConfiguration
    private let gateway: PipedriveGateway
    private let origin: WebOrigin

    /// Makes a provider; the transport must not follow redirects.
    public init(configuration: PipedriveConfiguration, transport: any HTTPSending) {
        self.configuration = configuration
        origin = configuration.oauthOrigin
        gateway = PipedriveGateway(configuration: configuration, transport: transport)
    }

    /// Where the browser is sent for consent. The scopes are those of the app's registration, so none are named.
    public func authorizeURL(state: String) -> String {
        let query = PercentEncoding.pairs([
            ("client_id", configuration.clientID), ("redirect_uri", configuration.redirectURL), ("state", state),
        ])
        return "\(origin.text)\(PipedriveFacts.authorize.path)?\(query)"
    }

    /// Trades a code for credentials; at most 6 seconds, so that the user's name still fits into the callback's ten.
    public func exchange(code: Secret, now: Date) async throws -> Credentials {
        try await credentials(
            PipedriveFacts.exchangeCode,
            [
                ("grant_type", "authorization_code"), ("code", code.reveal()),
                ("redirect_uri", configuration.redirectURL),
            ], now: now, timeout: .seconds(6))
    }

    /// Trades a refresh token for new credentials; 25 seconds, because giving up early would leave open which token
    /// counts.
    public func refresh(_ refreshToken: Secret, now: Date) async throws -> Credentials {
        try await credentials(
            PipedriveFacts.refreshToken,
            [("grant_type", "refresh_token"), ("refresh_token", refreshToken.reveal())], now: now,
            timeout: .seconds(25))
    }

    /// Ends the app's authorisation by this user; 5 seconds. An unknown token is no error (RFC 7009, section 2.2).
    public func revoke(_ refreshToken: Secret) async throws {
        let form = [("token", refreshToken.reveal()), ("token_type_hint", "refresh_token")]
        let answer = try await post(PipedriveFacts.revokeToken, form, timeout: .seconds(5))
        if let failure = TokenAnswer.failure(of: answer, to: PipedriveFacts.revokeToken) { throw failure }
    }

    /// Who the credentials belong to; 4 seconds.
    public func currentUser(_ access: PipedriveAccess) async throws -> PipedriveUser {
        let operation = PipedriveFacts.currentUser
        let answer = try await gateway.answer(to: operation, access: access, timeout: .seconds(4))
        guard let user = answer["data"], let id = user["id"]?.integer, let company = user["company_id"]?.integer else {
            throw PipedriveGateway.unreadable(operation)
        }
        // The account's own administration counts, not that of single products such as campaigns.
        let isAdmin = (user["access"]?.elements ?? []).contains { entry in
            entry["admin"]?.flag == true && ["global", "sales", "account_settings"].contains(entry["app"]?.text)
        }
        return PipedriveUser(
            id: PipedriveUser.ID(id), companyID: PipedriveCompany.ID(company),
            companyName: user["company_name"]?.text ?? "", name: user["name"]?.text ?? "", isAdmin: isAdmin)
    }

    private func credentials(
        _ operation: PipedriveOperation, _ form: PipedriveGateway.Query, now: Date, timeout: Duration
    ) async throws -> Credentials {
        let answer = try await post(operation, form, timeout: timeout)
        if let failure = TokenAnswer.failure(of: answer, to: operation) { throw failure }
        return try TokenAnswer.credentials(
            answer, to: operation, allowedHosts: configuration.allowedHosts, now: now)
    }

    private func post(
        _ operation: PipedriveOperation, _ form: PipedriveGateway.Query, timeout: Duration
    ) async throws -> IncomingResponse {
        var request = HTTPRequest(
            method: operation.method, scheme: origin.scheme, authority: origin.authority, path: operation.path)
        let pair = "\(configuration.clientID):\(configuration.clientSecret.reveal())"
        request.headerFields[.authorization] = "Basic \(Data(pair.utf8).base64EncodedString())"
        request.headerFields[.contentType] = "application/x-www-form-urlencoded"
        request.headerFields[.accept] = "application/json"
        return try await gateway.send(
            request, body: Array(PercentEncoding.pairs(form).utf8), operation: operation, timeout: timeout)
    }
}
