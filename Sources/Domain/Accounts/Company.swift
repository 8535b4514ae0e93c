public import FoundationEssentials

/// A PayDock customer: the tenant that everything belongs to.
public struct Company: Hashable, Sendable {
    /// Identifies a company.
    public typealias ID = Identifier<Company, UUID>

    /// The identifier.
    public let id: ID
    /// The name as it stands on documents.
    public let name: String
    /// Default currency of new documents.
    public let currency: Currency
    /// ISO 3166-1 alpha-2 country.
    public let country: String
    /// IANA time zone that decides what "today" is.
    public let timeZone: String

    /// Makes a company value.
    public init(id: ID, name: String, currency: Currency, country: String, timeZone: String) {
        self.id = id
        self.name = name
        self.currency = currency
        self.country = country
        self.timeZone = timeZone
    }
}

/// A person who logs in to PayDock.
public struct Member: Hashable, Sendable {
    /// Identifies a member.
    public typealias ID = Identifier<Member, UUID>

    /// What a member may do.
    public enum Role: String, Sendable, CaseIterable {
        /// May connect, disconnect and manage members.
        case owner
        /// May work with documents and settings.
        case member
    }

    /// The identifier.
    public let id: ID
    /// The company.
    public let companyID: Company.ID
    /// Login e-mail, trimmed and lower-case.
    public let email: String
    /// What the member may do.
    public let role: Role

    /// Makes a member value.
    public init(id: ID, companyID: Company.ID, email: String, role: Role) {
        self.id = id
        self.companyID = companyID
        self.email = email
        self.role = role
    }
}

/// A logged-in browser.
public struct Session: Hashable, Sendable {
    /// Who is logged in.
    public let member: Member
    /// The member's company.
    public let company: Company
    /// Goes into every form and has to come back with it.
    public let csrfToken: Secret
    /// SHA-256 of the cookie: names the session without being able to open it.
    public let tokenHash: [UInt8]

    /// Makes a session value.
    public init(member: Member, company: Company, csrfToken: Secret, tokenHash: [UInt8]) {
        self.member = member
        self.company = company
        self.csrfToken = csrfToken
        self.tokenHash = tokenHash
    }
}
