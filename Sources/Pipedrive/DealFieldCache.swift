import Domain
import Synchronization

/// Keeps a company's field names for ten minutes, so that a storm of deals does not ask for them each time.
///
/// The token is part of the key: two accounts behind one host never see each other's names.
final class DealFieldCache: Sendable {
    private struct Key: Hashable {
        let origin: APIOrigin
        let token: Secret
    }

    private struct Kept {
        let names: DealFieldNames
        let at: ContinuousClock.Instant
    }

    private static let lifetime = Duration.seconds(600)

    private let kept = Mutex<[Key: Kept]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) {
        self.now = now
    }

    /// The names, if they were kept less than ten minutes ago.
    func names(for access: PipedriveAccess) -> DealFieldNames? {
        let instant = now()
        let entry = kept.withLock { $0[Key(origin: access.apiOrigin, token: access.accessToken)] }
        guard let entry, instant - entry.at < Self.lifetime else { return nil }
        return entry.names
    }

    /// Keeps names, and forgets whatever is too old.
    func keep(_ names: DealFieldNames, for access: PipedriveAccess) {
        let instant = now()
        kept.withLock { all in
            all = all.filter { instant - $0.value.at < Self.lifetime }
            all[Key(origin: access.apiOrigin, token: access.accessToken)] = Kept(names: names, at: instant)
        }
    }
}
