import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct RefreshTests {
    private static let user = PipedriveUser.ID(1)
    private static let expired = Date(timeIntervalSince1970: 1_000)
    private static let later = Date(timeIntervalSince1970: 9_000)
    private static let isStale: @Sendable (Credentials) -> Bool = { $0.expiresAt <= expired }

    private struct Refused: Error {}

    private static func refresh(
        _ storage: PostgresStorage, _ stores: Stores, _ call: @escaping @Sendable () async throws -> Credentials
    ) async throws -> Credentials {
        // On threads of its own: the shared ones may be held by other suites for longer than the row may be.
        try await withTaskExecutorPreference(OwnThreads()) {
            try await storage.refreshCredentials(company: stores.company, user: user, isStale: isStale) { _ in
                try await call()
            }
        }
    }

    private static func stored(_ stores: Stores) throws -> Credentials? {
        try stores.web { try $0.connections.credentials(user: user) }
    }

    @Test func `many callers in two processes make one refresh`() async throws {
        try await withStores { stores in
            try stores.connect(credentials: .made("old", expiresAt: Self.expired))
            let storages = [stores.storage, try stores.secondStorage()]
            let (calls, threads) = (Counter(), OwnThreads())
            let answers = try await withThrowingTaskGroup(of: Credentials.self) { group in
                for index in 0..<12 {
                    group.addTask(executorPreference: threads) {
                        try await Self.refresh(storages[index % 2], stores) {
                            calls.next()
                            // Not before the other process was refused the lock.
                            try stores.waitForRefusedSession()
                            return .made("new", expiresAt: Self.later)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(calls.value == 1)
            #expect(answers.count == 12)
            #expect(answers.allSatisfy { $0 == .made("new", expiresAt: Self.later) })
            #expect(try Self.stored(stores) == .made("new", expiresAt: Self.later))
        }
    }

    @Test func `fresh credentials are not refreshed`() async throws {
        try await withStores { stores in
            try stores.connect(credentials: .made("good", expiresAt: Self.later))
            let answer = try await Self.refresh(stores.storage, stores) { throw Refused() }
            #expect(answer == .made("good", expiresAt: Self.later))
        }
    }

    @Test func `the refresh gets the credentials as they are under the lock, and its answer is taken over whole`()
        async throws
    {
        try await withStores { stores in
            try stores.connect(credentials: .made("old", expiresAt: Self.expired))
            let fresh = Credentials(
                accessToken: Secret("a"), refreshToken: Secret("r"), expiresAt: Self.later,
                apiOrigin: APIOrigin(checked: "https://moved.pipedrive.com"), scopes: ["users:read"])
            let answer = try await withTaskExecutorPreference(OwnThreads()) {
                try await stores.storage.refreshCredentials(
                    company: stores.company, user: Self.user, isStale: Self.isStale
                ) { current in
                    #expect(current == .made("old", expiresAt: Self.expired))
                    return fresh
                }
            }
            #expect(answer == fresh)
            #expect(try Self.stored(stores) == fresh)
        }
    }

    @Test func `a failing refresh passes its error on, leaves the old credentials and frees the row`() async throws {
        try await withStores { stores in
            try stores.connect(credentials: .made("old", expiresAt: Self.expired))
            await #expect(throws: Refused.self) {
                try await Self.refresh(stores.storage, stores) { throw Refused() }
            }
            #expect(try Self.stored(stores) == .made("old", expiresAt: Self.expired))
            let answer = try await Self.refresh(try stores.secondStorage(), stores) {
                .made("new", expiresAt: Self.later)
            }
            #expect(answer == .made("new", expiresAt: Self.later))
        }
    }

    @Test func `without credentials there is nothing to refresh`() async throws {
        try await withStores { stores in
            let refusal = await #expect(throws: Refusal.self) {
                try await Self.refresh(stores.storage, stores) { .made() }
            }
            #expect(refusal?.code == .notFound)
        }
    }

    @Test func `when the holder's session is killed, the next caller refreshes`() async throws {
        try await withStores { stores in
            try stores.connect(credentials: .made("old", expiresAt: Self.expired))
            let second = try stores.secondStorage()
            let holds = Counter()
            let killed = Task(executorPreference: OwnThreads()) {
                try await Self.refresh(stores.storage, stores) {
                    holds.next()
                    try stores.waitForRefusedSession()
                    try stores.raw(
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and state = 'idle in transaction'
                        """)
                    return .made("lost", expiresAt: Self.later)
                }
            }
            let next = Task(executorPreference: OwnThreads()) {
                while holds.value == 0 { await Task.yield() }
                return try await Self.refresh(second, stores) { .made("new", expiresAt: Self.later) }
            }
            let answer = try await next.value
            #expect(answer == .made("new", expiresAt: Self.later))
            await #expect(throws: PostgresError.self) { try await killed.value }
            #expect(try Self.stored(stores) == .made("new", expiresAt: Self.later))
            // The process whose session was killed goes on with another one.
            #expect(try await Self.refresh(stores.storage, stores) { throw Refused() } == answer)
        }
    }

    @Test func `a session that was cut off while idle is replaced`() async throws {
        try await withStores { stores in
            try stores.connect(credentials: .made("old", expiresAt: Self.expired))
            try stores.raw(
                """
                select pg_terminate_backend(pid, 5000) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
                """)
            let answer = try await Self.refresh(stores.storage, stores) { .made("new", expiresAt: Self.later) }
            #expect(answer == .made("new", expiresAt: Self.later))
        }
    }
}

extension Stores {
    /// Waits until somebody was refused the row's lock, and waits outside a transaction.
    fileprivate func waitForRefusedSession() throws {
        try wait(
            for: "a session that gave up its transaction",
            """
            select count(*) > 0 as value from pg_stat_activity
            where datname = current_database() and state = 'idle' and query = 'rollback'
            """)
    }
}
