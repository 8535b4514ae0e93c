import Foundation

/// Keeps one queue drainer running, as cron does: whenever one ends, the next is started.
actor Drainers {
    private let start: @Sendable () throws -> Part
    private var running: Part?
    private var loop: Task<Void, any Error>?
    private(set) var startCount = 0

    init(start: @escaping @Sendable () throws -> Part) { self.start = start }

    func begin() {
        guard loop == nil else { return }
        loop = Task {
            while !Task.isCancelled {
                let part = try start()
                running = part
                startCount += 1
                _ = await part.exitStatus()
                running = nil
                // A drainer that fails at once would otherwise be started without end.
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Kills the running one as a power failure would; the next is started at once. Its process id.
    func kill() async throws -> Int32 {
        let part = try await wait(for: "a drainer") { running }
        part.signal(SIGKILL)
        return part.id
    }

    /// Stops the running one where it stands, as a host does that swaps or is paused; no other is started.
    func freeze() async throws { try await wait(for: "a drainer") { running }.signal(SIGSTOP) }

    /// Lets the frozen one go on.
    func thaw() { running?.signal(SIGCONT) }

    /// Ends the running one in order, and starts no other.
    func end() async {
        loop?.cancel()
        running?.signal(SIGTERM)
        _ = await loop?.result
        loop = nil
    }
}
