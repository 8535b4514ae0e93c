import Domain
import FoundationEssentials

extension Storm {
    /// What came of killing at every step.
    public struct KillPoints: Sendable {
        /// How many were tried.
        public var count = 0
        /// What broke a promise.
        public var broken: [String] = []
    }

    /// Something to do for a sync on both sides, and a run that is begun.
    private static func prepared(_ seed: UInt64) async throws -> Storm {
        let storm = Storm(StormSettings(history: seed, delivery: seed, isCalm: true, acts: 14))
        storm.isCalmWeather = true
        try storm.people.begin(storm)
        try await storm.settle()
        storm.people.startEpoch(1)
        storm.people.plan(storm.settings.acts, &storm.history)
        while storm.people.hasActs { try storm.people.act(storm) }
        try storm.startRun()
        return storm
    }

    /// One process does all the work and is killed: before and after each transaction, and before and after each
    /// request has taken effect. Whoever comes next finishes the job.
    public static func killPoints(seed: UInt64) async throws -> KillPoints {
        var points = KillPoints()
        for afterEffect in [false, true] {
            var step = 1
            while true {
                let storm = try await prepared(seed)
                let process = StormProcess(dyingAfter: step, afterEffect: afterEffect)
                try await storm.drain(process)
                guard process.isDead else { break }
                try await storm.settle()
                storm.check(afterEpoch: 1)
                try await storm.checkThatAnotherRunWritesNothing()
                points.count += 1
                points.broken += storm.broken.map {
                    "seed \(seed), killed \(afterEffect ? "after" : "before") step \(step): \($0)"
                }
                step += 1
            }
        }
        return points
    }

    /// The answer to every single write is lost after it took effect.
    public static func lostAnswers(seed: UInt64) async throws -> [String] {
        let storm = try await prepared(seed)
        storm.losesEveryAnswer = true
        try await storm.drain()
        try await storm.settle()
        storm.check(afterEpoch: 1)
        try await storm.checkThatAnotherRunWritesNothing()
        return storm.broken.map { "seed \(seed): \($0)" }
    }
}
