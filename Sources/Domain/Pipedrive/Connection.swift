public import FoundationEssentials

/// A company's stored authorisation to its Pipedrive account.
public struct Connection: Hashable, Sendable {
    /// Identifies a connection; a company has at most one, and a Pipedrive company too.
    public typealias ID = Identifier<Connection, UUID>

    /// Where a connection stands.
    public enum State: String, Sendable, CaseIterable {
        /// Working. Moved in by the callback, out by a refused refresh or a disconnect.
        case live
        /// Pipedrive refused the owner's refresh token: a person has to reconnect, messages wait.
        case reconnect
        /// Ended by a person here or in Pipedrive; moved out by installing again.
        case disconnected
    }

    /// The identifier.
    public let id: ID
    /// The PayDock company.
    public let companyID: Company.ID
    /// The Pipedrive company.
    public let pipedriveCompanyID: PipedriveCompany.ID
    /// Its name, as Pipedrive says it.
    public let pipedriveCompanyName: String
    /// The user whose grant serves sync, webhooks and notes.
    public let ownerUserID: PipedriveUser.ID
    /// Where it stands.
    public let state: State
    /// When it was made or last renewed.
    public let connectedAt: Date

    /// Makes a connection value.
    public init(
        id: ID, companyID: Company.ID, pipedriveCompanyID: PipedriveCompany.ID, pipedriveCompanyName: String,
        ownerUserID: PipedriveUser.ID, state: State, connectedAt: Date
    ) {
        self.id = id
        self.companyID = companyID
        self.pipedriveCompanyID = pipedriveCompanyID
        self.pipedriveCompanyName = pipedriveCompanyName
        self.ownerUserID = ownerUserID
        self.state = state
        self.connectedAt = connectedAt
    }
}

/// A customer's account at Pipedrive.
public struct PipedriveCompany: Hashable, Sendable {
    /// Pipedrive's identifier, the same for ever although the domain may change.
    public typealias ID = Identifier<PipedriveCompany, Int64>
}

/// Who a grant belongs to, from `GET /api/v1/users/me`.
public struct PipedriveUser: Hashable, Sendable {
    /// Pipedrive's identifier.
    public typealias ID = Identifier<PipedriveUser, Int64>

    /// The identifier.
    public let id: ID
    /// The user's company.
    public let companyID: PipedriveCompany.ID
    /// Name of that company.
    public let companyName: String
    /// Name of the user.
    public let name: String
    /// Whether the user administers the account, and so sees every record.
    public let isAdmin: Bool

    /// Makes a user value.
    public init(id: ID, companyID: PipedriveCompany.ID, companyName: String, name: String, isAdmin: Bool) {
        self.id = id
        self.companyID = companyID
        self.companyName = companyName
        self.name = name
        self.isAdmin = isAdmin
    }
}

/// What a token answer of Pipedrive's OAuth server holds.
public struct Credentials: Hashable, Sendable {
    /// Bearer token, about an hour.
    public let accessToken: Secret
    /// Renewed by every use, dead after 60 days without.
    public let refreshToken: Secret
    /// When the access token ends.
    public let expiresAt: Date
    /// Origin of the company's API: scheme and host, checked against the allowed hosts.
    public let apiOrigin: APIOrigin
    /// The granted scopes.
    public let scopes: Set<String>

    /// Makes a credentials value.
    public init(
        accessToken: Secret, refreshToken: Secret, expiresAt: Date, apiOrigin: APIOrigin, scopes: Set<String>
    ) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresAt = expiresAt
        self.apiOrigin = apiOrigin
        self.scopes = scopes
    }

    /// What is missing of the scopes that the product asks for; nothing when Pipedrive named none.
    public static func missing(from granted: Set<String>) -> [String] {
        granted.isEmpty ? [] : requestedScopes.filter { !granted.contains($0) }
    }

    /// The seven scopes the product asks for, in the order of its page.
    public static let requestedScopes = [
        "deals:full", "contacts:full", "products:full", "activities:full", "webhooks:full", "users:read", "leads:full",
    ]
}

/// Scheme, host and port of a Pipedrive account's API. Only made by the adapter, after the host was allowed.
public struct APIOrigin: Hashable, Sendable, CustomStringConvertible {
    /// `https://acme.pipedrive.com`, without a slash at the end.
    public let text: String

    /// Wraps an origin that was checked, or that was read back from our own database.
    public init(checked text: String) {
        self.text = text
    }

    /// The origin.
    public var description: String { text }
}

/// What a call to Pipedrive needs: where to, as whom, and out of which budget.
public struct PipedriveAccess: Sendable {
    /// Where to.
    public let apiOrigin: APIOrigin
    /// As whom.
    public let accessToken: Secret
    /// What every request asks first; nil asks nothing.
    public let allowance: (any CallAllowance)?

    /// Makes an access value.
    public init(apiOrigin: APIOrigin, accessToken: Secret, allowance: (any CallAllowance)? = nil) {
        self.apiOrigin = apiOrigin
        self.accessToken = accessToken
        self.allowance = allowance
    }
}

/// One Pipedrive user's authorisation inside a connection.
public struct Grant: Hashable, Sendable {
    /// Where a grant stands.
    public enum State: String, Sendable, CaseIterable {
        /// Working.
        case live
        /// Pipedrive refused its refresh token.
        case dead
        /// Ended by uninstall or disconnect; its credentials are deleted.
        case ended
    }

    /// The Pipedrive user.
    public let userID: PipedriveUser.ID
    /// The user's name.
    public let userName: String
    /// Whether the user administers the Pipedrive account.
    public let isAdmin: Bool
    /// Where it stands.
    public let state: State

    /// Makes a grant value.
    public init(userID: PipedriveUser.ID, userName: String, isAdmin: Bool, state: State) {
        self.userID = userID
        self.userName = userName
        self.isAdmin = isAdmin
        self.state = state
    }
}

/// A webhook subscription that we made at Pipedrive.
public struct WebhookSubscription: Hashable, Sendable {
    /// Pipedrive's identifier.
    public typealias ID = Identifier<WebhookSubscription, Int64>

    /// The identifier.
    public let id: ID
    /// What it reports: deal, person, organization or product.
    public let object: String
    /// Where it delivers to.
    public let url: String
    /// Whether Pipedrive delivers to it.
    public let isActive: Bool
    /// When Pipedrive got no good answer to its last delivery; nil when it did.
    public let failedAt: Date?

    /// Makes a subscription value.
    public init(id: ID, object: String, url: String, isActive: Bool = true, failedAt: Date? = nil) {
        self.id = id
        self.object = object
        self.url = url
        self.isActive = isActive
        self.failedAt = failedAt
    }
}
