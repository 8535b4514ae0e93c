import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@testable import PostgresStore

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct APIMailTests {
    private func mail(_ id: UUID, _ quote: Quote.ID, _ state: Mail.State = .waiting) -> Mail {
        Mail(
            id: Mail.ID(id), document: .quote(quote), recipient: state == .failed ? nil : "ada@example.com",
            recipientName: "Ada", text: EmailText(subject: "S", body: "B"), state: state, reason: nil,
            updatedAt: Date(timeIntervalSince1970: 0))
    }

    private func queued(_ stores: Stores) throws -> Int {
        try stores.number("select count(*) as value from queue.message where kind = 'mail'")
    }

    @Test func `the API's mail is queued, and only a person's repeat queues it again`() throws {
        try withStores { stores throws in
            let id = UUID()
            let quote = try stores.web { transaction in
                try transaction.addQuote(for: try transaction.addContact(emails: ["ada@example.com"]), deal: 7)
            }
            try stores.api { try $0.mails.insert(mail(id, quote.id)) }
            #expect(try queued(stores) == 1)
            let moves: [(from: Mail.State, to: Mail.State, queued: Int)] = [
                (.waiting, .sending, 1), (.sending, .waiting, 1), (.waiting, .sending, 1), (.sending, .unclear, 1),
                (.unclear, .waiting, 2), (.waiting, .failed, 2), (.failed, .waiting, 3),
            ]
            for move in moves {
                let moved = try stores.cron { transaction in
                    try transaction.mails.move(Mail.ID(id), from: [move.from], to: move.to, reason: "r")
                }
                #expect(moved?.state == move.to && moved?.reason == "r")
                #expect(try queued(stores) == move.queued)
            }
            #expect(try stores.cron { try $0.mails.move(Mail.ID(id), from: [.sent], to: .waiting, reason: nil) } == nil)
            let kept = try #require(try stores.web { try $0.mails.mail(of: .quote(quote.id)) })
            #expect(kept.recipient == "ada@example.com" && kept.text == EmailText(subject: "S", body: "B"))
            #expect(try stores.cron { try $0.mails.replyAddress() } == "owner@\(stores.company.text).example")
        }
    }

    @Test func `a mail without an address waits for nobody`() throws {
        try withStores { stores throws in
            let quote = try stores.web { try $0.addQuote(for: try $0.addContact(emails: []), deal: 7) }
            try stores.api { try $0.mails.insert(mail(UUID(), quote.id, .failed)) }
            #expect(try queued(stores) == 0)
        }
    }

    @Test func `a list's total is what counting says, whatever was done and folded`() throws {
        try withStores { stores throws in
            let contact = try stores.web { try $0.addContact(emails: ["ada@example.com"]) }
            for number in 1...25 {
                let quote = try stores.web { try $0.addQuote(for: contact, deal: Int64(number)) }
                if number.isMultiple(of: 3) {
                    _ = try stores.web { try $0.quotes.move(quote.id, from: .concept, to: .sent) }
                }
            }
            func expectExact() throws {
                for state in [Quote.State?.none, .concept, .sent, .declined] {
                    let total = try stores.api {
                        try $0.quotes.list(state: state, contact: nil, page: PageRequest(limit: 1)).total
                    }
                    let counted = try stores.number(
                        """
                        select count(*) as value from books.quote
                        where \(state?.rawValue)::text is null or state = \(state?.rawValue)
                        """)
                    #expect(total == counted)
                }
            }
            try expectExact()
            #expect(try stores.everywhere { try $0.listCounts.fold() } == 1)
            #expect(
                try stores.number("select count(*) as value from books.list_change where list = 'quote'") < 25)
            try expectExact()
            let gone = try stores.web { try $0.addContact(emails: ["b@example.com"]) }
            #expect(try stores.api { try $0.contacts.list(search: nil, page: PageRequest()).total } == 2)
            _ = try stores.api { try $0.contacts.delete(gone) }
            _ = try stores.api { try $0.contacts.delete(contact) }
            #expect(try stores.api { try $0.contacts.list(search: nil, page: PageRequest()).total } == 0)
        }
    }

    @Test func `who decided is kept with the quote`() throws {
        try withStores { stores throws in
            let quote = try stores.web { transaction in
                let made = try transaction.addQuote(for: try transaction.addContact(emails: []), deal: 7)
                _ = try transaction.quotes.move(made.id, from: .concept, to: .sent)
                return made
            }
            let said = QuoteDecision(name: "Kim", email: "kim@acme.example")
            let decided = try stores.api { try $0.quotes.decide(quote.id, from: .sent, to: .accepted, said) }
            #expect(decided?.decision?.name == "Kim" && decided?.decision?.email == "kim@acme.example")
            #expect(decided?.decision?.decidedAt != nil)
            #expect(try stores.api { try $0.quotes.decide(quote.id, from: .sent, to: .declined, said) } == nil)
        }
    }
}
