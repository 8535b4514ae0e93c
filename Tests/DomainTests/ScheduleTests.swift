import Domain
import DomainTestSupport
import FoundationEssentials
import Testing

struct RetryPolicyTests {
    @Test(arguments: [(1, 30.0), (2, 120), (3, 480), (4, 1920), (5, 7680)])
    func `the wait is the base times four to the n, within 20 percent`(_ attempt: Int, _ seconds: Double) {
        let policy = RetryPolicy()
        let delay: (Double) -> Double = { policy.delay(afterAttempt: attempt, jitter: $0, retryAfter: nil) ?? -1 }
        #expect(abs(delay(0) - seconds) < 0.001)
        #expect(abs(delay(1) - seconds * 1.2) < 0.001)
        #expect(abs(delay(-1) - seconds * 0.8) < 0.001)
        #expect(delay(7) == delay(1))
        #expect(delay(-7) == delay(-1))
    }

    @Test func `the sixth attempt is the last`() {
        #expect(RetryPolicy.attemptLimit == 6)
        #expect(RetryPolicy().delay(afterAttempt: 6, jitter: 0, retryAfter: nil) == nil)
        #expect(RetryPolicy().delay(afterAttempt: 6, jitter: 0, retryAfter: 5) == nil)
        #expect(RetryPolicy().delay(afterAttempt: 7, jitter: 0, retryAfter: nil) == nil)
    }

    @Test func `what the other side asked for is never shortened`() {
        let policy = RetryPolicy(baseSeconds: 1)
        #expect(policy.delay(afterAttempt: 1, jitter: -1, retryAfter: 3600) == 3600)
        #expect(policy.delay(afterAttempt: 5, jitter: 0, retryAfter: 10) == 256)
    }
}

struct NightlyScheduleTests {
    // 2026-11-24 00:00 UTC.
    private let midnight = Date(timeIntervalSince1970: 1_795_478_400)
    private func hour(_ hours: Double) -> Date { midnight.addingTimeInterval(hours * 3600) }

    @Test func `a run is due at 04:00 UTC each day`() {
        #expect(NightlySchedule.lastDue(before: hour(4)) == hour(4))
        #expect(NightlySchedule.lastDue(before: hour(3.999)) == hour(-20))
        #expect(NightlySchedule.lastDue(before: hour(27.9)) == hour(4))
        #expect(NightlySchedule.lastDue(before: Date(timeIntervalSince1970: 0)).timeIntervalSince1970 == -72_000)
    }

    @Test func `a connection has one run a night, and a missed one is caught up`() {
        let isDue: (Date?, Date) -> Bool = { [hour = hour(-100)] last, now in
            NightlySchedule.isDue(lastRunAt: last, connectedAt: hour, now: now)
        }
        #expect(!isDue(hour(-19), hour(3.9)))
        #expect(isDue(hour(-19), hour(4)))
        #expect(!isDue(hour(4), hour(4.1)))
        #expect(isDue(hour(-19), hour(23)))
        #expect(isDue(hour(-80), hour(1)))
        #expect(isDue(nil, hour(1)))
    }

    @Test func `a connection made since then is not due before the next night`() {
        #expect(!NightlySchedule.isDue(lastRunAt: nil, connectedAt: hour(5), now: hour(6)))
        #expect(!NightlySchedule.isDue(lastRunAt: nil, connectedAt: hour(4), now: hour(6)))
        #expect(NightlySchedule.isDue(lastRunAt: nil, connectedAt: hour(5), now: hour(28)))
    }
}

struct SettingsTests {
    @Test func `a trigger covers its stages in its pipeline`() {
        let begun = Date.fixture
        let trigger = QuoteTrigger.fixture(stageIDs: [Stage.ID(3), Stage.ID(4)], since: begun)
        let asks: (Int64?, Int64, Date?) -> Bool = {
            trigger.asks(pipelineID: $0.map { Pipeline.ID($0) }, stageID: Stage.ID($1), at: $2)
        }
        #expect(asks(1, 3, begun) && asks(nil, 4, nil))
        #expect(!asks(2, 3, begun) && !asks(1, 5, begun) && !asks(nil, 5, nil))
        #expect(!asks(1, 3, begun.addingTimeInterval(-0.001)))
        var off = trigger
        off.isOn = false
        #expect(!off.asks(pipelineID: nil, stageID: Stage.ID(3), at: nil))
    }

    @Test func `a new connection pulls everything and forwards every event`() {
        let settings = IntegrationSettings.initial
        #expect(RecordKind.allCases.allSatisfy { settings.directions[$0] == .pull })
        #expect(settings.forwardedEvents == Set(BookEvent.Kind.forwarded))
    }

    @Test func `all directions but push bring records in`() {
        #expect(SyncDirection.allCases.filter(\.pulls) == [.pull, .both, .onlyNew])
    }

    @Test func `notes and webhooks go before sync steps`() {
        let priority: (OutboxMessage.Kind) -> Int = { NewMessage(kind: $0, subject: "1").priority }
        for kind in OutboxMessage.Kind.allCases where kind != .sync { #expect(priority(kind) < priority(.sync)) }
        #expect(NewMessage(kind: .note, subject: "1", priority: 9).priority == 9)
    }

    @Test func `an identifier is read from a uuid only, and printed in lower case`() {
        #expect(Quote.ID(text: "01890A5D-AC96-774B-BCCE-B302099A8057")?.text == "01890a5d-ac96-774b-bcce-b302099a8057")
        #expect(Quote.ID(text: "7") == nil)
    }
}
