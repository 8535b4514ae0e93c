import Dispatch
import FastCGI
import Foundation

/// A listener on a socket of its own in a folder of its own, with a thread of its own to run on.
final class ListenerFixture {
    let listener: FastCGIListener
    let client: FastCGIClient
    private let folder: URL
    private let executor = QueueExecutor()

    init(limits: FastCGILimits = FastCGILimits(), stopsOnSignals: Bool = false) throws {
        folder = URL(fileURLWithPath: "/tmp/fcgi-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("socket").path
        listener = try FastCGIListener(socketPath: path, stopsOnSignals: stopsOnSignals, limits: limits)
        client = FastCGIClient(socketPath: path)
    }

    deinit {
        listener.shutDown()
        do { try FileManager.default.removeItem(at: folder) } catch { print("left behind:", folder.path) }
    }

    /// Starts the loop; its wait for connections must not hold one of the few threads that tests share.
    func start(
        _ respond: @escaping @Sendable (FastCGIRequest) async -> FastCGIResponse
    ) -> Task<FastCGIListener.StopReason, any Error> {
        let listener = listener
        return Task(executorPreference: executor) { try await listener.run(respond) }
    }
}

/// Runs a task's jobs on one serial queue.
private final class QueueExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "listener")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
