internal import CCurl
internal import Glibc
internal import Synchronization

/// The thread that drives every transfer, and the inbox by which requests come to it.
///
/// Both the transport and the thread hold the loop; whoever lets go last frees the multi handle. Until then any thread
/// may call `curl_multi_wakeup`, the one call libcurl allows from outside.
final class CurlLoop: Sendable {
    private struct Inbox {
        var submissions: [Submission] = []
        var cancellations: [Ticket] = []
        var isClosed = false
        var isStarted = false

        var isEmpty: Bool { submissions.isEmpty && cancellations.isEmpty }
    }

    private static let setUpCode = ccurl_global_init()

    private let userAgent: String
    private let maxConnections: Int
    private let inbox = Mutex(Inbox())
    nonisolated(unsafe) private let multi: UnsafeMutableRawPointer?

    init(userAgent: String, maxConnections: Int) {
        self.userAgent = userAgent
        self.maxConnections = maxConnections
        multi = Self.setUpCode == CURLE_OK ? curl_multi_init() : nil
        if let multi {
            // The cache must hold what may run at once, or busy hosts would push out each other's connections.
            _ = ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, maxConnections)
        }
    }

    deinit {
        if let multi { curl_multi_cleanup(multi) }
    }

    func submit(_ submission: Submission) {
        let refusal: HTTPTransportError.Code? = inbox.withLock { inbox in
            if inbox.isClosed { return .cancelled }
            guard start(&inbox) else { return .other }
            let isFirst = inbox.isEmpty
            inbox.submissions.append(submission)
            if isFirst { wake() }
            return nil
        }
        if let refusal { submission.fail(refusal, detail: "the transport is closed or has no thread") }
    }

    func cancel(_ ticket: Ticket) {
        inbox.withLock { inbox in
            // Set under the lock: the loop sees either this, when the submission arrives, or the entry in the list.
            ticket.isCancelled.store(true, ordering: .relaxed)
            guard inbox.isStarted, !inbox.isClosed else { return }
            let isFirst = inbox.isEmpty
            inbox.cancellations.append(ticket)
            if isFirst { wake() }
        }
    }

    func close() {
        inbox.withLock { inbox in
            inbox.isClosed = true
            if inbox.isStarted { wake() }
        }
    }

    /// The thread's whole life.
    fileprivate func run() {
        guard let multi else { return }
        var table = TransferTable(multi: multi, userAgent: userAgent, maxConnections: maxConnections)
        while true {
            let (submissions, cancellations, isClosed) = inbox.withLock { inbox in
                defer {
                    inbox.submissions.removeAll(keepingCapacity: true)
                    inbox.cancellations.removeAll(keepingCapacity: true)
                }
                return (inbox.submissions, inbox.cancellations, inbox.isClosed)
            }
            table.admit(submissions)
            for ticket in cancellations { table.cancel(ticket) }
            if isClosed {
                table.cancelAll()
                return
            }
            let wait = table.advance()
            curl_multi_poll(multi, nil, 0, wait, nil)
        }
    }

    private func start(_ inbox: inout Inbox) -> Bool {
        if inbox.isStarted { return true }
        guard multi != nil else { return false }
        let context = Unmanaged.passRetained(self)
        var thread = pthread_t()
        guard pthread_create(&thread, nil, runCurlLoop, context.toOpaque()) == 0 else {
            context.release()
            return false
        }
        pthread_detach(thread)
        inbox.isStarted = true
        return true
    }

    private func wake() {
        if let multi { curl_multi_wakeup(multi) }
    }
}

// A free function: a closure as a C callback traps when called on a thread that Swift did not make.
private func runCurlLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    // Signals belong to the process's own threads; SIGPIPE too, which OpenSSL could raise under CURLOPT_NOSIGNAL.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
    guard let context else { return nil }
    Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
