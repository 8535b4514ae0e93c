public import FoundationEssentials

/// The nightly full sync is due at 04:00 UTC, whatever zone the host is in.
public enum NightlySchedule {
    static let secondsAfterMidnight = 4 * 3600.0

    /// The latest time at or before `now` at which a run was due.
    public static func lastDue(before now: Date) -> Date {
        let shifted = now.timeIntervalSince1970 - secondsAfterMidnight
        return Date(timeIntervalSince1970: (shifted / 86_400).rounded(.down) * 86_400 + secondsAfterMidnight)
    }

    /// Whether a connection still has to have its run: none began since it was due, and it was connected before.
    public static func isDue(lastRunAt: Date?, connectedAt: Date, now: Date) -> Bool {
        let due = lastDue(before: now)
        return connectedAt < due && (lastRunAt.map { $0 < due } ?? true)
    }
}
