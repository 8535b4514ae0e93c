import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QueueFairnessTests {
    /// A company with a hundred thousand waiting notes in a thousand deals, and half a million finished ones.
    private static func fill(_ stores: Stores) throws -> Company.ID {
        let big = try stores.makeCompany()
        let connection = try stores.database.connect()
        defer { connection.close() }
        try connection.execute("alter table queue.message disable trigger user")
        try connection.execute(
            """
            insert into queue.message (company_id, kind, subject, lane, is_blocked, bucket)
            select \(big), 'note', n::text, 'deal:' || n % 1000, n > 1000, n / 1000 from generate_series(1, 100000) n
            """)
        try connection.execute("alter table queue.message enable trigger user")
        try connection.execute(
            """
            insert into queue.finished (company_id, id, kind, subject, state, attempt_count, caused_at, created_at)
            select \(big), -n, 'note', 'x', 'completed', 1, now(), now() from generate_series(1, 100000) n
            """)
        try connection.script("vacuum analyze queue.message")
        return big
    }

    @Test func `a company with a hundred thousand messages delays no other one's single one`() throws {
        try withStores { stores throws in
            let big = try Self.fill(stores)
            try stores.add("the other's")
            let claimed = try stores.everywhere {
                try $0.drain.claim(ClaimRequest(worker: "w", limit: 50, share: 16))
            }
            #expect(claimed.contains { $0.subject == "the other's" })
            #expect(claimed.count { $0.companyID == big } == 16)
            let more = try stores.everywhere {
                try $0.drain.claim(ClaimRequest(worker: "w", limit: 50, share: 16, held: [big: 15]))
            }
            #expect(more.count == 1)
        }
    }

    @Test func `with everybody's hands full, who has nothing in hand comes first`() throws {
        try withStores { stores throws in
            let busy = try (1...20).map { _ in try stores.makeCompany() }
            for company in busy {
                for number in 1...10 { try stores.add("\(number)", company: company) }
            }
            try stores.raw("update queue.message set bucket = bucket - 2")
            try stores.add("the one")
            let held = Dictionary(uniqueKeysWithValues: busy.map { ($0, 1) })
            let claimed = try stores.everywhere {
                try $0.drain.claim(ClaimRequest(worker: "w", limit: 1, share: 16, held: held))
            }
            #expect(claimed.map(\.subject) == ["the one"])
        }
    }

    @Test func `seventy companies with much to do do not starve one with little`() throws {
        try withStores { stores throws in
            for number in 1...70 {
                let company = try stores.makeCompany()
                try stores.raw(
                    """
                    insert into queue.message (company_id, kind, subject, bucket)
                    select \(company), 'note', n::text, queue.bucket() - \(number) from generate_series(1, 200) n
                    """)
            }
            try stores.add("the one")
            try stores.everywhere { try $0.drainers.raiseFloors() }
            // With nothing in hand all seventy, and the one, are alike: by age alone its turn would come last.
            var claimed: Set<String> = []
            var turns = 0
            while !claimed.contains("the one"), turns < 400 {
                turns += 1
                claimed = Set(
                    try stores.everywhere { try $0.drain.claim(ClaimRequest(worker: "w", limit: 5, share: 16)) }
                        .map(\.subject))
            }
            #expect(claimed.contains("the one"))
        }
    }

    /// Told by what the server counts, as the cron role under row-level security.
    @Test func `a claim reads little more than what it claims, whatever waits or was finished`() throws {
        try withStores { stores throws in
            _ = try Self.fill(stores)
            for round in 1...6 {
                try stores.everywhere { transaction throws in
                    let connection = try #require(transaction as? PostgresTransaction).connection
                    let claimed = try transaction.drain.claim(ClaimRequest(worker: "w", limit: 20, share: 20_000))
                    #expect(claimed.count == 20)
                    let reads = try #require(
                        try connection.query(
                            """
                            select pg_stat_get_xact_numscans('queue.message'::regclass) as whole,
                                sum(pg_stat_get_xact_tuples_returned(indexrelid)) as entries
                            from pg_index where indrelid = 'queue.message'::regclass
                            """
                        ).first)
                    #expect(try reads.int("whole") == 0, "the table is read whole")
                    // Twenty to claim and twenty to change; entries that the claims before left in the index. 200,000
                    // messages wait or were finished.
                    let entries = try reads.int("entries")
                    #expect(entries < 2_000, "round \(round): \(entries)")
                }
            }
        }
    }

    @Test func `what a dead grant holds back costs other companies' claims nothing, and goes on when it lives`() throws
    {
        try withStores { stores throws in
            let dead = try stores.makeCompany()
            try stores.raw(
                """
                insert into queue.message (company_id, kind, subject, bucket)
                select \(dead), 'note', n::text, queue.bucket() - n from generate_series(1, 900) n
                """)
            try stores.everywhere { try $0.drainers.raiseFloors() }
            try stores.raw(
                """
                insert into queue.gate (company_id, told_until, reason)
                values (\(dead), clock_timestamp() + interval '60 seconds', 'Reconnect')
                """)
            #expect(try stores.claim() == [])
            #expect(try stores.number("select count(*) as value from queue.message where is_held") == 900)
            // A minute later, and every minute: one of them tries, whatever bucket it is of.
            try stores.endWaits()
            let probes = race(4) { _ in try stores.messages() }.compactMap(\.value).flatMap(\.self)
            #expect(probes.count == 1 && probes.allSatisfy(\.isProbe))
            try stores.add("later", company: dead)
            #expect(try stores.claim() == [])
            #expect(try stores.finish(try #require(probes.first), .completed(note: nil)))
            #expect(try stores.number("select count(*) as value from queue.message where is_held") == 0)
            #expect(try stores.messages(limit: 2_000).count == 900)
        }
    }

    @Test func `what was finished in old buckets is passed over once the floors are raised`() throws {
        try withStores { stores throws in
            try stores.add("old")
            try stores.raw("update queue.message set bucket = 5")
            try stores.everywhere { try $0.drainers.raiseFloors() }
            #expect(
                try stores.number("select floor as value from queue.level where priority = 1 and is_gated") == 5)
            #expect(try stores.finish(try #require(stores.messages().first), .completed(note: nil)))
            try stores.everywhere { try $0.drainers.raiseFloors() }
            let floor = try stores.number("select floor as value from queue.level where priority = 1 and is_gated")
            let now = try stores.number("select queue.bucket() as value")
            #expect(floor < now && floor >= now - 2)
            try stores.add("new")
            #expect(try stores.claim() == ["new"])
        }
    }
}
