import Domain
import FoundationEssentials

/// Restoring is the operator's.
struct FakeRestoration: RestorationStore {
    let tables: Tables

    func lastWork() throws -> Date? { throw NotServed() }
    func drainerCount() throws -> Int { throw NotServed() }
    func goneThroughAt() throws -> Date? { throw NotServed() }
    func noteGoneThrough() throws { throw NotServed() }
    func doubtNotes() throws -> Int { throw NotServed() }
    func companies() throws -> [Company.ID] { throw NotServed() }
    func doubtMails(reason: String) throws -> Int { throw NotServed() }
    func runsAtWork() throws -> [SyncRun.ID] { throw NotServed() }
    func doubtCreations(_ kind: RecordKind, since: Date) throws -> Int { throw NotServed() }
}
