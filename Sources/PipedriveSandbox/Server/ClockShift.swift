import Synchronization

/// How far the sandbox's clock runs ahead of the real one, for tests of what takes days.
final class ClockShift: Sendable {
    private let milliseconds = Atomic<Int>(0)

    func apply(to moment: Timestamp) -> Timestamp {
        Timestamp(milliseconds: moment.milliseconds + milliseconds.load(ordering: .relaxed))
    }

    /// Puts the clock forward; it cannot go back.
    func advance(seconds: Double) { milliseconds.add(max(0, Int(seconds * 1000)), ordering: .relaxed) }

    var seconds: Double { Double(milliseconds.load(ordering: .relaxed)) / 1000 }
}
