internal import Synchronization

/// A request on its way to the loop's thread, with the caller who waits for it.
struct Submission: Sendable {
    let request: OutgoingRequest
    let address: RequestAddress
    let ticket: Ticket
    let continuation: CheckedContinuation<IncomingResponse, any Error>
    let submittedAt = ContinuousClock.now

    var timeLeft: Duration { submittedAt + request.timeout - .now }

    func fail(_ code: HTTPTransportError.Code, detail: String = "") {
        continuation.resume(
            throwing: HTTPTransportError(
                code: code, place: request.place, mayHaveReachedServer: false, detail: detail))
    }
}

/// Names one `send`, and remembers a cancellation that comes before the request was even submitted.
final class Ticket: Sendable {
    let isCancelled = Atomic<Bool>(false)
}
