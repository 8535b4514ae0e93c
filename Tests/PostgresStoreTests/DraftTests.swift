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

    @Test func `a deal's quote is asked for once, also by those who ask at the same time`() throws {
        try withStores { stores throws in
            try stores.connect()
            let asked = race(8) { _ in try stores.cron { try $0.drafts.request(Self.deal) } }
            #expect(asked.allSatisfy { $0.failure == nil })
            #expect(asked.compactMap(\.value).filter { $0 }.count == 1)
            let messages = try stores.messages()
            #expect(messages.map(\.kind) == [.draft])
            #expect(messages.map(\.subject) == ["7"])
            #expect(try stores.cron { try $0.drafts.request(Deal.ID(8)) })
        }
    }

    @Test func `without a connection nothing is asked for`() throws {
        try withStores { stores throws in
            #expect(try stores.cron { try $0.drafts.request(Self.deal) } == false)
            #expect(try stores.messages().isEmpty)
        }
    }

    @Test func `a failed draft says why and may be asked for again, a ready one not`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.cron { try $0.drafts.request(Self.deal) }
            try stores.cron { try $0.drafts.fail(Self.deal, reason: "No contact") }
            let failed = try #require(try stores.web { try $0.drafts.recent() }.first)
            #expect(failed.state == .failed && failed.reason == "No contact" && failed.quoteID == nil)
            #expect(try stores.cron { try $0.drafts.request(Self.deal) })
            #expect(try stores.web { try $0.drafts.recent() }.map(\.state) == [.requested])
            let quote = try stores.cron { try $0.addQuote(for: try $0.addContact(), deal: 7) }
            try stores.cron {
                try $0.drafts.ready(Self.deal, quote: quote.id, context: Self.context(), drafter: "built-in")
            }
            try stores.cron { try $0.drafts.fail(Self.deal, reason: "late") }
            #expect(try stores.cron { try $0.drafts.request(Self.deal) } == false)
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
