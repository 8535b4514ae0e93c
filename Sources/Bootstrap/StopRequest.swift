import Dispatch
import Glibc
import Synchronization

/// SIGTERM and SIGINT ask a cron job to finish what it has in hand and claim nothing more.
public final class StopRequest: Sendable {
    private final class Flag: Sendable {
        let isRaised = Atomic(false)
    }

    private let flag = Flag()
    // Kept so that the handlers stay installed; never touched after init.
    nonisolated(unsafe) private let sources: [any DispatchSourceSignal]

    /// Takes both signals over for this process.
    public init() {
        let flag = self.flag
        sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { flag.isRaised.store(true, ordering: .relaxed) }
            source.resume()
            return source
        }
    }

    /// Whether one of them came.
    public var isRequested: Bool { flag.isRaised.load(ordering: .relaxed) }
}
