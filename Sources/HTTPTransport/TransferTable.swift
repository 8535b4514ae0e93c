internal import CCurl
internal import Synchronization

/// What runs and what waits for a place; lives on the loop's thread only.
///
/// libcurl's own limit on connections is not used: a request that waits there has no running clock in 7.88.
struct TransferTable {
    private let multi: UnsafeMutableRawPointer
    private let userAgent: String
    private let maxConnections: Int
    private var waiting: [Submission] = []
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]

    init(multi: UnsafeMutableRawPointer, userAgent: String, maxConnections: Int) {
        self.multi = multi
        self.userAgent = userAgent
        self.maxConnections = maxConnections
    }

    mutating func admit(_ submissions: [Submission]) {
        for submission in submissions {
            if submission.ticket.isCancelled.load(ordering: .relaxed) {
                submission.fail(.cancelled)
            } else {
                waiting.append(submission)
            }
        }
    }

    mutating func cancel(_ ticket: Ticket) {
        if let index = waiting.firstIndex(where: { $0.ticket === ticket }) {
            waiting.remove(at: index).fail(.cancelled)
        } else if let easy = running.first(where: { $0.value.submission.ticket === ticket })?.key {
            finish(easy) { $0.failure(.cancelled, detail: "the task was cancelled") }
        }
    }

    mutating func cancelAll() {
        for submission in waiting { submission.fail(.cancelled, detail: "the transport was closed") }
        waiting = []
        for easy in running.keys { finish(easy) { $0.failure(.cancelled, detail: "the transport was closed") } }
    }

    /// Starts what may start, moves bytes, hands out what has ended; returns how long to sleep at most, in milliseconds.
    mutating func advance() -> Int32 {
        repeat {
            startWaiting()
            var runningCount: Int32 = 0
            let code = curl_multi_perform(multi, &runningCount)
            guard code == CURLM_OK else {
                for easy in running.keys { finish(easy) { $0.failure(.other, detail: "curl_multi_perform") } }
                break
            }
            handOutFinished()
        } while !waiting.isEmpty && running.count < maxConnections
        return sleepLimit
    }

    private mutating func startWaiting() {
        waiting.removeAll { submission in
            guard submission.timeLeft <= .zero else { return false }
            submission.fail(.timeout, detail: "no connection was free in time")
            return true
        }
        let free = min(maxConnections - running.count, waiting.count)
        guard free > 0 else { return }
        for submission in waiting.prefix(free) {
            guard let transfer = Transfer(submission, userAgent: userAgent) else {
                submission.fail(.invalidRequest, detail: "libcurl refused an option")
                continue
            }
            guard curl_multi_add_handle(multi, transfer.easy) == CURLM_OK else {
                submission.fail(.other, detail: "curl_multi_add_handle")
                continue
            }
            running[transfer.easy] = transfer
        }
        waiting.removeFirst(free)
    }

    private mutating func handOutFinished() {
        var remainingCount: Int32 = 0
        while let message = curl_multi_info_read(multi, &remainingCount) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            let code = ccurl_message_result(message)
            finish(easy) { $0.outcome(code) }
        }
    }

    private mutating func finish(
        _ easy: UnsafeMutableRawPointer, outcome: (Transfer) -> Result<IncomingResponse, HTTPTransportError>
    ) {
        guard let transfer = running.removeValue(forKey: easy) else { return }
        let result = outcome(transfer)
        curl_multi_remove_handle(multi, easy)
        transfer.submission.continuation.resume(with: result.mapError { $0 as any Error })
    }

    private var sleepLimit: Int32 {
        guard let next = waiting.map(\.timeLeft).min() else { return 10_000 }
        return Int32(min(10_000, max(1, next.wholeMilliseconds)))
    }
}
