internal import CFastCGI
internal import Glibc
internal import Synchronization

/// SIGTERM and SIGINT, turned into a flag and a wake-up of the accept loop.
///
/// A signal handler can reach nothing but globals, so these two atomics are the only ones of this module.
enum StopSignals {
    static let haveArrived = Atomic<Bool>(false)
    fileprivate static let wakeDescriptor = Atomic<Int32>(-1)

    /// Installs the handlers and returns the former ones, for ``restore(_:)``.
    ///
    /// SA_RESTART is set on purpose: the loop waits in `epoll_wait`, which every signal interrupts all the same, while a
    /// read or write of the request in hand must go on as if nothing had happened.
    static func install(waking descriptor: Int32) throws(FastCGIError) -> [(Int32, sigaction)] {
        // Both statics exist before a handler can look at them: it must never be the one to initialise them.
        haveArrived.store(false, ordering: .relaxed)
        wakeDescriptor.store(descriptor, ordering: .sequentiallyConsistent)
        var former: [(Int32, sigaction)] = []
        for number in [SIGTERM, SIGINT] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = noteStopSignal
            action.sa_flags = SA_RESTART
            var before = sigaction()
            guard sigaction(number, &action, &before) == 0 else {
                throw FastCGIError(.setUp, errorNumber: errno, place: "sigaction")
            }
            former.append((number, before))
        }
        return former
    }

    /// Puts the former handlers back, so that a second signal can end a process that hangs after its loop.
    static func restore(_ former: [(Int32, sigaction)]) {
        for (number, action) in former {
            var action = action
            sigaction(number, &action, nil)
        }
        wakeDescriptor.store(-1, ordering: .sequentiallyConsistent)
    }
}

private func noteStopSignal(_ number: Int32) {
    let saved = errno
    FCGX_ShutdownPending()
    StopSignals.haveArrived.store(true, ordering: .sequentiallyConsistent)
    wake(StopSignals.wakeDescriptor.load(ordering: .sequentiallyConsistent))
    errno = saved
}

/// Makes the event descriptor readable; safe inside a signal handler.
func wake(_ descriptor: Int32) {
    guard descriptor >= 0 else { return }
    var one: UInt64 = 1
    // A full counter (EAGAIN) is readable already, so the result says nothing that matters.
    _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
}
