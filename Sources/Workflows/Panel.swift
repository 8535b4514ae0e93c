public import Domain
public import FoundationEssentials

/// The sidebar's figures, from our database alone.
public struct Panel: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource
    private let credentials: Secret
    private let tokenKey: Secret
    private let requiresToken: Bool

    /// Wires the use case.
    ///
    /// - Parameters:
    ///   - credentials: `user:password` that Pipedrive's server sends.
    ///   - tokenKey: key of the HS256 token beside it.
    ///   - requiresToken: refuses requests without one.
    public init(
        storage: any Storage, secrets: any SecretSource, credentials: Secret, tokenKey: Secret, requiresToken: Bool
    ) {
        self.storage = storage
        self.secrets = secrets
        self.credentials = credentials
        self.tokenKey = tokenKey
        self.requiresToken = requiresToken
    }

    /// The documented query of a panel request.
    public struct Query: Sendable {
        /// Which page it stands on.
        public let subject: PanelSubject
        /// The Pipedrive company.
        public let companyID: PipedriveCompany.ID
        /// The viewer.
        public let userID: PipedriveUser.ID
        /// The signed token, if one came.
        public let token: String?

        /// Makes a query.
        public init(
            subject: PanelSubject, companyID: PipedriveCompany.ID, userID: PipedriveUser.ID, token: String?
        ) {
            self.subject = subject
            self.companyID = companyID
            self.userID = userID
            self.token = token
        }
    }

    /// Answers a panel request.
    ///
    /// Throws `unauthorized` for wrong Basic credentials or a wrong token, before anything else is looked at. A company
    /// that is not known is `disconnected`. `query` is only evaluated once Basic was right; it throws `invalid`.
    public func view(authorization: String?, query: () throws -> Query, now: Date) throws -> PanelView {
        let expected = secrets.digest(credentials.reveal())
        let given = secrets.digest(BasicCredentials(header: authorization)?.text.reveal() ?? "")
        guard secrets.matches(given, expected) else {
            throw Refusal(.unauthorized, "These are not the panel's credentials.")
        }
        let query = try query()
        guard try isProven(query, now: now) else {
            throw Refusal(.unauthorized, "The panel's token is not valid.")
        }
        let company = try storage.transaction(.web(nil)) {
            try $0.directory.company(pipedriveCompany: query.companyID)
        }
        guard let company else { return .disconnected }
        return try storage.transaction(.web(company)) {
            try $0.panel.view(query.subject, user: query.userID, now: nil)
        }
    }

    private func isProven(_ query: Query, now: Date) throws -> Bool {
        guard let token = query.token else { return !requiresToken }
        guard let claims = SignedToken(token, key: tokenKey, secrets: secrets) else { return false }
        return claims.companyID == query.companyID.rawValue && claims.userID == query.userID.rawValue
            && (claims.expiresAt.map { $0 > now.timeIntervalSince1970 } ?? true)
    }
}
