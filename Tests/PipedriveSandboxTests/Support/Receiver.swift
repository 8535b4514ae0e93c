import Synchronization

@testable import PipedriveSandbox

/// A server on a free port that remembers what it is sent and answers as told.
final class Receiver: Sendable {
    private struct Contents {
        var requests: [Request] = []
        var waiting: [(count: Int, resume: CheckedContinuation<Void, Never>)] = []
    }

    private let contents = Mutex(Contents())
    private let reply: @Sendable (_ request: Request, _ number: Int) -> Reply

    init(reply: @escaping @Sendable (_ request: Request, _ number: Int) -> Reply = { _, _ in Reply() }) {
        self.reply = reply
    }

    var requests: [Request] { contents.withLock { $0.requests } }

    /// Runs the body with this server's address.
    func serve<Value: Sendable>(_ body: @escaping @Sendable (_ origin: String) async throws -> Value) async throws
        -> Value
    {
        try await serving({ request in self.take(request) }, body)
    }

    /// Returns once so many requests have come.
    func wait(for count: Int) async {
        await withCheckedContinuation { continuation in
            let isDone = contents.withLock { contents in
                if contents.requests.count >= count { return true }
                contents.waiting.append((count, continuation))
                return false
            }
            if isDone { continuation.resume() }
        }
    }

    private func take(_ request: Request) -> Reply { reply(request, note(request)) }

    /// Remembers a request and wakes who waits for it; answers its number, from 1.
    func note(_ request: Request) -> Int {
        let (number, ready) = contents.withLock { contents in
            contents.requests.append(request)
            let count = contents.requests.count
            let ready = contents.waiting.filter { $0.count <= count }
            contents.waiting.removeAll { $0.count <= count }
            return (count, ready)
        }
        for waiter in ready { waiter.resume.resume() }
        return number
    }
}

/// Runs a server on a free port while the body runs.
func serving<Value: Sendable>(
    _ answer: @escaping @Sendable (Request) async -> Reply?,
    _ body: @escaping @Sendable (_ origin: String) async throws -> Value
) async throws -> Value {
    let server = try ReplyServer(host: "127.0.0.1", port: 0, answer: answer)
    let (stream, continuation) = AsyncStream.makeStream(of: String.self)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await server.run { origin, _ in continuation.yield(origin) }
            return nil
        }
        group.addTask {
            for await origin in stream { return try await body(origin) }
            return nil
        }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw SandboxFailure(description: "The server stopped")
    }
}
