internal import Domain
import Synchronization

/// Lets one caller per grant go to the database's row lock; the others of this process wait here, without a connection,
/// and share what it came back with, its failure too: a token endpoint in trouble is not asked once per caller.
final class RefreshFlights: Sendable {
    struct Key: Hashable {
        let company: Company.ID
        let user: PipedriveUser.ID
    }

    typealias Outcome = Result<Credentials, any Error>

    // Present while somebody leads; the array holds who waits for that one.
    private let passengers = Mutex<[Key: [CheckedContinuation<Outcome?, Never>]]>([:])

    /// What the leader came back with; nil when the caller leads itself, and has to `land`.
    func board(_ key: Key) async -> Outcome? {
        await withCheckedContinuation { continuation in
            let leads = passengers.withLock { table in
                guard table[key] != nil else {
                    table[key] = []
                    return true
                }
                table[key]?.append(continuation)
                return false
            }
            if leads { continuation.resume(returning: nil) }
        }
    }

    func land(_ key: Key, _ outcome: Outcome) {
        let waiting = passengers.withLock { $0.removeValue(forKey: key) } ?? []
        for continuation in waiting { continuation.resume(returning: outcome) }
    }
}
