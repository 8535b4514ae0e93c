import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct InvoiceTests {
    @Test func `an invoice comes back as it was stored`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let contact = try transaction.addContact()
                let quote = try transaction.addQuote(for: contact)
                let content = DocumentContent(
                    contactID: contact, addressee: "Ada", addresseeEmail: "ada@example.org", currency: .eur,
                    lines: [.costing(1_000, tax: 2_100)], externalID: "inv", dealID: Deal.ID(3), leadID: "l", note: "n")
                let stored = try transaction.invoices.insert(
                    NewInvoice(content: content, quoteID: quote.id, issuedOn: .someday, publicToken: "public"))
                #expect(stored.content == content)
                #expect(stored.quoteID == quote.id)
                #expect(stored.state == .concept && stored.paid == 0 && !stored.isOverdue)
                #expect(stored.issuedOn == .someday && stored.dueOn == CalendarDay.someday.adding(days: 30))
                #expect(try transaction.invoices.invoice(stored.id) == stored)
                #expect(try transaction.invoices.invoice(publicToken: "public") == stored)
                #expect(try transaction.invoices.invoice(publicToken: "other") == nil)
                #expect(try transaction.invoices.invoice(Invoice.ID(UUID())) == nil)
                #expect(try transaction.invoices.move(stored.id, from: .sent, to: .paid) == nil)
                #expect(try transaction.invoices.move(stored.id, from: .concept, to: .sent)?.state == .sent)
            }
        }
    }

    @Test func `payments move an invoice along, and never beyond what is due`() throws {
        try withStores { stores throws in
            let id = try stores.web { try $0.addInvoice(for: try $0.addContact(), units: 1_000, state: .sent) }.id
            func pay(_ units: Int64) throws -> Invoice? {
                try stores.web { try $0.invoices.pay(id, minorUnits: units, paidOn: .someday) }
            }
            let part = try #require(try pay(400))
            #expect(part.state == .partiallyPaid && part.paid == 400)
            let over = try #require(throws: Refusal.self) { try pay(601) }
            #expect(over.code == .conflict && over.fields["amount"] != nil)
            #expect(over.message.contains("6,00"))
            let full = try #require(try pay(600))
            #expect(full.state == .paid && full.paid == 1_000)
            #expect(try #require(throws: Refusal.self) { try pay(1) }.code == .conflict)
            #expect(try stores.number("select sum(minor_units)::int as value from books.payment") == 1_000)
        }
    }

    @Test func `a concept takes no payment, and an unknown invoice none either`() throws {
        try withStores { stores throws in
            let id = try stores.web { try $0.addInvoice(for: try $0.addContact()) }.id
            let refusal = try #require(throws: Refusal.self) {
                try stores.web { try $0.invoices.pay(id, minorUnits: 1, paidOn: .someday) }
            }
            #expect(refusal.code == .conflict)
            let unknown = try stores.web {
                try $0.invoices.pay(Invoice.ID(UUID()), minorUnits: 1, paidOn: .someday)
            }
            #expect(unknown == nil)
            #expect(try stores.number("select count(*) as value from books.payment") == 0)
        }
    }

    @Test func `payments at the same time never exceed what is due`() throws {
        try withStores { stores throws in
            let id = try stores.web { try $0.addInvoice(for: try $0.addContact(), units: 1_000, state: .sent) }.id
            let paid = race(16) { _ in
                try stores.api { try $0.invoices.pay(id, minorUnits: 300, paidOn: .someday) }
            }
            #expect(paid.compactMap(\.value).count == 3)
            #expect(paid.compactMap { $0.failure as? Refusal }.filter { $0.code == .conflict }.count == 13)
            #expect(try stores.web { try $0.invoices.invoice(id) }?.paid == 900)
            #expect(try stores.number("select sum(minor_units)::int as value from books.payment") == 900)
        }
    }

    // 2024-10-04 was the due day. At 23:30 UTC it is the next day in Amsterdam, and still that day in New York.
    @Test func `invoices are overdue when their due day is over where the company is, once`() throws {
        try withStores { stores throws in
            let newYork = try stores.makeCompany(timeZone: "America/New_York")
            let day = try #require(CalendarDay("2024-10-04"))
            let now = Date(timeIntervalSince1970: 1_728_084_600)
            func fill(_ company: Company.ID) throws -> Set<Invoice.ID> {
                try stores.web(company) { transaction throws in
                    let contact = try transaction.addContact()
                    _ = try transaction.addInvoice(for: contact, dueOn: day)
                    _ = try transaction.addInvoice(for: contact, dueOn: day.adding(days: 1), state: .sent)
                    _ = try transaction.addInvoice(for: contact, units: 0, dueOn: day, state: .sent)
                    let paid = try transaction.addInvoice(for: contact, units: 5, dueOn: day, state: .sent)
                    _ = try transaction.invoices.pay(paid.id, minorUnits: 5, paidOn: day)
                    let part = try transaction.addInvoice(for: contact, units: 5, dueOn: day, state: .sent)
                    _ = try transaction.invoices.pay(part.id, minorUnits: 4, paidOn: day)
                    return [part.id, try transaction.addInvoice(for: contact, dueOn: day, state: .sent).id]
                }
            }
            let open = try fill(stores.company)
            let openThere = try fill(newYork)
            let free = try stores.makeCompany()
            _ = try stores.web(free) {
                try $0.addInvoice(for: try $0.addContact(), units: 0, dueOn: day, state: .sent)
            }
            #expect(try stores.everywhere { try $0.schedule.withLapsedDocuments(now: now) } == [stores.company])
            #expect(Set(try stores.cron { try $0.invoices.markOverdue(now: now) }) == open)
            #expect(try stores.cron { try $0.invoices.markOverdue(now: now) } == [])
            #expect(try stores.cron(newYork) { try $0.invoices.markOverdue(now: now) } == [])
            for id in open { #expect(try stores.web { try $0.invoices.invoice(id) }?.isOverdue == true) }
            #expect(try stores.everywhere { try $0.schedule.withLapsedDocuments(now: now) } == [])
            // The database's own clock is years past all of these days.
            #expect(Set(try stores.cron(newYork) { try $0.invoices.markOverdue(now: nil) }).isSuperset(of: openThere))
        }
    }

    @Test func `two who mark overdue at once mark each invoice once`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let contact = try transaction.addContact()
                for _ in 1...5 { _ = try transaction.addInvoice(for: contact, dueOn: .someday, state: .sent) }
            }
            let marked = race(4) { _ in try stores.cron { try $0.invoices.markOverdue(now: nil) } }
            #expect(marked.allSatisfy { $0.failure == nil })
            #expect(marked.compactMap(\.value).flatMap { $0 }.count == 5)
        }
    }

    @Test func `a later due day takes the overdue mark away`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let invoice = try transaction.addInvoice(
                    for: try transaction.addContact(), dueOn: .someday, state: .sent)
                #expect(try transaction.invoices.markOverdue(now: nil) == [invoice.id])
                let same = try transaction.invoices.revise(invoice.id, dueOn: .someday, note: "hello")
                #expect(same?.isOverdue == true && same?.content.note == "hello")
                let later = CalendarDay.someday.adding(days: 20_000)
                let revised = try transaction.invoices.revise(invoice.id, dueOn: later, note: nil)
                #expect(revised?.isOverdue == false && revised?.dueOn == later && revised?.content.note == nil)
                #expect(try transaction.invoices.revise(Invoice.ID(UUID()), dueOn: later, note: nil) == nil)
            }
        }
    }

    @Test func `lists are newest first and filtered`() throws {
        try withStores { stores throws in
            let (ada, bob) = try stores.web { (try $0.addContact("Ada"), try $0.addContact("Bob")) }
            let first = try stores.web { try $0.addInvoice(for: ada, state: .sent) }
            let second = try stores.web { try $0.addInvoice(for: bob) }
            try stores.web { transaction throws in
                let all = try transaction.invoices.list(status: nil, contact: nil, page: PageRequest())
                #expect(all.items == [second, first])
                let sent = try transaction.invoices.list(status: .sent, contact: nil, page: PageRequest())
                #expect(sent.items == [first] && sent.total == 1)
                let hers = try transaction.invoices.list(status: nil, contact: bob, page: PageRequest())
                #expect(hers.items == [second])
                let page = try transaction.invoices.list(
                    status: nil, contact: nil, page: PageRequest(limit: 1, offset: 1))
                #expect(page.items == [first] && page.total == 2)
            }
        }
    }
}
