import Domain

/// Starts runs that write. The first one of a connection is previewed and applied by a person; until then there is
/// none, and nothing else writes either: what happens meanwhile is in the lists that the first run reads.
enum RunGate {
    /// Whether a person has applied a first preview.
    static func isOpen(_ transaction: any StorageTransaction) throws -> Bool {
        try transaction.syncPolicy.policy()?.isApplied ?? false
    }

    /// Starts a run; nil when one is at work, or when none may write yet.
    static func start(_ cause: SyncRun.Cause, _ transaction: any StorageTransaction) throws -> SyncRun.ID? {
        try isOpen(transaction) ? transaction.sync.start(cause, mode: .full) : nil
    }

    /// Starts the preview of a connection that was just made, unless there is nothing to preview any more.
    static func previewFirst(_ transaction: any StorageTransaction) throws {
        guard try !isOpen(transaction) else { return }
        _ = try transaction.sync.start(.manual, mode: .preview)
    }
}
