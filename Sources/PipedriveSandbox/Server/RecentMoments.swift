/// Moments in the order they came, of which the old ones are forgotten.
struct RecentMoments: Sendable {
    private var moments: [Int] = []
    /// How many at the front are forgotten already.
    private var forgotten = 0

    var count: Int { moments.count - forgotten }
    var first: Int? { count > 0 ? moments[forgotten] : nil }

    mutating func add(_ moment: Int) { moments.append(moment) }

    /// Forgets what came at or before the moment; answers how many are left.
    mutating func count(since moment: Int) -> Int {
        while forgotten < moments.count, moments[forgotten] <= moment { forgotten += 1 }
        // Moved together now and then only, so that each moment costs the same however many there are.
        if forgotten > 64, forgotten * 2 > moments.count {
            moments.removeFirst(forgotten)
            forgotten = 0
        }
        return count
    }
}
