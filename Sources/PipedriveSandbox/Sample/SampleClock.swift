/// The moments in the sample data: all before a fixed day, so that a seed always gives the same records.
struct SampleClock {
    private static let newest = 1_767_600_000

    static func moment(daysBack: Int, random: inout SeededRandom) -> Timestamp {
        Timestamp(seconds: newest - daysBack * 86400 - random.below(36000))
    }
}
