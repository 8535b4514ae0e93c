internal import CFastCGI
internal import Glibc
internal import HTTPTypes
public import Logging
internal import Synchronization

/// The FastCGI accept loop over libfcgi: one request at a time, in one task, without a thread hop.
///
/// The web server's connection is closed after each request: a kept one would own the process while idle.
public final class FastCGIListener: Sendable {
    /// Why the loop ended; each is a success, and the process is meant to exit 0 and be started again.
    public enum StopReason: String, Sendable {
        /// SIGTERM, SIGINT or ``FastCGIListener/shutDown()``; the request in hand was finished.
        case signalled
        /// ``FastCGILimits/maxRequestCount`` requests were answered.
        case requestCountReached
        /// The resident memory went above ``FastCGILimits/maxResidentBytes``.
        case memoryGrown
    }

    private let limits: FastCGILimits
    private let logger: Logger
    private let socket: ListeningSocket
    private let stopsOnSignals: Bool
    // One owner: allocated in init, freed in deinit, and touched only by the one run that `isRunning` admits.
    nonisolated(unsafe) private let pointer: UnsafeMutablePointer<FCGX_Request>
    private let isRunning = Atomic<Bool>(false)
    private let isStopRequested = Atomic<Bool>(false)

    private static let setUpStatus: Int32 = {
        // A web server that hangs up must be an error to see, never a signal that ends the process.
        signal(SIGPIPE, SIG_IGN)
        return FCGX_Init()
    }()

    /// Listens on the socket inherited as standard input; stops on SIGTERM and SIGINT.
    ///
    /// Throws ``FastCGIError`` with `notFastCGI` when standard input is no listening socket.
    public convenience init(
        limits: FastCGILimits = FastCGILimits(),
        logger: Logger = Logger(label: "fastcgi", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws {
        guard Self.setUpStatus == 0 else { throw FastCGIError(.setUp, errorNumber: errno, place: "FCGX_Init") }
        guard FCGX_IsCGI() == 0 else { throw FastCGIError(.notFastCGI, place: "FCGX_IsCGI") }
        try self.init(
            socket: ListeningSocket(descriptor: 0, isOwned: false), stopsOnSignals: true, limits: limits,
            logger: logger)
    }

    /// Listens on a socket of its own, made at this path (at most 107 bytes) and left there afterwards.
    ///
    /// Throws ``FastCGIError`` with `socket`. Signals are left to the caller unless asked for.
    public convenience init(
        socketPath: String, backlog: Int32 = 64, stopsOnSignals: Bool = false,
        limits: FastCGILimits = FastCGILimits(),
        logger: Logger = Logger(label: "fastcgi", factory: { _ in SwiftLogNoOpLogHandler() })
    ) throws {
        guard Self.setUpStatus == 0 else { throw FastCGIError(.setUp, errorNumber: errno, place: "FCGX_Init") }
        try self.init(
            socket: ListeningSocket.open(path: socketPath, backlog: backlog), stopsOnSignals: stopsOnSignals,
            limits: limits, logger: logger)
    }

    private init(
        socket: ListeningSocket, stopsOnSignals: Bool, limits: FastCGILimits, logger: Logger
    ) throws(FastCGIError) {
        self.limits = limits
        self.logger = logger
        self.socket = socket
        self.stopsOnSignals = stopsOnSignals
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: FCGX_Request())
        guard FCGX_InitRequest(pointer, socket.descriptor, 0) == 0 else {
            throw FastCGIError(.setUp, errorNumber: errno, place: "FCGX_InitRequest")
        }
    }

    deinit {
        FCGX_Free(pointer, 1)
        pointer.deallocate()
    }

    /// Makes the loop end once the request in hand is finished; from any thread, any number of times.
    public func shutDown() {
        isStopRequested.store(true, ordering: .sequentiallyConsistent)
        wake(socket.wakeDescriptor)
    }

    /// Accepts and answers requests until something asks it to stop.
    ///
    /// The loop blocks its thread while it waits for a connection: the process is for this loop. Throws ``FastCGIError``
    /// with `accept` when the listening socket fails, `alreadyRunning` on a second call while the first lasts. Once a
    /// signal has come, libfcgi accepts nothing more in this process.
    public func run(_ respond: @Sendable (FastCGIRequest) async -> FastCGIResponse) async throws -> StopReason {
        guard !isRunning.exchange(true, ordering: .acquiringAndReleasing) else {
            throw FastCGIError(.alreadyRunning, place: "run")
        }
        defer { isRunning.store(false, ordering: .releasing) }
        let former = stopsOnSignals ? try StopSignals.install(waking: socket.wakeDescriptor) : []
        defer { if stopsOnSignals { StopSignals.restore(former) } }

        var answeredCount = 0
        while try acceptNext() {
            await exchange(respond)
            answeredCount += 1
            if let reason = reasonToMakeWay(after: answeredCount) { return reason }
        }
        return .signalled
    }

    /// True with a request in hand, false when it is time to stop.
    private func acceptNext() throws(FastCGIError) -> Bool {
        while !isStopping {
            let status = FCGX_Accept_r(pointer)
            if status == 0 { return true }
            // -9999 is libfcgi's "no error number", after a connection that went away before it was accepted.
            guard [EAGAIN, EINTR, 9999].contains(-status) || isStopping else {
                throw FastCGIError(.accept, errorNumber: -status, place: "FCGX_Accept_r")
            }
            if !isStopping { try socket.wait() }
        }
        return false
    }

    private var isStopping: Bool {
        isStopRequested.load(ordering: .sequentiallyConsistent)
            || (stopsOnSignals && StopSignals.haveArrived.load(ordering: .sequentiallyConsistent))
    }

    private func exchange(_ respond: @Sendable (FastCGIRequest) async -> FastCGIResponse) async {
        let accepted = AcceptedRequest(pointer)
        switch accepted.read(maxBodyBytes: limits.maxBodyBytes) {
        case .complete(let incoming):
            let outgoing = await respond(incoming)
            write(outgoing, to: accepted, method: incoming.request.method, isRead: true)
        case .refused(let status):
            logger.debug("Request refused", metadata: ["status": "\(status.code)"])
            write(.plain(status), to: accepted, method: .get, isRead: false)
        case .gone:
            logger.debug("Request dropped: its body ended early")
        }
        accepted.close()
    }

    private func write(
        _ outgoing: FastCGIResponse, to accepted: AcceptedRequest, method: HTTPRequest.Method, isRead: Bool
    ) {
        let isWritten =
            accepted.write(ResponseHead(outgoing).bytes) && (method == .head || writeBody(of: outgoing, to: accepted))
        guard isWritten, accepted.finish(isRead: isRead) else {
            logger.debug("Response cut short: the web server has hung up, or the rest could not be made")
            return
        }
    }

    private func writeBody(of outgoing: FastCGIResponse, to accepted: AcceptedRequest) -> Bool {
        guard accepted.write(outgoing.body) else { return false }
        guard let further = outgoing.further else { return true }
        do {
            while let piece = try further() {
                guard accepted.write(piece) else { return false }
            }
            return true
        } catch {
            // Who makes the pieces says what went wrong; here the answer only has to stay unfinished.
            return false
        }
    }

    private func reasonToMakeWay(after answeredCount: Int) -> StopReason? {
        if let maximum = limits.maxRequestCount, answeredCount >= maximum { return .requestCountReached }
        if let maximum = limits.maxResidentBytes, answeredCount.isMultiple(of: 100),
            let resident = ResidentMemory.byteCount(), resident > maximum
        {
            return .memoryGrown
        }
        return nil
    }
}
