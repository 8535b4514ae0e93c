public import FoundationEssentials

/// What a person has to know about a connection beside its state, and what puts it right.
public protocol ConnectionHealthStore {
    /// The scopes that Pipedrive named for a grant; nil without credentials, empty when it named none.
    func grantedScopes(user: PipedriveUser.ID) throws -> Set<String>?
    /// The webhooks as they were last found; nil before the first look.
    func webhooks() throws -> WebhookHealth?
    /// Keeps what was found now. Without a trouble the last one stays.
    func save(expectedCount: Int, activeCount: Int, trouble: String?) throws
    /// Remembers that a delivery could not be stored, of the transaction's company.
    func noteFailedDelivery() throws
    /// Whether a delivery could not be stored since the last time this was asked.
    func takeFailedDelivery() throws -> Bool
    /// Until when an ended connection that Pipedrive was not told of is told again; nil when there is nothing to tell.
    func revokingUntil() throws -> Date?
}
