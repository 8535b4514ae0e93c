import Domain
import DomainTestSupport
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct DraftRecordTests {
    private static let deal = Deal.ID(7)

    private static let outcome = DraftOutcome(
        dealTitle: "Website \"Jansen\"", currency: .eur,
        quote: PricedQuote(
            lines: [
                PricedQuote.Line(
                    line: .fixture(discount: .percentage(Percentage(basisPoints: 1050)), flag: "Look here"),
                    source: .catalog, evidence: "een website\u{0}"),
                PricedQuote.Line(line: .fixture(unitPrice: nil), source: .unpriced, evidence: nil),
            ], remarks: ["Left out: iets"]), email: EmailText(subject: "Offerte", body: "Beste\nAnna"),
        drafter: "some-model",
        trail: DraftTrail(
            model: "some-model", promptVersion: "1", instructions: "Draft.",
            exchanges: [
                DraftTrail.Exchange(
                    question: "{}", answer: "\u{0}{", problems: ["no JSON"],
                    usage: TokenUsage(question: 10, answer: 2), milliseconds: 30),
                DraftTrail.Exchange(question: "again", answer: nil, problems: [], usage: .zero, milliseconds: 4),
            ], fallback: "It did not pass."))

    private func quote(_ stores: Stores) throws -> Quote {
        try stores.web { transaction in
            let contact = try transaction.contacts.insert(.fixture())
            return try transaction.quotes.insert(
                NewQuote(
                    content: .fixture(contactID: contact.id), email: .empty, publicToken: UUID().uuidString,
                    today: .fixture))
        }
    }

    @Test func `a trial is asked for, waits, and is kept word for word`() throws {
        try withStores { stores throws in
            try stores.connect()
            let id = try stores.web { try $0.draftRecords.ask(Self.deal, comparedWith: nil) }
            let messages = try stores.messages()
            #expect(messages.map(\.kind) == [.draft] && messages.map(\.subject) == ["trial:\(id.text)"])
            #expect(try stores.web { try $0.draftRecords.record(id) }?.state == .requested)
            #expect(try stores.cron { try $0.draftRecords.finish(id, Self.outcome) })
            #expect(try stores.cron { try $0.draftRecords.finish(id, Self.outcome) } == false)
            let record = try #require(try stores.web { try $0.draftRecords.record(id) })
            #expect(record.state == .ready && record.purpose == .trial && record.dealID == Self.deal)
            #expect(record.outcome == Self.outcome)
            #expect(try stores.web { try $0.draftRecords.trials() }.map(\.id) == [id])
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.draftRecords.record(id) } == nil)
            #expect(try stores.web(other) { try $0.draftRecords.trials() }.isEmpty)
        }
    }

    @Test func `a trial that fails says why, and without a connection there is none`() throws {
        try withStores { stores throws in
            #expect(throws: Refusal.self) {
                try stores.web { _ = try $0.draftRecords.ask(Self.deal, comparedWith: nil) }
            }
            try stores.connect()
            let id = try stores.web { try $0.draftRecords.ask(Self.deal, comparedWith: nil) }
            try stores.cron { try $0.draftRecords.fail(id, reason: "No such deal.") }
            try stores.cron { try $0.draftRecords.fail(id, reason: "Another reason.") }
            let record = try stores.web { try $0.draftRecords.record(id) }
            #expect(record?.state == .failed && record?.reason == "No such deal.")
        }
    }

    @Test func `a quote keeps how it was made, and its newest comparisons`() throws {
        try withStores { stores throws in
            try stores.connect()
            let quote = try quote(stores)
            try stores.cron { try $0.draftRecords.keep(Self.outcome, deal: Self.deal, quote: quote.id) }
            let asked = try (0..<6).map { _ in
                try stores.web { try $0.draftRecords.ask(Self.deal, comparedWith: quote.id) }
            }
            let records = try stores.web { try $0.draftRecords.records(of: quote.id) }
            #expect(records.map(\.id).prefix(4) == asked.suffix(4).reversed()[...])
            #expect(records.last?.purpose == .quote && records.last?.outcome == Self.outcome)
            #expect(try stores.web { try $0.draftRecords.trials() }.isEmpty)
        }
    }

    @Test func `records are forgotten after ninety days`() throws {
        try withStores { stores throws in
            try stores.connect()
            let ids = try (0..<2).map { _ in
                try stores.web { try $0.draftRecords.ask(Self.deal, comparedWith: nil) }
            }
            let old = ids[0]
            try stores.raw(
                """
                update pipedrive.draft_record set requested_at = requested_at - interval '90 days 1 minute'
                where id = \(old.rawValue)
                """)
            #expect(try stores.everywhere { try $0.retention.forget(limit: 100) } == 1)
            #expect(try stores.web { try $0.draftRecords.record(old) } == nil)
            #expect(try stores.web { try $0.draftRecords.record(ids[1]) } != nil)
        }
    }

    @Test func `of many that ask at once no more is spent than the day allows`() throws {
        try withStores { stores throws in
            let granted = race(8) { _ in try stores.cron { try $0.draftSpend.reserve(300, limit: 1000) } }
            #expect(granted.allSatisfy { $0.failure == nil })
            #expect(granted.compactMap(\.value).filter(\.self).count == 3)
            #expect(try stores.web { try $0.draftSpend.today() } == DraftSpend(tokens: 900, questions: 3))
            try stores.cron { try $0.draftSpend.settle(reserved: 300, spent: 120) }
            #expect(try stores.web { try $0.draftSpend.today() }.tokens == 720)
            #expect(try stores.cron { try $0.draftSpend.reserve(280, limit: 1000) })
            #expect(try stores.cron { try $0.draftSpend.reserve(1, limit: 1000) } == false)
            let other = try stores.makeCompany()
            #expect(try stores.cron(other) { try $0.draftSpend.reserve(1000, limit: 1000) })
        }
    }

    @Test func `a new day begins with nothing spent`() throws {
        try withStores { stores throws in
            #expect(try stores.cron { try $0.draftSpend.reserve(1000, limit: 1000) })
            try stores.raw("update pipedrive.draft_spend set day = day - 1")
            #expect(try stores.web { try $0.draftSpend.today() } == DraftSpend(tokens: 0, questions: 0))
            #expect(try stores.cron { try $0.draftSpend.reserve(400, limit: 1000) })
            #expect(try stores.web { try $0.draftSpend.today() } == DraftSpend(tokens: 400, questions: 1))
        }
    }

    @Test func `a deal that enters again leaves its quote alone, and is remembered`() throws {
        try withStores { stores throws in
            try stores.connect()
            let (entry, quote) = (DealEntry(dealID: Self.deal), try quote(stores))
            _ = try stores.cron { try $0.drafts.enter(entry, flood: FloodRule()) }
            try stores.cron {
                try $0.drafts.ready(Self.deal, quote: quote.id, context: DraftTests.context(), drafter: "built-in")
            }
            #expect(try stores.web { try $0.drafts.draft(of: Self.deal) }?.againAt == nil)
            #expect(try stores.cron { try $0.drafts.enter(entry, flood: FloodRule()) } == .again)
            #expect(try stores.web { try $0.drafts.draft(of: Self.deal) }?.againAt != nil)
            #expect(try stores.messages().count == 1)
        }
    }

    @Test func `the messages about a deal are its drafting and what its documents said`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.cron { try $0.drafts.enter(DealEntry(dealID: Self.deal), flood: FloodRule()) }
            _ = try stores.cron { try $0.drafts.enter(DealEntry(dealID: Deal.ID(8)), flood: FloodRule()) }
            let quote = try quote(stores)
            _ = try stores.web { try $0.documentDeals.bind(quote.id, deal: Self.deal, lead: nil) }
            let event = try stores.web { try $0.events.append(.quoteSent, subject: quote.id.rawValue) }
            let messages = try stores.cron { try $0.messageLog.messages(about: Self.deal) }
            #expect(Set(messages.map(\.kind)) == [.draft, .event])
            #expect(Set(messages.map(\.subject)) == ["7", event.text])
            let other = try stores.makeCompany()
            #expect(try stores.cron(other) { try $0.messageLog.messages(about: Self.deal) }.isEmpty)
        }
    }
}
