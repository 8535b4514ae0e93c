public import Domain
public import Logging

/// Removes what is kept for a while only. Each drainer start offers to do it; once an hour one gets to.
public struct Retention: Sendable {
    private let storage: any Storage

    // Small enough that each transaction is short, also after months without a drainer.
    private static let batchSize = 5_000
    private static let batchLimit = 20

    /// Wires the use case.
    public init(storage: any Storage) {
        self.storage = storage
    }

    /// Removes what is due; what is left over is for the next hour.
    public func run(logger: Logger) throws {
        let isOurs = try storage.transaction(.cron(nil)) { try $0.chores.claim("retention", everySeconds: 3_600) }
        guard isOurs else { return }
        var total = 0
        for _ in 0..<Self.batchLimit {
            let count = try storage.transaction(.cron(nil)) { try $0.retention.forget(limit: Self.batchSize) }
            total += count
            if count < Self.batchSize { break }
        }
        if total > 0 { logger.info("Old messages and deliveries removed", metadata: ["count": "\(total)"]) }
    }
}
