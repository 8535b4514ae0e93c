/// Outgoing HTTP over libcurl: one thread drives every transfer, connections are kept and used again.
///
/// TLS certificates and host names are verified, redirects are not followed, only `http` and `https` are spoken, and
/// proxies or passwords from the environment play no part. A request that is not safe to repeat (POST, PATCH) is never
/// sent a second time on its own, not even when a kept connection turns out dead.
public final class CurlTransport: HTTPSending {
    private let loop: CurlLoop

    /// Makes a transport; its thread starts with the first request.
    ///
    /// At most `maxConnections` requests are under way at once, further ones wait, and their time runs meanwhile.
    public init(userAgent: String, maxConnections: Int = 64) {
        loop = CurlLoop(userAgent: userAgent, maxConnections: max(1, maxConnections))
    }

    deinit {
        loop.close()
    }

    /// Ends what is under way with `cancelled`, closes the connections and ends the thread; later requests fail alike.
    public func close() {
        loop.close()
    }

    /// Sends the request once; suspends, and blocks no thread of the caller's.
    public func send(_ request: OutgoingRequest) async throws -> IncomingResponse {
        let address = try RequestAddress(request)
        let ticket = Ticket()
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
