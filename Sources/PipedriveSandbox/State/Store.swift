import Synchronization

/// The state behind one lock.
///
/// What webhooks are to hear of a change is published once the lock is free.
final class Store: Sendable {
    private let state: Mutex<State>
    private let revision = Atomic<Int>(0)
    private let publish: @Sendable ([Delivery]) -> Void

    init(_ state: State, publish: @escaping @Sendable ([Delivery]) -> Void) {
        self.state = Mutex(state)
        self.publish = publish
    }

    /// Rises with every change, so that the saver knows when there is something to save.
    var currentRevision: Int { revision.load(ordering: .acquiring) }

    /// Reads the state.
    ///
    /// Sorted orders may be built on the way, nothing else changes.
    func read<Answer: Sendable>(_ body: (inout State) throws -> Answer) throws -> Answer {
        try state.withLock { try body(&$0) }
    }

    /// Changes the state and publishes the deliveries that came of it.
    func change<Answer: Sendable>(_ body: (inout State) throws -> Answer) throws -> Answer {
        let (answer, deliveries) = try state.withLock { state in
            defer { state.events = [] }
            let answer = try body(&state)
            return (answer, Delivery.all(of: state.events, in: state))
        }
        revision.add(1, ordering: .acquiringAndReleasing)
        if !deliveries.isEmpty { publish(deliveries) }
        return answer
    }

    /// Takes away what was deleted long ago, every now and then.
    func purgeIfDue(at now: Timestamp) {
        state.withLock { if $0.isPurgeDue(at: now) { $0.purge(at: now) } }
    }

    /// Notes on a subscription how its newest delivery went.
    func noteDelivery(webhookID: Int, status: Int?, at time: Timestamp) {
        state.withLock { state in
            guard var webhook = state[.webhook][webhookID] else { return }
            var fields = webhook.fields
            fields["last_delivery_time"] = .string(time.rfc3339WithMilliseconds)
            fields["last_http_status"] = .optional(status)
            webhook.replace(fields)
            state[.webhook].put(webhook)
        }
    }

    func removeWebhook(_ id: Int) { state.withLock { $0[.webhook].remove(id) } }

    /// The user behind an access token, and what the token allows; nil when it is unknown, old or the user inactive.
    func bearer(of token: String, at now: Timestamp) -> (user: User, scope: String)? {
        state.withLock { state in
            for grant in state.grants {
                guard let known = grant.accessTokens.last(where: { $0.text == token }) else { continue }
                guard now < known.expiresAt, let user = state.user(grant.userID), user.isActive else { return nil }
                return (user, grant.scope)
            }
            return nil
        }
    }

    /// Whether one of this company's grants has the access token.
    func knowsAccess(_ token: String?) -> Bool {
        state.withLock { state in state.grants.contains { $0.accessTokens.contains { $0.text == token } } }
    }

    /// Whether one of the texts is a code or token of this company.
    func knows(_ secrets: [String]) -> Bool {
        state.withLock { state in
            state.codes.contains { secrets.contains($0.text) }
                || state.grants.contains { grant in
                    secrets.contains(grant.refreshToken) || grant.accessTokens.contains { secrets.contains($0.text) }
                }
        }
    }

    var userCount: Int { state.withLock { $0.users.count } }

    /// A copy of everything at this moment.
    func snapshot() -> State { state.withLock { $0 } }
}
