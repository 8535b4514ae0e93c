internal import Synchronization

/// Outgoing HTTP over libcurl: one thread drives every transfer, connections are kept and used again.
///
/// TLS certificates and host names are verified, redirects are not followed, only `http` and `https` are spoken, and
/// proxies or passwords from the environment play no part. A request that is not safe to repeat (POST, PATCH) is never
/// sent a second time on its own, not even when a kept connection turns out dead.
public final class CurlTransport: HTTPSending {
    private struct State {
        var loop: CurlLoop?
        var isClosed = false
    }

    private let userAgent: String
    private let maxConnections: Int
    private let state = Mutex(State())

    /// Makes a transport; libcurl is set up, with the whole of OpenSSL, and its thread starts with the first request.
    /// Many a process sends none.
    ///
    /// At most `maxConnections` requests are under way at once, further ones wait, and their time runs meanwhile.
    public init(userAgent: String, maxConnections: Int = 64) {
        self.userAgent = userAgent
        self.maxConnections = max(1, maxConnections)
    }

    deinit {
        close()
    }

    /// Ends what is under way with `cancelled`, closes the connections and ends the thread; later requests fail alike.
    public func close() {
        state.withLock { state in
            state.isClosed = true
            state.loop?.close()
        }
    }

    private func startedLoop() -> CurlLoop {
        state.withLock { state in
            if let loop = state.loop { return loop }
            let loop = CurlLoop(userAgent: userAgent, maxConnections: maxConnections)
            if state.isClosed { loop.close() }
            state.loop = loop
            return loop
        }
    }

    /// Sends the request once; suspends, and blocks no thread of the caller's.
    public func send(_ request: OutgoingRequest) async throws -> IncomingResponse {
        let address = try RequestAddress(request)
        let ticket = Ticket()
        let loop = startedLoop()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                loop.submit(
                    Submission(request: request, address: address, ticket: ticket, continuation: continuation))
            }
        } onCancel: {
            loop.cancel(ticket)
        }
    }
}
