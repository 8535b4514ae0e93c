public import FoundationEssentials

/// The members of a company.
public protocol MemberStore {
    /// All members, owners first, then by address.
    func members() throws -> [Member]
    /// Adds a member. Throws `conflict` when the address has a login already, here or in another company.
    func add(_ member: Member, passwordHash: Secret) throws
    /// Gives a member another role. Throws `conflict` when no owner would be left; false when there is no such member.
    func change(_ id: Member.ID, to role: Member.Role) throws -> Bool
    /// Removes a member with the sessions and the login. Throws `conflict` when no owner would be left; false when there
    /// is no such member.
    func remove(_ id: Member.ID) throws -> Bool
    /// Replaces the password hash and ends the member's sessions, but for one if that is named. False when there is no
    /// such member.
    func replacePassword(email: String, hash: Secret, keeping session: [UInt8]?) throws -> Bool
}

/// Links that are mailed to people.
public protocol AccountLinkStore {
    /// Keeps a link in place of an earlier one of the same purpose and address, whose token is worth nothing then.
    /// A waiting one's mail is queued; one that is shown has its token already.
    func insert(_ link: AccountLink, tokenHash: [UInt8]?) throws
    /// A link.
    func link(_ id: AccountLink.ID) throws -> AccountLink?
    /// The link of a token, until it ends.
    func link(tokenHash: [UInt8], now: Date) throws -> AccountLink?
    /// Gives a waiting link its token, before the mail is handed over; nil when it does not wait any more.
    func arm(_ id: AccountLink.ID, tokenHash: [UInt8]) throws -> AccountLink?
    /// Moves a link that is being handed over; nothing in any other state.
    func settle(_ id: AccountLink.ID, _ state: AccountLink.State, reason: String?) throws
    /// Uses a link up, or takes it back. False when it was gone.
    func remove(_ id: AccountLink.ID) throws -> Bool
    /// Invitations that nobody has accepted, by address; those that ran out in the last week too.
    func invitations() throws -> [AccountLink]
    /// Deletes what has expired, of every company: sessions, links, states, parked installs. Says how many rows.
    func forgetExpired(idleSeconds: Double) throws -> Int
}
