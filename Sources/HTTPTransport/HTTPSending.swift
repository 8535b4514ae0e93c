/// One HTTP exchange: the whole of what this room offers, and what a test puts a stub in place of.
public protocol HTTPSending: Sendable {
    /// Sends the request once and returns the whole response, whatever its status; redirects are not followed.
    ///
    /// Throws ``HTTPTransportError`` when there is no complete response; cancelling the task ends it with `cancelled`.
    func send(_ request: OutgoingRequest) async throws -> IncomingResponse
}
