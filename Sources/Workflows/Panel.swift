public import Domain
public import FoundationEssentials

/// The sidebar's figures, from our database alone.
public struct Panel: Sendable {
    private let store: any PanelStore
    private let storage: any Storage
    private let secrets: any SecretSource
    private let credentialsDigest: [UInt8]
    private let headerDigest: [UInt8]
    private let tokenKey: Secret
    private let requiresToken: Bool

    /// Wires the use case.
    ///
    /// - Parameters:
    ///   - store: answers; `storage` is only written to, when Pipedrive has to be asked afterwards.
    ///   - credentials: `user:password` that Pipedrive's server sends.
    ///   - tokenKey: key of the HS256 token beside it.
    ///   - requiresToken: refuses requests without one.
    public init(
        store: any PanelStore, storage: any Storage, secrets: any SecretSource, credentials: Secret, tokenKey: Secret,
        requiresToken: Bool
    ) {
        self.store = store
        self.storage = storage
        self.secrets = secrets
        credentialsDigest = secrets.digest(credentials.reveal())
        headerDigest = secrets.digest("Basic \(Data(credentials.reveal().utf8).base64EncodedString())")
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
        /// Whether Pipedrive says that the viewer has not installed the app: nothing is shown then.
        public let isShared: Bool
        /// The signed token, if one came.
        public let token: String?

        /// Makes a query.
        public init(
            subject: PanelSubject, companyID: PipedriveCompany.ID, userID: PipedriveUser.ID, isShared: Bool = false,
            token: String?
        ) {
            self.subject = subject
            self.companyID = companyID
            self.userID = userID
            self.isShared = isShared
            self.token = token
        }
    }

    /// Answers a panel request.
    ///
    /// Throws `unauthorized` for wrong Basic credentials or a wrong token, before anything else is looked at. A company
    /// that is not known is `disconnected`. `query` is only evaluated once Basic was right; it throws `invalid`.
    public func view(authorization: String?, query: () throws -> Query, now: Date) throws -> PanelView {
        guard isAllowed(authorization) else {
            throw Refusal(.unauthorized, "These are not the panel's credentials.")
        }
        let query = try query()
        guard try isProven(query, now: now) else {
            throw Refusal(.unauthorized, "The panel's token is not valid.")
        }
        let view = try store.panelView(query.subject, company: query.companyID, user: query.userID, now: nil)
        guard case .records(let company, let records) = view else { return view }
        guard !query.isShared else { return .notGranted }
        try queueLooks(records.filter(\.needsLook), query.subject.resource, company: company, now: now)
        return view
    }

    /// The panel never waits for Pipedrive: the drainer looks, and the next answer knows. One look per record and ten
    /// minutes, however often the page is opened.
    private func queueLooks(
        _ records: [PanelRecord], _ resource: PanelSubject.Resource, company: Company.ID, now: Date
    ) throws {
        guard !records.isEmpty else { return }
        let slot = Int64(now.timeIntervalSince1970) / 600
        try storage.transaction(.web(company)) { transaction in
            for record in records {
                let subject = RecordLook.subject(resource, record.recordID)
                try transaction.queue.add(
                    NewMessage(kind: .record, subject: subject, idempotencyKey: "\(subject):\(slot)", priority: 2))
            }
        }
    }

    /// Compared as hashes: how long a comparison took says nothing about the credentials. As everybody writes the header
    /// it need not even be decoded.
    private func isAllowed(_ authorization: String?) -> Bool {
        guard let authorization else { return false }
        if secrets.matches(secrets.digest(authorization), headerDigest) { return true }
        guard let given = BasicCredentials(header: authorization) else { return false }
        return secrets.matches(secrets.digest(given.text.reveal()), credentialsDigest)
    }

    private func isProven(_ query: Query, now: Date) throws -> Bool {
        guard let token = query.token else { return !requiresToken }
        guard let claims = SignedToken(token, key: tokenKey, secrets: secrets) else { return false }
        return claims.companyID == query.companyID.rawValue && claims.userID == query.userID.rawValue
            && (claims.expiresAt.map { $0 > now.timeIntervalSince1970 } ?? true)
    }
}
