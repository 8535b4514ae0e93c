/// What is kept for a while only, over all companies.
public protocol RetentionStore {
    /// Removes finished messages and attempts of more than 30 days ago, and bodies of webhooks of more than 7, at most
    /// `limit` of each; says how many.
    func forget(limit: Int) throws -> Int
}
