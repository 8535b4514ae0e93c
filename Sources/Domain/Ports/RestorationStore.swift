public import FoundationEssentials

/// What has to be doubted after the database was restored from a backup: what happened since, nobody knows.
///
/// The first ones look over all companies; the others are the transaction's company's.
public protocol RestorationStore {
    /// The last sign of work in what was backed up; nil when nothing was ever sent.
    func lastWork() throws -> Date?
    /// How many drainers are at work at this moment.
    func drainerCount() throws -> Int
    /// When this restored database was last gone through; nil when it never was.
    func goneThroughAt() throws -> Date?
    /// Remembers that it was gone through.
    func noteGoneThrough() throws
    /// Has notes that wait, or were given up, looked for before they are posted; says how many.
    func doubtNotes() throws -> Int
    /// Companies with a live connection, or with mails on their way.
    func companies() throws -> [Company.ID]

    /// Mails on their way count as unclear, for this reason: a person sends them again. Says how many.
    func doubtMails(reason: String) throws -> Int
    /// Runs and previews at work.
    func runsAtWork() throws -> [SyncRun.ID]
    /// What of ours has no link and would go out counts as sent since then, without an answer: it is looked for in
    /// Pipedrive before it is made. Says how many.
    func doubtCreations(_ kind: RecordKind, since: Date) throws -> Int
}
