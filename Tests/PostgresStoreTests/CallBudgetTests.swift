import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct CallBudgetTests {
    private func take(
        _ calls: Int, as urgency: CallUrgency, _ reading: BudgetReading = BudgetReading(), in stores: Stores
    ) throws -> CallSlice {
        try stores.cron { try $0.callBudgets.take(calls: calls, spent: 10, as: urgency, reading: reading) }
    }

    @Test func `an unknown limit holds runs to the smallest plan, and nothing else`() throws {
        try withStores { stores throws in
            #expect(try take(500, as: .note, in: stores).calls == 500)
            #expect(try take(500, as: .sync, in: stores).calls <= 16)
        }
    }

    @Test func `hosts share a limit, and of its bucket a part is kept for notes`() throws {
        try withStores { stores throws in
            _ = try take(1, as: .note, BudgetReading(callLimit: 100), in: stores)
            try stores.raw(
                "update pipedrive.call_budget set calls_left = 20, filled_at = clock_timestamp() + interval '1 hour'")
            #expect(try take(100, as: .sync, in: stores).calls == 10)
            try stores.raw("update pipedrive.call_budget set filled_at = clock_timestamp() + interval '1 hour'")
            #expect(try take(100, as: .live, in: stores).calls == 6)
            try stores.raw("update pipedrive.call_budget set filled_at = clock_timestamp() + interval '1 hour'")
            #expect(try take(100, as: .note, in: stores).calls == 4)
            try stores.raw("update pipedrive.call_budget set filled_at = clock_timestamp() + interval '1 hour'")
            let none = try take(1, as: .note, in: stores)
            #expect(none.calls == 0 && none.waitSeconds > 0 && none.waitSeconds <= 1 && !none.isDayOver)
        }
    }

    @Test func `of the day's tokens a part is left to the customer's other apps`() throws {
        try withStores { stores throws in
            let reading = BudgetReading(callLimit: 1_000, dayLimit: 1_000, dayLeft: 200)
            _ = try take(1, as: .note, in: stores)
            #expect(try take(1, as: .sync, reading, in: stores).isDayOver)
            #expect(try !take(1, as: .live, reading, in: stores).isDayOver)
            #expect(try !take(1, as: .note, reading, in: stores).isDayOver)
            let last = BudgetReading(dayLimit: 1_000, dayLeft: 20)
            #expect(try take(1, as: .live, last, in: stores).isDayOver)
            #expect(try take(1, as: .note, last, in: stores).isDayOver)
            // The next day nothing is known of what is left.
            try stores.raw("update pipedrive.call_budget set day_seen_at = day_seen_at - interval '1 day'")
            #expect(try !take(1, as: .live, in: stores).isDayOver)
        }
    }

    @Test(arguments: [30_000, 2_100_000])
    func `a new day's run begins, whatever the plan, and before any answer tells what is left`(limit: Int) throws {
        try withStores { stores throws in
            _ = try take(1, as: .sync, BudgetReading(callLimit: 1_000, dayLimit: limit, dayLeft: 1), in: stores)
            #expect(try take(1, as: .sync, in: stores).isDayOver)
            try stores.raw(
                "update pipedrive.call_budget set day_seen_at = day_seen_at - interval '1 day', day = day - 1")
            #expect(try !take(1, as: .sync, in: stores).isDayOver)
        }
    }
}
