public import FoundationEssentials

/// Keys of the regular API.
public protocol APIKeyStore {
    /// Stores a new key of the transaction's company.
    func insert(name: String, hash: [UInt8]) throws -> APIKey
    /// All keys of the company, the newest first, revoked ones included.
    func keys() throws -> [APIKey]
    /// Makes a key useless at once; false when there is no such key, or it was revoked already.
    func revoke(_ id: APIKey.ID) throws -> Bool
    /// Counts a request against a key and notes its last use, in a transaction of its own that was opened for no
    /// company; nil when the key is unknown or revoked.
    func use(hash: [UInt8]) throws -> APIKeyUse?
}

/// Answers kept for requests with an `Idempotency-Key`, committed with what the requests did.
public protocol KeptAnswerStore {
    /// Takes a key for this transaction: nil when it was free, and the kept answer when a request with the same hash
    /// was answered in the last 24 hours.
    ///
    /// A second request with the key waits for the first. Throws `conflict` when that takes too long, and `invalid`
    /// when the key was used for another request.
    func claim(keyHash: [UInt8], requestHash: [UInt8]) throws -> KeptAnswer?
    /// Keeps the answer under a key that this transaction claimed.
    func keep(_ answer: KeptAnswer, keyHash: [UInt8]) throws
    /// Forgets answers older than 24 hours, across companies; says how many.
    func forget(now: Date?) throws -> Int
}

/// Mails with documents; inserting one queues the message that sends it.
public protocol MailStore {
    /// Stores a mail, waiting, or failed when it has no recipient.
    func insert(_ mail: Mail) throws
    /// A mail; nil when there is none.
    func mail(_ id: Mail.ID) throws -> Mail?
    /// The mail of a document; nil when it was never sent by mail.
    func mail(of document: Mail.Document) throws -> Mail?
    /// Moves a mail on if it is still in one of `from`; nil when it is not. Moving to waiting queues it again.
    func move(_ id: Mail.ID, from: Set<Mail.State>, to: Mail.State, reason: String?) throws -> Mail?
    /// Gives a mail that failed for want of an address one; false when it has failed otherwise, or there is none.
    func readdress(_ id: Mail.ID, to recipient: String) throws -> Bool
    /// Where answers to the company's mails go: its first owner's address.
    func replyAddress() throws -> String?
}

/// Folding of the lists' counts, which grow by a line per change.
public protocol ListCountStore {
    /// Folds long counts into one line each, across companies; says how many.
    func fold() throws -> Int
}
