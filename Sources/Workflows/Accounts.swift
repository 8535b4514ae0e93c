public import Domain
public import FoundationEssentials

/// Logging in and out, and making companies.
public struct Accounts: Sendable {
    private let storage: any Storage
    private let secrets: any SecretSource

    /// Wires the use case.
    public init(storage: any Storage, secrets: any SecretSource) {
        self.storage = storage
        self.secrets = secrets
    }

    /// How many wrong passwords in 15 minutes close the door, per account and per address.
    static let failureLimit = 10
    /// A session ends after so long, whatever happens.
    public static let sessionSeconds = 14 * 24 * 3600.0
    /// A session that nobody uses for so long ends too.
    public static let idleSeconds = 3 * 24 * 3600.0

    /// A new login: the cookie to set and the session it opens.
    public struct Login: Sendable {
        /// Goes into the cookie and is stored nowhere.
        public let cookie: Secret
        /// The session.
        public let session: Session
    }

    /// Checks e-mail and password and opens a session for 14 days.
    ///
    /// Throws `unauthorized` with one and the same sentence for an unknown e-mail and a wrong password, and
    /// `unavailable` while there were too many failures for the account or the address.
    public func logIn(email: String, password: Secret, remoteAddress: String?, now: Date) throws -> Login {
        let address = EmailAddress.normalized(email)
        let keys = [address.map { "account:\($0)" }, remoteAddress.map { "address:\($0)" }].compactMap { $0 }
        let failures = try storage.transaction(.web(nil)) { transaction in
            try keys.map { try transaction.accounts.loginFailures(key: $0, now: now) }.max() ?? 0
        }
        guard failures < Self.failureLimit else {
            throw Refusal(.unavailable, "There were too many failed attempts. Try again in 15 minutes.")
        }
        guard let address, let login = try open(address, password: password, now: now) else {
            try storage.transaction(.web(nil)) { transaction in
                for key in keys { _ = try transaction.accounts.countLoginFailure(key: key, now: now) }
            }
            throw Refusal(.unauthorized, "E-mail address or password is wrong.")
        }
        return login
    }

    private func open(_ address: String, password: Secret, now: Date) throws -> Login? {
        let company = try storage.transaction(.web(nil)) { try $0.directory.company(loginEmail: address) }
        guard let company,
            let found = try storage.transaction(.web(company), { try $0.accounts.member(email: address) })
        else {
            // The same work as for a known address, so that time does not tell which addresses exist.
            _ = try secrets.passwordHash(password)
            return nil
        }
        guard try secrets.verify(password, against: found.passwordHash) else { return nil }
        let cookie = secrets.token()
        let hash = secrets.digest(cookie)
        let session = try storage.transaction(.web(company)) { transaction in
            try transaction.accounts.insert(
                session: hash, csrfToken: Secret(secrets.token()), member: found.member.id, now: now,
                expiresAt: now.addingTimeInterval(Self.sessionSeconds))
            return try transaction.accounts.session(tokenHash: hash, now: now, idleSeconds: Self.idleSeconds)
        }
        return session.map { Login(cookie: Secret(cookie), session: $0) }
    }

    /// The session of a cookie; nil when unknown, expired, or not used for too long.
    public func session(cookie: Secret, now: Date) throws -> Session? {
        let hash = secrets.digest(cookie.reveal())
        guard let company = try storage.transaction(.web(nil), { try $0.directory.company(sessionHash: hash) }) else {
            return nil
        }
        return try storage.transaction(.web(company)) {
            try $0.accounts.session(tokenHash: hash, now: now, idleSeconds: Self.idleSeconds)
        }
    }

    /// Ends a session.
    public func logOut(_ session: Session) throws {
        try storage.transaction(.web(session.company.id)) { try $0.accounts.delete(session: session.tokenHash) }
    }

    /// The company of an API key; nil when unknown or revoked.
    public func company(apiKey: Secret) throws -> Company.ID? {
        let hash = secrets.digest(apiKey.reveal())
        return try storage.transaction(.api(nil)) { try $0.directory.company(apiKeyHash: hash) }
    }

    /// Checks the password of whoever is logged in, throttled like a login. Throws `invalid` when it is wrong,
    /// `unavailable` after too many.
    func proving(_ session: Session, password: Secret, now: Date) throws {
        let email = session.member.email
        let key = "account:\(email)"
        let failures = try storage.transaction(.web(nil)) { try $0.accounts.loginFailures(key: key, now: now) }
        guard failures < Self.failureLimit else {
            throw Refusal(.unavailable, "There were too many failed attempts. Try again in 15 minutes.")
        }
        let found = try storage.transaction(.web(session.company.id)) { try $0.accounts.member(email: email) }
        guard let found, try secrets.verify(password, against: found.passwordHash) else {
            _ = try storage.transaction(.web(nil)) { try $0.accounts.countLoginFailure(key: key, now: now) }
            throw Refusal(.invalid, "The present password is wrong.", fields: ["password": "is wrong"])
        }
    }

