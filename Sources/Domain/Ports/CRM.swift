public import FoundationEssentials

/// Pipedrive's OAuth server. Every method throws `CRMFailure`.
public protocol OAuthProvider: Sendable {
    /// Where the browser is sent for consent.
    func authorizeURL(state: String) -> String
    /// Trades a code for credentials; `grantRefused` for a used or expired code. At most 10 seconds.
    func exchange(code: Secret, now: Date) async throws -> Credentials
    /// Trades a refresh token for new credentials; `grantRefused` only when the server says the token is no good.
    func refresh(_ refreshToken: Secret, now: Date) async throws -> Credentials
    /// Ends the app's authorisation by this user (RFC 7009).
    func revoke(_ refreshToken: Secret) async throws
    /// Who the credentials belong to.
    func currentUser(_ access: PipedriveAccess) async throws -> PipedriveUser
}

/// A page of records with the cursor of the next.
public struct FetchedPage: Sendable {
    /// The records.
    public let page: RecordPage
    /// Opaque cursor of the next page; nil at the end.
    public let nextCursor: String?
    /// Pipedrive tokens that the request cost.
    public let tokenCost: Int

    /// Makes a page.
    public init(page: RecordPage, nextCursor: String?, tokenCost: Int) {
        self.page = page
        self.nextCursor = nextCursor
        self.tokenCost = tokenCost
    }
}

/// Reading and writing in Pipedrive. Every method throws `CRMFailure`.
public protocol CRM: Sendable {
    /// A list page of at most 500 records, by id.
    func page(_ kind: RecordKind, cursor: String?, access: PipedriveAccess) async throws -> FetchedPage
    /// One record as a page of one, deleted ones included; an empty page when it is not there or not visible.
    func record(_ kind: RecordKind, id: Int64, access: PipedriveAccess) async throws -> RecordPage
    /// A deal with products, discounts, person, organization and newest notes; nil when it is not there or not visible.
    func dealContext(_ id: Deal.ID, access: PipedriveAccess) async throws -> DealContext?
    /// Pipelines with their stages, in order, deleted ones left out.
    func pipelines(access: PipedriveAccess) async throws -> [Pipeline]
    /// Posts a note in a deal's feed, or a lead's; Pipedrive's id of the note.
    func postNote(html: String, target: NoteTarget, access: PipedriveAccess) async throws -> Int64
    /// Pipedrive's id of the note among the target's latest that shows this text; nil when none does.
    func findNote(containing text: String, target: NoteTarget, access: PipedriveAccess) async throws -> Int64?
}

/// Lists deals. Every method throws `CRMFailure`.
public protocol DealListing: Sendable {
    /// Deals that changed since, of one pipeline or of all; archived and deleted ones left out.
    func deals(in pipeline: Pipeline.ID?, updatedSince: Date, access: PipedriveAccess) async throws -> [StagedDeal]
    /// Those of the deals, at most 100, that are there, with their customers.
    func deals(_ ids: [Deal.ID], access: PipedriveAccess) async throws -> [StagedDeal]
}

/// A deal as the sweep sees it.
public struct StagedDeal: Hashable, Sendable {
    /// The deal.
    public let id: Deal.ID
    /// Where it stands.
    public let status: Deal.Status
    /// The stage it is in.
    public let stageID: Stage.ID
    /// When it came into its stage: by a change, else by being made there.
    public let enteredAt: Date?
    /// Its person.
    public let personID: Person.ID?
    /// Its organization.
    public let organizationID: Organization.ID?

    /// Makes the value.
    public init(
        id: Deal.ID, status: Deal.Status, stageID: Stage.ID, enteredAt: Date?, personID: Person.ID? = nil,
        organizationID: Organization.ID? = nil
    ) {
        self.id = id
        self.status = status
        self.stageID = stageID
        self.enteredAt = enteredAt
        self.personID = personID
        self.organizationID = organizationID
    }
}

/// Leads that become deals. Every method throws `CRMFailure`.
public protocol LeadConversions: Sendable {
    /// Where notes of this lead belong now: the lead, or the deal that it was converted to. Nil when both are gone.
    func target(ofLead id: String, access: PipedriveAccess) async throws -> NoteTarget?
}

/// What a note is attached to.
public enum NoteTarget: Hashable, Sendable {
    /// A deal.
    case deal(Deal.ID)
    /// A lead, by its UUID.
    case lead(String)
}

/// The webhooks of a connection. Every method that calls throws `CRMFailure`.
public protocol CRMWebhooks: Sendable {
    /// Subscribes one object (deal, person, organization, product) to all its actions.
    func subscribe(
        object: String, url: String, endpoint: WebhookEndpoint, access: PipedriveAccess
    ) async throws -> WebhookSubscription
    /// All subscriptions of this app.
    func subscriptions(access: PipedriveAccess) async throws -> [WebhookSubscription]
    /// Ends a subscription; one that is gone already is no error.
    func unsubscribe(_ id: WebhookSubscription.ID, access: PipedriveAccess) async throws
    /// Reads a delivered body; nil when it is not a webhook that can be read.
    func decode(_ body: [UInt8]) -> WebhookEvent?
}
