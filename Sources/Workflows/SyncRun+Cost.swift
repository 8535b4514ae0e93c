public import Domain

extension SyncRun {
    /// Pipedrive tokens that a run costs which does what this preview counted: the lists, the variations that are asked
    /// for again, each record that changes, read once more and written, and each that is made.
    public var expectedTokenCost: Int {
        counts.values.reduce(tokenCost - 10 * sparedLooks) { $0 + 6 * $1.updatedThere + 5 * $1.createdThere }
    }
}
