#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

extension PostgresConnection {
    /// Starts listening to a channel; kept over `reconnect()`.
    ///
    /// A misuse in a transaction and behind a pooler.
    public func listen(_ channel: String) throws {
        guard !configuration.isPooled, open == nil else {
            throw PostgresError(
                .misuse, place: "listen", reason: "listening needs a session of its own, outside a transaction")
        }
        try sendListen(channel)
        remember(channel: channel)
    }

    func sendListen(_ channel: String) throws {
        let wire = try usableWire(place: "listen")
        guard !channel.containsNUL, let quoted = wire.quotedIdentifier(channel) else {
            throw PostgresError(.invalidBind, place: "listen", reason: "the channel's name cannot be quoted")
        }
        _ = try run([.control("listen \(quoted)")], place: "listen")
    }

    /// Waits for the next notification; nil when none came in time, or when a signal interrupted the wait.
    ///
    /// Notifications that arrived with other answers are returned first, without waiting.
    public func waitForNotification(timeout: Duration) throws -> PostgresNotification? {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: timeout)
        while true {
            let wire = try usableWire(place: "listen")
            if let notification = wire.nextNotification() { return notification }
            let wait = max(.zero, clock.now.duration(to: deadline))
            switch awaitInput(on: wire, wait) {
            case .ready:
                guard wire.consumeInput() else {
                    throw PostgresError(.connection, place: "listen", detail: wire.lastMessage)
                }
            case .interrupted: return nil
            case .timedOut: if clock.now >= deadline { return nil }
            case .failed(let code):
                throw PostgresError(.connection, place: "listen", reason: "poll failed, errno \(code)")
            }
        }
    }

    /// Reads what has arrived without waiting; false when the server has hung up.
    func lookForInput(on wire: Wire) -> Bool {
        while case .ready = awaitInput(on: wire, .zero) {
            guard wire.consumeInput() else { return false }
        }
        return wire.isConnected
    }

    private enum Readiness {
        case ready, timedOut, interrupted
        case failed(Int32)
    }

    private func awaitInput(on wire: Wire, _ wait: Duration) -> Readiness {
        let (seconds, attoseconds) = wait.components
        let milliseconds = min(seconds, 2_000_000) * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        var descriptor = pollfd(fd: wire.socket, events: Int16(POLLIN), revents: 0)
        let count = poll(&descriptor, 1, Int32(milliseconds))
        if count > 0 { return .ready }
        if count == 0 { return .timedOut }
        let code = errno
        return code == EINTR ? .interrupted : .failed(code)
    }
}
