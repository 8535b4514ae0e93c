public import FoundationEssentials

/// Finds the company behind a key that is unique across companies. Holds the key and the company, nothing else.
public protocol DirectoryStore {
    /// The company of an API key, by the key's SHA-256; nil when unknown or revoked.
    func company(apiKeyHash: [UInt8]) throws -> Company.ID?
    /// The company of a login e-mail, normalised.
    func company(loginEmail: String) throws -> Company.ID?
    /// The company of a session cookie, by its SHA-256.
    func company(sessionHash: [UInt8]) throws -> Company.ID?
    /// The company of a quote's or invoice's public token, by its SHA-256.
    func company(publicTokenHash: [UInt8]) throws -> Company.ID?
    /// The company of a webhook's opaque path.
    func company(webhookPath: String) throws -> Company.ID?
    /// The company of a mailed link, by its token's SHA-256.
    func company(linkHash: [UInt8]) throws -> Company.ID?
    /// The company connected to a Pipedrive company.
    func company(pipedriveCompany: PipedriveCompany.ID) throws -> Company.ID?
    /// Points a Pipedrive company at the transaction's company. Throws `conflict` while another company is connected.
    func claim(pipedriveCompany: PipedriveCompany.ID) throws
}

/// Which companies have work that comes with time, for the cron side; across companies, identifiers only.
public protocol ScheduleStore {
    /// Companies with a live connection.
    func connected() throws -> [Company.ID]
    /// Companies with open invoices past due that are not marked, or quotes past their validity.
    func withLapsedDocuments(now: Date?) throws -> [Company.ID]
}

/// Companies, their members and what they log in with.
public protocol AccountStore {
    /// Makes a company with its first member and an API key, all or nothing. Works only in a transaction opened
    /// for `id`. Throws `conflict` when the e-mail is taken.
    func create(
        company: Company, owner: Member, passwordHash: Secret, apiKeyHash: [UInt8]
    ) throws
    /// The transaction's company; nil when it does not exist.
    func company() throws -> Company?
    /// A member with the stored password hash, by normalised e-mail.
    func member(email: String) throws -> (member: Member, passwordHash: Secret)?
    /// Keeps a new session from `now` until `expiresAt`.
    func insert(session tokenHash: [UInt8], csrfToken: Secret, member: Member.ID, now: Date, expiresAt: Date) throws
    /// A session that has not expired at `now` and was used in the last `idleSeconds`; notes that it is used.
    func session(tokenHash: [UInt8], now: Date, idleSeconds: Double) throws -> Session?
    /// Ends a session; ending it twice is no error.
    func delete(session tokenHash: [UInt8]) throws
    /// Counts a failed login and says how many there were for this key in the last 15 minutes.
    func countLoginFailure(key: String, now: Date) throws -> Int
    /// How many failed logins there were for this key in the last 15 minutes.
    func loginFailures(key: String, now: Date) throws -> Int
}

/// What is kept between leaving for Pipedrive's consent page and coming back.
public protocol InstallStore {
    /// Keeps a `state` by its SHA-256, bound to a session, for ten minutes.
    func insert(stateHash: [UInt8], sessionHash: [UInt8], expiresAt: Date) throws
    /// Uses a state up: its session, or nil when unknown, used or expired at `now`. A state works once.
    func take(stateHash: [UInt8], now: Date) throws -> [UInt8]?
    /// Parks a Marketplace install until a person logged in: sealed, for an hour, found by the SHA-256 of its ticket.
    func park(_ credentials: Credentials, user: PipedriveUser, ticketHash: [UInt8], expiresAt: Date) throws
    /// What was parked under the ticket, without using it up; nil when unknown or expired at `now`.
    func parked(ticketHash: [UInt8], now: Date) throws -> (credentials: Credentials, user: PipedriveUser)?
    /// Throws the parked install away.
    func discard(ticketHash: [UInt8]) throws
}
