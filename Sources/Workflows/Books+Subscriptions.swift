public import Domain

extension Books {
    /// Subscriptions, newest first.
    public func subscriptions(
        _ company: Company.ID, state: Subscription.State?, contact: Contact.ID?, page: PageRequest
    ) throws -> Listing<Subscription> {
        try inside(company) { try $0.subscriptions.list(state: state, contact: contact, page: page) }
    }

    /// One subscription. Throws `notFound`.
    public func subscription(_ id: Subscription.ID, _ company: Company.ID) throws -> Subscription {
        try inside(company) { try Self.found(try $0.subscriptions.subscription(id), "subscription") }
    }

    /// Stores a subscription. Throws `invalid`.
    public func addSubscription(_ subscription: NewSubscription, _ company: Company.ID) throws -> Subscription {
        try inside(company) { transaction in
            try Self.check(subscription.content, transaction)
            try Self.check(subscription)
            return try transaction.subscriptions.insert(subscription)
        }
    }

    private static func check(_ terms: NewSubscription) throws {
        guard !terms.name.isEmpty, (1...3660).contains(terms.intervalCount) else {
            throw Refusal(
                .invalid, "A subscription needs a name and an interval.",
                fields: terms.name.isEmpty ? ["name": "is empty"] : ["interval_count": "must be from 1 to 3660"])
        }
    }

    /// Replaces what an agreement says; its state stays. Throws `notFound`, `invalid`, and `conflict` when it is
    /// cancelled.
    public func reviseSubscription(
        _ id: Subscription.ID, _ terms: NewSubscription, _ company: Company.ID
    ) throws -> Subscription {
        try inside(company) { transaction in
            _ = try Self.found(try transaction.subscriptions.subscription(id), "subscription")
            try Self.check(terms.content, transaction)
            try Self.check(terms)
            guard let revised = try transaction.subscriptions.revise(id, terms) else {
                throw Refusal(.conflict, "The subscription is cancelled and can't be changed.")
            }
            return revised
        }
    }

    /// Moves a subscription on. Throws `conflict` for an illegal move.
    public func moveSubscription(
        _ id: Subscription.ID, to state: Subscription.State, _ company: Company.ID
    ) throws -> Subscription {
        try inside(company) { transaction in
            let subscription = try Self.found(try transaction.subscriptions.subscription(id), "subscription")
            guard subscription.state.successors.contains(state),
                let moved = try transaction.subscriptions.move(id, from: subscription.state, to: state)
            else {
                throw Refusal(
                    .conflict, "The subscription is \(subscription.state.rawValue): it can't become \(state.rawValue).")
            }
            return moved
        }
    }
}
