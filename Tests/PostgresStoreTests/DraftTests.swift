import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct DraftTests {
    private static let deal = Deal.ID(7)

    static func context(person: Int64? = nil, organization: Int64? = nil) -> DealContext {
        let deal = Deal(
            id: deal, title: "Rockets", status: .open, pipelineID: Pipeline.ID(1), stageID: Stage.ID(2),
            currency: .eur, personID: person.map { Person.ID($0) },
            organizationID: organization.map { Organization.ID($0) })
        return DealContext(deal: deal, products: [], person: nil, organization: nil)
    }

    private static let entry = DealEntry(dealID: deal)

    @Test func `a deal's quote is asked for once, also by those who ask at the same time`() throws {
        try withStores { stores throws in
            try stores.connect()
            let asked = race(8) { _ in try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) } }
            #expect(asked.allSatisfy { $0.failure == nil })
            #expect(asked.compactMap(\.value).filter { $0 == .requested }.count == 1)
            #expect(asked.compactMap(\.value).filter { $0 == .pending }.count == 7)
            let messages = try stores.messages()
            #expect(messages.map(\.kind) == [.draft])
            #expect(messages.map(\.subject) == ["7"])
            let other = DealEntry(dealID: Deal.ID(8))
            #expect(try stores.cron { try $0.drafts.enter(other, flood: FloodRule()) } == .requested)
        }
    }

    @Test func `without a connection nothing is asked for`() throws {
        try withStores { stores throws in
            #expect(try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) } == .refused)
            #expect(try stores.messages().isEmpty)
        }
    }

    @Test func `of many that enter side by side exactly as many are drafted as may be, the rest waits`() throws {
        try withStores { stores throws in
            try stores.connect()
            let rule = FloodRule(count: 5, seconds: 600)
            let outcomes = race(12) { number in
                try stores.cron { try $0.drafts.enter(DealEntry(dealID: Deal.ID(Int64(number) + 100)), flood: rule) }
            }
            #expect(outcomes.compactMap(\.value).filter { $0 == .requested }.count == 5)
            #expect(outcomes.compactMap(\.value).filter { $0 == .held }.count == 7)
            #expect(try stores.messages().count == 5)
            #expect(try stores.web { try $0.drafts.heldCount() } == 7)
            #expect(try stores.web { try $0.drafts.release(dropping: nil) } == 7)
            #expect(try stores.number("select count(*) as value from queue.message") == 12)
            #expect(try stores.web { try $0.drafts.heldCount() } == 0)
            try stores.raw("update pipedrive.quote_draft set requested_at = requested_at - interval '10 minutes'")
            let late = DealEntry(dealID: Deal.ID(200))
            #expect(try stores.cron { try $0.drafts.enter(late, flood: rule) } == .requested)
            try stores.cron { _ = try $0.drafts.enter(DealEntry(dealID: Deal.ID(201)), flood: FloodRule(count: 0)) }
            #expect(try stores.web { try $0.drafts.release(dropping: "No") } == 1)
            #expect(try stores.web { try $0.drafts.draft(of: Deal.ID(201)) }?.reason == "No")
        }
    }

    @Test func `a deal without a contact waits, is found, and is asked for again once`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) }
            try stores.cron {
                try $0.drafts.fail(Self.deal, reason: "nobody", waitsForContact: Self.context(person: 3))
            }
            let waiting = try stores.cron { try $0.drafts.waiting(limit: 10) }
            #expect(
                waiting == [
                    WaitingDeal(dealID: Self.deal, personID: Person.ID(3), organizationID: nil, isLinked: false)
                ])
            #expect(try stores.cron { try $0.drafts.wake(Self.deal) })
            #expect(try stores.cron { try $0.drafts.wake(Self.deal) } == false)
            #expect(try stores.number("select count(*) as value from queue.message") == 2)
            #expect(try stores.cron { try $0.drafts.waiting(limit: 10) }.isEmpty)
        }
    }

    @Test func `what was asked for when the connection ends is asked for again after the next one is made`() throws {
        try withStores { stores throws in
            try stores.connect()
            for id in [Int64(7), 8, 10] {
                _ = try stores.cron { try $0.drafts.enter(DealEntry(dealID: Deal.ID(id)), flood: FloodRule()) }
            }
            try stores.cron {
                try $0.drafts.fail(Deal.ID(8), reason: "nobody", waitsForContact: Self.context(person: 3))
            }
            _ = try stores.cron { try $0.drafts.enter(DealEntry(dealID: Deal.ID(9)), flood: FloodRule(count: 0)) }
            let quote = try stores.cron { try $0.addQuote(for: try $0.addContact(), deal: 10) }
            try stores.cron {
                try $0.drafts.ready(Deal.ID(10), quote: quote.id, context: Self.context(), drafter: "built-in")
            }
            try stores.web { transaction in
                #expect(try transaction.drafts.abandon(reason: "It ended.") == 1)
                #expect(try transaction.queue.cancelWaiting(reason: "It ended") == 3)
                _ = try transaction.connections.disconnect()
            }
            let states = try stores.web { try $0.drafts.recent() }
                .map { "\($0.dealID) \($0.state) \($0.reason ?? "")" }
            #expect(Set(states) == ["7 failed It ended.", "8 waiting nobody", "9 held ", "10 ready "])
            try stores.connect()
            #expect(try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) } == .requested)
            #expect(try stores.messages().filter { $0.kind == .draft }.map(\.subject) == ["7"])
        }
    }

    @Test func `a failed draft says why and may be asked for again, a ready one not`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) }
            try stores.cron { try $0.drafts.fail(Self.deal, reason: "Lost", waitsForContact: nil) }
            let failed = try #require(try stores.web { try $0.drafts.recent() }.first)
            #expect(failed.state == .failed && failed.reason == "Lost" && failed.quoteID == nil)
            #expect(try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) } == .requested)
            #expect(try stores.web { try $0.drafts.recent() }.map(\.state) == [.requested])
            let quote = try stores.cron { try $0.addQuote(for: try $0.addContact(), deal: 7) }
            try stores.cron {
                try $0.drafts.ready(Self.deal, quote: quote.id, context: Self.context(), drafter: "built-in")
            }
            try stores.cron { try $0.drafts.fail(Self.deal, reason: "late", waitsForContact: nil) }
            #expect(try stores.cron { try $0.drafts.enter(Self.entry, flood: FloodRule()) } == .again)
            let ready = try #require(try stores.web { try $0.drafts.recent() }.first)
            #expect(ready.state == .ready && ready.reason == nil && ready.dealID == Self.deal)
            #expect(ready.quoteID == quote.id && ready.quoteNumber == quote.number)
        }
    }

    @Test func `the deal is kept as it was when the quote was made`() throws {
        try withStores { stores throws in
            try stores.connect()
            let quote = try stores.cron { try $0.addQuote(for: try $0.addContact(), deal: 7) }
            for organization in [Int64(4), 5] {
                try stores.cron {
                    try $0.drafts.ready(
                        Self.deal, quote: quote.id, context: Self.context(person: 3, organization: organization),
                        drafter: "model-1")
                }
            }
            let row = try #require(
                try stores.raw("select title, person_id, organization_id from pipedrive.deal_snapshot").first)
            #expect(try row.string("title") == "Rockets")
            #expect(try row.int("person_id") == 3 && row.int("organization_id") == 5)
            #expect(try stores.text("select drafter as value from pipedrive.quote_draft") == "model-1")
        }
    }

    @Test func `the last fifty drafts are shown, newest first`() throws {
        try withStores { stores throws in
            try stores.raw(
                """
                insert into pipedrive.quote_draft (company_id, pipedrive_company_id, deal_id, requested_at)
                select \(stores.company)::uuid, 77, n, '2026-01-01'::timestamptz + n * interval '1 day'
                from generate_series(1, 60) n
                """)
            let deals = try stores.web { try $0.drafts.recent() }.map(\.dealID.rawValue)
            #expect(deals == Array((11...60).reversed()))
        }
    }
}
