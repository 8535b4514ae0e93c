import Dispatch

/// Runs tasks one after the other on a queue of its own, so that what a seed gives does not depend on who is faster.
public final class OneThread: TaskExecutor {
    private let queue = DispatchQueue(label: "storm")

    init() {}

    /// Runs one piece of work on the queue.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }

    /// Runs the body, and the tasks that it makes, on one thread.
    public static func run<Value: Sendable>(_ body: @Sendable @escaping () async throws -> Value) async throws -> Value
    {
        try await withTaskExecutorPreference(OneThread()) { try await body() }
    }
}
