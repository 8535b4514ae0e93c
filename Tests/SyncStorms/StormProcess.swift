import Domain
import DomainTestSupport
import FoundationEssentials
import Logging
import Synchronization
import Workflows

/// One process that does the sync's work, until it is killed.
final class StormProcess: Sendable {
    /// The process was killed: nothing it does afterwards reaches anything.
    struct Killed: Error {}

    private struct State {
        /// Steps until it dies; nil for one that lives.
        var stepsLeft: Int?
        var diesAfterEffect: Bool
        var isDead = false
        var steps = 0
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - steps: how many transactions and requests it gets to; nil for all.
    ///   - afterEffect: whether the last one takes effect.
    init(dyingAfter steps: Int? = nil, afterEffect: Bool = false) {
        state = Mutex(State(stepsLeft: steps, diesAfterEffect: afterEffect))
    }

    var isDead: Bool { state.withLock { $0.isDead } }
    /// Transactions and requests so far.
    var steps: Int { state.withLock { $0.steps } }

    /// Before a transaction or request; true when the process dies once it has taken effect.
    func begin() throws -> Bool {
        try state.withLock { state in
            if state.isDead { throw Killed() }
            state.steps += 1
            guard let left = state.stepsLeft else { return false }
            state.stepsLeft = left - 1
            guard left <= 1 else { return false }
            state.isDead = true
            if !state.diesAfterEffect { throw Killed() }
            return true
        }
    }
}

/// A storage as one process sees it.
struct ProcessStorage: Storage {
    let storage: any Storage
    let process: StormProcess

    func transaction<Result>(
        _ access: StorageAccess, _ body: (any StorageTransaction) throws -> Result
    ) throws -> Result {
        let dies = try process.begin()
        let result = try storage.transaction(access, body)
        if dies { throw StormProcess.Killed() }
        return result
    }

    func refreshCredentials(
        company: Company.ID, user: PipedriveUser.ID, isStale: @Sendable (Credentials) -> Bool,
        refresh: @Sendable (Credentials) async throws -> Credentials
    ) async throws -> Credentials {
        try await storage.refreshCredentials(company: company, user: user, isStale: isStale, refresh: refresh)
    }
}

/// Pipedrive as one process reaches it: with faults, and with other things happening while a request is under way.
struct ProcessPipedrive: CRMRecords {
    let pipedrive: StormPipedrive
    let process: StormProcess
    let fault: @Sendable (_ isWrite: Bool) -> StormPipedrive.Fault?
    /// What happens before a reading is answered, and after.
    let meanwhile: @Sendable () async throws -> Void

    private func request(
        isWrite: Bool, _ body: () async throws -> FetchedPage
    ) async throws -> FetchedPage {
        let dies = try process.begin()
        switch fault(isWrite) {
        case .before:
            throw CRMFailure(.transient(mayHaveTakenEffect: isWrite, retryAfterSeconds: nil), reason: "No answer")
        case .wait: throw CRMFailure(.wait(seconds: 1), status: 429, reason: "Too many requests")
        case .after:
            _ = try await body()
            if dies { throw StormProcess.Killed() }
            throw CRMFailure(.transient(mayHaveTakenEffect: isWrite, retryAfterSeconds: nil), reason: "Reset")
        case nil: break
        }
        if !isWrite { try await meanwhile() }
        let answer = try await body()
        if dies { throw StormProcess.Killed() }
        if !isWrite { try await meanwhile() }
        return answer
    }

    func page(_ listing: RecordListing, policy: SyncPolicy, access: PipedriveAccess) async throws -> FetchedPage {
        try await request(isWrite: false) { try await pipedrive.page(listing, policy: policy, access: access) }
    }

    func records(
        _ kind: RecordKind, ids: [Int64], policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        try await request(isWrite: false) {
            try await pipedrive.records(kind, ids: ids, policy: policy, access: access)
        }
    }

    func create(_ write: RecordWrite, policy: SyncPolicy, access: PipedriveAccess) async throws -> FetchedPage {
        try await request(isWrite: true) { try await pipedrive.create(write, policy: policy, access: access) }
    }

    func update(
        _ write: RecordWrite, current: RecordPage, policy: SyncPolicy, access: PipedriveAccess
    ) async throws -> FetchedPage {
        try await request(isWrite: true) {
            try await pipedrive.update(write, current: current, policy: policy, access: access)
        }
    }

    func variations(of products: [CatalogItem], access: PipedriveAccess) async throws -> FetchedPage {
        FetchedPage(page: .products([]), nextCursor: nil, tokenCost: 0)
    }

    func customFields(_ kind: RecordKind, access: PipedriveAccess) async throws -> [CustomField] { [] }
}
