import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes

/// Reads the answers of the token endpoint.
enum TokenAnswer {
    /// The credentials in a successful answer; the API's host is checked here, before anything is sent there.
    static func credentials(
        _ answer: IncomingResponse, to operation: PipedriveOperation, allowedHosts: AllowedHosts, now: Date
    ) throws -> Credentials {
        let status = answer.response.status.code
        guard let root = JSONDocument(answer.body)?.root, let access = RecordReading.filled(root["access_token"]),
            let refresh = RecordReading.filled(root["refresh_token"]),
            (root["token_type"]?.text ?? "bearer").lowercased() == "bearer",
            let lifetime = root["expires_in"]?.integer, (1...31_536_000).contains(lifetime),
            let apiDomain = root["api_domain"]?.text, isHeaderSafe(access)
        else { throw PipedriveGateway.unreadable(operation, status: status) }
        guard let origin = allowedHosts.origin(of: apiDomain) else {
            throw CRMFailure(
                .rejected, status: status, reason: "The token answer names an API host that is not allowed")
        }
        let scopes = (root["scope"]?.text ?? "").split { $0 == "," || $0 == " " }.map(String.init)
        return Credentials(
            accessToken: Secret(access), refreshToken: Secret(refresh),
            expiresAt: now.addingTimeInterval(TimeInterval(lifetime)), apiOrigin: APIOrigin(checked: origin.text),
            scopes: Set(scopes))
    }

    /// Nil for success. Only words about the grant itself are `grantRefused`; trouble with our own client id, or
    /// anything that is not understood, must never end a connection.
    static func failure(of answer: IncomingResponse, to operation: PipedriveOperation) -> CRMFailure? {
        let status = answer.response.status.code
        guard status == 400 || status == 401 else {
            return other(AnswerSorting.failure(of: answer, to: operation))
        }
        switch verdict(JSONDocument(answer.body)?.root) {
        case .grant:
            return CRMFailure(
                .grantRefused, status: status, reason: "Pipedrive refused the authorisation as no longer valid")
        case .client:
            return CRMFailure(
                .wait(seconds: nil), status: status,
                reason: "Pipedrive refused this app's own registration: check client id, secret and callback URL")
        case .unknown:
            return CRMFailure(
                .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil), status: status,
                reason: "Pipedrive refused \(operation.label) without a reason that is known")
        }
    }

    private enum Verdict {
        case grant
        case client
        case unknown
    }

    /// The exact bodies are not published, so codes of RFC 6749, section 5.2, and the documented sentences both count.
    private static func verdict(_ root: JSONNode?) -> Verdict {
        guard let root, root.isObject else { return .unknown }
        let code = root["error"]?.text?.lowercased() ?? ""
        let words = [root["error"], root["error_description"], root["message"], root["error_info"]]
            .compactMap { $0?.text?.lowercased().replacing("_", with: " ") }.joined(separator: " ")
        if ["invalid_client", "unauthorized_client"].contains(code) { return .client }
        if ["redirect uri", "redirect url", "grant type"].contains(where: words.contains) { return .client }
        if code == "invalid_grant" { return .grant }
        let isAboutGrant = ["refresh token", "authorization code"].contains(where: words.contains)
        let isAboutValidity = ["invalid", "expired", "already", "not valid", "revoked"].contains(where: words.contains)
        if isAboutGrant && isAboutValidity { return .grant }
        return code == "invalid_request" || words.contains("client") ? .client : .unknown
    }

    /// Refusals that the API's meaning does not fit: a token endpoint that is missing or moved is no verdict on a
    /// grant.
    private static func other(_ failure: CRMFailure?) -> CRMFailure? {
        guard let failure, failure.kind == .rejected else { return failure }
        return CRMFailure(
            .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil), status: failure.status,
            reason: failure.reason)
    }

    private static func isHeaderSafe(_ token: String) -> Bool { token.utf8.allSatisfy { (33...126).contains($0) } }
}
