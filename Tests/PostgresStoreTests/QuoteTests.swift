import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct QuoteTests {
    @Test func `a quote comes back with every kind of line as it was stored`() throws {
        try withStores { stores throws in
            let lines = [
                DocumentLine(description: "Heading", unitPrice: nil, tax: .zero, isTextLine: true),
                DocumentLine(
                    description: "Hours “é”", quantity: Quantity(tenThousandths: 15_000), unitPrice: 9_950,
                    taxMethod: .inclusive, tax: Percentage(basisPoints: 2_100),
                    discount: .percentage(Percentage(basisPoints: 1_050)), productID: Product.ID(UUID()),
                    billingFrequency: .monthly, flag: "Look at this"),
                DocumentLine(
                    description: "Credit", unitPrice: 500, taxMethod: .none, tax: .zero, discount: .amount(20)),
                DocumentLine(description: "Need", unitPrice: nil, tax: .zero),
            ]
            try stores.web { transaction throws in
                let content = DocumentContent(
                    contactID: try transaction.addContact(), addressee: "For Ada",
                    addresseeEmail: "ada@example.org", currency: .usd, lines: lines, externalID: "x-1",
                    dealID: Deal.ID(7), leadID: "lead", note: "Thanks")
                let email = EmailText(subject: "Your quote", body: "Dear\nAda")
                let stored = try transaction.quotes.insert(
                    NewQuote(content: content, email: email, publicToken: "token-1", today: .someday))
                #expect(stored.content == content)
                #expect(stored.email == email)
                #expect(stored.state == .concept)
                #expect(stored.validUntil == CalendarDay.someday.adding(days: 30))
                #expect(try transaction.quotes.quote(stored.id) == stored)
                #expect(try transaction.quotes.quote(publicToken: "token-1") == stored)
                #expect(try transaction.quotes.quote(externalID: "x-1") == stored)
                #expect(try transaction.quotes.quote(externalID: "x-2") == nil)
                #expect(try transaction.quotes.quote(publicToken: "x-1") == nil)
                #expect(try transaction.quotes.quote(Quote.ID(UUID())) == nil)
            }
        }
    }

    @Test func `totals stand beside the lines`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let content = DocumentContent(
                    contactID: try transaction.addContact(), currency: .eur,
                    lines: [.costing(10_000, tax: 2_100), .costing(1_000, tax: 900)])
                _ = try transaction.quotes.insert(
                    NewQuote(content: content, email: .empty, publicToken: "t", today: .someday))
            }
            let row = try #require(try stores.raw("select net, tax, gross from books.quote").first)
            #expect(try row.int("net") == 11_000)
            #expect(try row.int("tax") == 2_190)
            #expect(try row.int("gross") == 13_190)
        }
    }

    @Test func `a quote moves only from the state it was seen in`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let quote = try transaction.addQuote(for: try transaction.addContact())
                #expect(try transaction.quotes.move(quote.id, from: .sent, to: .accepted) == nil)
                #expect(try transaction.quotes.move(quote.id, from: .concept, to: .sent)?.state == .sent)
                #expect(try transaction.quotes.move(quote.id, from: .concept, to: .sent) == nil)
                #expect(try transaction.quotes.quote(quote.id)?.state == .sent)
            }
        }
    }

    @Test func `of two who accept and decline at once one succeeds`() throws {
        try withStores { stores throws in
            let id = try stores.web { transaction throws in
                let quote = try transaction.addQuote(for: try transaction.addContact())
                return try #require(try transaction.quotes.move(quote.id, from: .concept, to: .sent)).id
            }
            let moved = race(8) { index in
                try stores.api { try $0.quotes.move(id, from: .sent, to: index % 2 == 0 ? .accepted : .declined) }
            }
            #expect(moved.allSatisfy { $0.failure == nil })
            #expect(moved.filter { ($0.value ?? nil) != nil }.count == 1)
        }
    }

    @Test func `only a concept is revised, and its number and external id stay`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let quote = try transaction.addQuote(for: try transaction.addContact(), externalID: "x")
                var content = quote.content
                content.lines = [.costing(5)]
                (content.addressee, content.addresseeEmail) = ("Ada", "ada@example.org")
                content.externalID = "other"
                let email = EmailText(subject: "New", body: "words")
                let revised = try #require(
                    try transaction.quotes.revise(quote.id, content: content, email: email, validUntil: .someday))
                content.externalID = "x"
                #expect(revised.content == content)
                #expect(revised.email == email)
                #expect(revised.number == quote.number)
                #expect(revised.validUntil == .someday)
                _ = try transaction.quotes.move(quote.id, from: .concept, to: .sent)
                #expect(
                    try transaction.quotes.revise(quote.id, content: content, email: .empty, validUntil: .someday)
                        == nil)
                #expect(try transaction.quotes.quote(quote.id)?.email == email)
            }
        }
    }

    @Test func `lists are newest first, filtered and in pages`() throws {
        try withStores { stores throws in
            let (ada, bob) = try stores.web { (try $0.addContact("Ada"), try $0.addContact("Bob")) }
            var quotes: [Quote] = []
            for contact in [ada, bob, ada] { quotes.append(try stores.web { try $0.addQuote(for: contact) }) }
            try stores.web { transaction throws in
                _ = try transaction.quotes.move(quotes[0].id, from: .concept, to: .sent)
                func ids(
                    _ state: Quote.State?, _ contact: Contact.ID?, _ page: PageRequest = PageRequest()
                ) throws -> [Quote.ID] {
                    try transaction.quotes.list(state: state, contact: contact, page: page).items.map(\.id)
                }
                #expect(try ids(nil, nil) == quotes.map(\.id).reversed())
                #expect(try ids(.sent, nil) == [quotes[0].id])
                #expect(try ids(nil, ada) == [quotes[2].id, quotes[0].id])
                #expect(try ids(.concept, ada) == [quotes[2].id])
                #expect(try ids(nil, nil, PageRequest(limit: 1, offset: 1)) == [quotes[1].id])
                #expect(try transaction.quotes.list(state: nil, contact: ada, page: PageRequest(limit: 1)).total == 2)
            }
        }
    }

    // 2024-10-04 was the last day of validity. At 23:30 UTC it is the next day in Amsterdam, and still that day in
    // New York.
    @Test func `quotes expire when the day of their validity is over where the company is`() throws {
        try withStores { stores throws in
            let newYork = try stores.makeCompany(timeZone: "America/New_York")
            let day = try #require(CalendarDay("2024-10-04"))
            let now = Date(timeIntervalSince1970: 1_728_084_600)
            for company in [stores.company, newYork] {
                try stores.web(company) { transaction throws in
                    let contact = try transaction.addContact()
                    let ways: [[Quote.State]] = [[], [.sent], [.sent, .viewed], [.sent, .accepted]]
                    for way in ways {
                        let quote = try transaction.addQuote(for: contact, validUntil: day)
                        for (from, to) in zip([.concept] + way, way) {
                            _ = try transaction.quotes.move(quote.id, from: from, to: to)
                        }
                    }
                    let later = try transaction.addQuote(for: contact, validUntil: day.adding(days: 1))
                    _ = try transaction.quotes.move(later.id, from: .concept, to: .sent)
                }
            }
            #expect(try stores.everywhere { try $0.schedule.withLapsedDocuments(now: now) } == [stores.company])
            #expect(try stores.cron { try $0.quotes.expire(now: now) } == 2)
            #expect(try stores.cron { try $0.quotes.expire(now: now) } == 0)
            #expect(try stores.cron(newYork) { try $0.quotes.expire(now: now) } == 0)
            let expired = try stores.web { try $0.quotes.list(state: .expired, contact: nil, page: PageRequest()) }
            #expect(expired.total == 2)
            #expect(try stores.everywhere { try $0.schedule.withLapsedDocuments(now: now) } == [])
        }
    }
}