    /// Counts one more of something that a stranger may do only so often in 15 minutes; false above that.
    func isBelowLimit(_ what: String, _ whom: String, now: Date) throws -> Bool {
        try storage.transaction(.web(nil)) {
            try $0.accounts.countLoginFailure(key: "\(what):\(whom)", now: now) <= Self.failureLimit
        }
    }

    /// The same, throwing `unavailable`.
    func throttle(_ what: String, _ remoteAddress: String, now: Date) throws {
        guard try isBelowLimit(what, remoteAddress, now: now) else {
            throw Refusal(.unavailable, "There were too many requests from your address. Try again in 15 minutes.")
        }
    }

    /// Signs a new company up and logs its owner in. Throttled by address like failed logins.
    ///
    /// Throws what `createCompany` throws, and `unavailable` after too many sign-ups from one address.
    public func signUp(
        company name: String, email: String, password: Secret, remoteAddress: String?, now: Date
    ) throws -> Login {
        let key = "signup:\(remoteAddress ?? "")"
        let count = try storage.transaction(.web(nil)) { try $0.accounts.countLoginFailure(key: key, now: now) }
        guard count <= Self.failureLimit else {
            throw Refusal(.unavailable, "There were too many sign-ups from your address. Try again in 15 minutes.")
        }
        let created = try createCompany(name: name, email: email, password: password, access: StorageAccess.web)
        guard let login = try open(created.email, password: password, now: now) else {
            throw Refusal(.unavailable, "The account was made. Log in to go on.")
        }
        return login
    }

    /// Gives a member a new password and ends their sessions. Throws `notFound`, or `invalid` for a short password.
    public func resetPassword(email: String, password: Secret) throws {
        try Self.check(password)
        let address = EmailAddress.normalized(email)
        let company = try address.flatMap { address in
            try storage.transaction(.cron(nil)) { try $0.directory.company(loginEmail: address) }
        }
        guard let address, let company else { throw Refusal(.notFound, "Nobody logs in with this e-mail address.") }
        let hash = try secrets.passwordHash(password)
        let isOurs = try storage.transaction(.cron(company)) {
            try $0.members.replacePassword(email: address, hash: hash, keeping: nil)
        }
        guard isOurs else { throw Refusal(.notFound, "Nobody logs in with this e-mail address.") }
    }

    static func check(_ password: Secret) throws {
        guard password.reveal().count >= 8 else {
            throw Refusal(
                .invalid, "A password has at least 8 characters.", fields: ["password": "is shorter than 8 characters"])
        }
    }

    /// A company that was just made, with the API key that is shown once.
    public struct NewCompany: Sendable {
        /// The company.
        public let id: Company.ID
        /// Login e-mail, normalised.
        public let email: String
        /// `ftj_…`, shown once and stored as a hash.
        public let apiKey: Secret
    }

    /// Makes a company with its first member, an owner, and an API key.
    ///
    /// Throws `invalid` with the field's name, `conflict` when the e-mail is taken.
    public func createCompany(
        name: String, email: String, password: Secret, currency: String = "EUR", country: String = "NL",
        access: (Company.ID?) -> StorageAccess = StorageAccess.cron
    ) throws -> NewCompany {
        guard let address = EmailAddress.normalized(email) else {
            throw Refusal(.invalid, "That is no e-mail address.", fields: ["email": "is no e-mail address"])
        }
        guard let currency = Currency(currency) else {
            throw Refusal(.invalid, "That is no currency code.", fields: ["currency": "is no ISO 4217 code"])
        }
        let country = country.uppercased()
        guard country.utf8.count == 2, country.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw Refusal(.invalid, "That is no country code.", fields: ["country": "is no ISO 3166-1 code"])
        }
        guard name.contains(where: { !$0.isWhitespace }), name.count <= 200 else {
            throw Refusal(
                .invalid, "The company needs a name of 1 to 200 characters.",
                fields: ["name": "needs 1 to 200 characters"])
        }
        try Self.check(password)
        let company = Company(
            id: Company.ID(UUID()), name: name, currency: currency, country: country,
            timeZone: "Europe/Amsterdam")
        let owner = Member(id: Member.ID(UUID()), companyID: company.id, email: address, role: .owner)
        let key = "ftj_\(secrets.token())"
        let hash = try secrets.passwordHash(password)
        try storage.transaction(access(company.id)) {
            try $0.accounts.create(
                company: company, owner: owner, passwordHash: hash, apiKeyHash: secrets.digest(key))
        }
        return NewCompany(id: company.id, email: address, apiKey: Secret(key))
    }
}
