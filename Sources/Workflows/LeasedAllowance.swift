import Domain

/// Lets a request begin only while enough of the lease is left for the whole of it.
///
/// Asked after the wait for the budget, right before the first byte: a worker whose lease ended while Pipedrive answers
/// would be taken for lost, and another would post as well.
struct LeasedAllowance: CallAllowance {
    let inner: (any CallAllowance)?
    let lease: Lease

    /// Too little of the lease is left; nothing was sent.
    struct LeaseTooShort: Error {}

    func spend(tokens: Int) async throws {
        try await inner?.spend(tokens: tokens)
        guard lease.hasLeft(seconds: RetryPolicy.leaseMargin) else { throw LeaseTooShort() }
    }

    func note(_ reading: BudgetReading) { inner?.note(reading) }
}

extension PipedriveAccess {
    /// The same, for requests that must be over before the lease is.
    func within(_ lease: Lease) -> PipedriveAccess {
        PipedriveAccess(
            apiOrigin: apiOrigin, accessToken: accessToken, allowance: LeasedAllowance(inner: allowance, lease: lease))
    }
}
