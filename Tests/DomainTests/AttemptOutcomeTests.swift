import Domain
import DomainTestSupport
import Testing

/// The table of `docs/deliveries.md`.
struct AttemptOutcomeTests {
    private let policy = RetryPolicy()

    private func outcome(
        _ failure: CRMFailure, of message: OutboxMessage = .fixture(), elapsed: Double = 0, jitter: Double = 0
    ) -> AttemptOutcome {
        policy.outcome(
            of: RetryPolicy.delivered(failure), message: message, elapsedSeconds: elapsed, jitter: jitter)
    }

    private func transient(_ status: Int?, unclear: Bool = true, retryAfter: Int? = nil) -> CRMFailure {
        CRMFailure(
            .transient(mayHaveTakenEffect: unclear, retryAfterSeconds: retryAfter), status: status, reason: "r")
    }

    @Test func `what waits costs no attempt, and holds the connection where it is the connection that waits`() {
        let limit = outcome(CRMFailure(.wait(seconds: 7), status: 429, reason: "r", holdsConnection: true))
        #expect(limit.state == .scheduled && !limit.isCounted && limit.delaySeconds == 7)
        #expect(limit.gate == .closed(seconds: 7))
        let scope = outcome(CRMFailure(.wait(seconds: nil), status: 403, reason: "r"))
        #expect(scope.state == .scheduled && !scope.isCounted && scope.delaySeconds == 60 && scope.gate == .unchanged)
        let dead = outcome(CRMFailure(.unauthorized, status: 401, reason: "r"))
        #expect(dead.state == .scheduled && !dead.isCounted && dead.gate == .closed(seconds: 60))
        #expect(outcome(CRMFailure(.wait(seconds: nil), status: 429, reason: "r")).delaySeconds == 5)
    }

    @Test func `what is refused for good is discarded, and shows that Pipedrive answers`() {
        let refused = outcome(CRMFailure(.rejected, status: 404, reason: "r"))
        #expect(refused.state == .discarded && refused.name == .discarded && refused.gate == .open)
        #expect(outcome(CRMFailure(.rejected, reason: "r")).gate == .unchanged)
    }

    @Test func `a failure counts, for the message and for the breaker, and backs off four times as long each time`() {
        for (attempt, seconds) in [(1, 30.0), (2, 120), (3, 480), (4, 1_920), (5, 7_680)] {
            let failed = outcome(transient(503, unclear: false), of: .fixture(attempt: attempt))
            #expect(failed.state == .retryable && failed.isCounted && failed.delaySeconds == seconds)
            #expect(failed.gate == .failed(seconds: 30))
        }
        #expect(outcome(transient(503, unclear: false), jitter: 1).delaySeconds == 36)
        #expect(outcome(transient(503, unclear: false, retryAfter: 99)).delaySeconds == 99)
        let last = outcome(transient(503, unclear: false), of: .fixture(attempt: 6))
        #expect(last.state == .discarded && last.name == .failed)
    }

    @Test func `a note of unclear outcome is looked for early, and posted thirty seconds after its time-out`() {
        let timeOut = outcome(transient(nil), elapsed: 20)
        #expect(timeOut.state == .retryable && timeOut.isUnclear)
        #expect(timeOut.delaySeconds == 2 && timeOut.repeatSeconds == 30)
        // Cut off at once: Pipedrive may work on it until its time-out would have been.
        let reset = outcome(transient(nil), elapsed: 0)
        #expect(reset.delaySeconds == 2 && abs((reset.repeatSeconds ?? 0) - 50) < 0.01)
        #expect(outcome(transient(503, retryAfter: 99)).delaySeconds == 30, "it asked not to be asked")
        let later = outcome(transient(nil), of: .fixture(attempt: 3), elapsed: 20)
        #expect(later.delaySeconds == 30 && later.repeatSeconds == 480)
    }

    @Test func `after the sixth attempt a note is still looked for before it is given up`() {
        let last = outcome(transient(nil), of: .fixture(attempt: 6), elapsed: 20)
        #expect(last.state == .retryable && last.delaySeconds == 30)
        #expect(outcome(transient(nil), of: .fixture(kind: .record, attempt: 6), elapsed: 20).state == .discarded)
    }

    @Test func `with a shorter base everything shrinks, but a time-out that did happen is given ten seconds`() {
        let short = RetryPolicy(baseSeconds: 1)
        #expect(short.lookDelay(elapsedSeconds: 20, isAnswered: false) == 10)
        #expect(short.lookDelay(elapsedSeconds: 0, isAnswered: false) == 2)
        #expect(short.lookDelay(elapsedSeconds: 3, isAnswered: true) == 1)
        #expect(short.repeatSeconds == -1)
    }

    @Test func `done, going on and no longer wanted`() {
        func outcome(_ result: DeliveryResult) -> AttemptOutcome {
            policy.outcome(of: Delivered(result), message: .fixture(), elapsedSeconds: 0, jitter: 0)
        }
        let done = outcome(.completed(note: "note 5"))
        #expect(done.isFinal && done.state == .completed && done.detail == "note 5" && done.gate == .open)
        let webhook = policy.outcome(
            of: Delivered(.completed(note: nil)), message: .fixture(kind: .webhook), elapsedSeconds: 0, jitter: 0)
        #expect(webhook.gate == .unchanged, "it asked nothing of Pipedrive")
        let again = outcome(.again)
        #expect(!again.isFinal && again.state == .available && !again.isCounted)
        #expect(outcome(.cancelled(reason: "r")).state == .cancelled)
    }

    @Test func `a failure counts, waiting does not, and a step that went well clears what stood against its work`() {
        func count(_ result: DeliveryResult) -> Int {
            policy.outcome(of: Delivered(result), message: .fixture(attempt: 4), elapsedSeconds: 0, jitter: 0)
                .attemptCount(after: 4)
        }
        #expect(count(.failed(reason: "HTTP 500", retryAfterSeconds: nil, isUnclear: false)) == 4)
        #expect(count(.snoozed(seconds: 5, reason: "HTTP 429")) == 3)
        #expect(count(.again) == 0)
    }
}
