import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct EventTests {
    private struct Abandoned: Error {}

    @Test(arguments: BookEvent.Kind.allCases)
    func `an event is kept, and one that can be a note queues its message`(kind: BookEvent.Kind) throws {
        try withStores { stores throws in
            let subject = UUID()
            let id = try stores.api { try $0.events.append(kind, subject: subject) }
            let event = try #require(try stores.web { try $0.events.details(of: [id]) }.first).event
            #expect(event.kind == kind && event.subjectID == subject && event.id == id)
            let taken = try stores.cron { try $0.drain.takeEvents(limit: 10) }
            #expect(taken.map(\.subject) == (kind.noteText == nil ? [] : [id.text]))
            let other = try stores.makeCompany()
            #expect(try stores.cron(other) { try $0.drain.takeEvents(limit: 10) }.isEmpty)
            #expect(try stores.web(other) { try $0.events.details(of: [id]) }.isEmpty)
        }
    }

    @Test func `an event that was rolled back leaves no message`() throws {
        try withStores { stores throws in
            #expect(throws: Abandoned.self) {
                try stores.api { transaction throws in
                    try transaction.events.append(.quoteSent, subject: UUID())
                    throw Abandoned()
                }
            }
            #expect(try stores.number("select count(*) as value from queue.message") == 0)
            #expect(try stores.number("select count(*) as value from books.event") == 0)
        }
    }

    @Test func `a quote's event tells of the quote`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.web { transaction throws in
                let contact = try transaction.addContact("Ada & Co")
                let quote = try transaction.addQuote(for: contact, units: 1_234, deal: 7)
                for kind in [BookEvent.Kind.quoteSent, .quoteViewed, .quoteAccepted] {
                    let document = try #require(try Self.document(kind, quote.id.rawValue, transaction))
                    #expect(
                        document
                            == EventDocument(
                                number: quote.number, total: Money(minorUnits: 1_234, currency: .eur),
                                isQuote: true, contactName: "Ada & Co", dealID: Deal.ID(7), leadID: nil))
                }
            }
        }
    }

    @Test func `that an invoice is overdue is one event for one due date, also where a backup is restored`() throws {
        try withStores { stores throws in
            try stores.connect()
            let invoice = try stores.web {
                try $0.addInvoice(for: try $0.addContact(), deal: 8).id.rawValue
            }
            let (first, again, later) = try stores.web { transaction throws in
                let first = try transaction.events.append(.invoiceOverdue, subject: invoice)
                let again = try transaction.events.append(.invoiceOverdue, subject: invoice)
                return (first, again, try transaction.events.append(.invoicePaid, subject: invoice))
            }
            #expect(first == again && first != later)
            #expect(try stores.number("select count(*) as value from books.event where kind = 'invoice.overdue'") == 1)
            try stores.raw("update books.invoice set due_on = due_on + 1")
            #expect(try stores.web { try $0.events.append(.invoiceOverdue, subject: invoice) } != first)
        }
    }

    @Test func `an invoice belongs to its own deal, else to its quote's deal or lead`() throws {
        try withStores { stores throws in
            try stores.connect()
            try stores.web { transaction throws in
                let contact = try transaction.addContact()
                let deal = try transaction.addQuote(for: contact, deal: 7)
                let lead = try transaction.addQuote(for: contact, lead: "lead-1")
                let own = try transaction.addInvoice(for: contact, quote: deal.id, deal: 8)
                let viaQuote = try transaction.addInvoice(for: contact, quote: deal.id)
                let viaLead = try transaction.addInvoice(for: contact, quote: lead.id)
                let none = try transaction.addInvoice(for: contact)
                func document(_ invoice: Invoice) throws -> EventDocument? {
                    try Self.document(.invoicePaid, invoice.id.rawValue, transaction)
                }
                #expect(try document(own)?.dealID == Deal.ID(8))
                let through = try #require(try document(viaQuote))
                #expect(through.dealID == Deal.ID(7) && !through.isQuote && through.number == viaQuote.number)
                let throughLead = try document(viaLead)
                #expect(throughLead?.dealID == nil && throughLead?.leadID == "lead-1")
                let unbound = try document(none)
                #expect(unbound != nil && unbound?.dealID == nil && unbound?.leadID == nil)
            }
        }
    }

    @Test func `a deal of another Pipedrive company than the connected one is not this one's`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1, company: 77))
            let (quote, invoice) = try stores.web { transaction in
                let contact = try transaction.addContact()
                let quote = try transaction.addQuote(for: contact, deal: 7)
                return (quote, try transaction.addInvoice(for: contact, quote: quote.id))
            }
            func deals() throws -> [Deal.ID?] {
                try stores.cron { transaction in
                    [
                        try Self.document(.quoteSent, quote.id.rawValue, transaction)?.dealID,
                        try Self.document(.invoiceSent, invoice.id.rawValue, transaction)?.dealID,
                    ]
                }
            }
            #expect(try deals() == [Deal.ID(7), Deal.ID(7)])
            _ = try stores.web { try $0.connections.disconnect() }
            try stores.connect(.number(2, company: 88))
            #expect(try deals() == [nil, nil])
        }
    }

    @Test func `there is no document for what is gone, is never posted, or is another company's`() throws {
        try withStores { stores throws in
            let quote = try stores.web { try $0.addQuote(for: try $0.addContact()) }
            let other = try stores.makeCompany()
            #expect(try stores.web { try Self.document(.quoteSent, UUID(), $0) } == nil)
            #expect(try stores.web { try Self.document(.contactCreated, quote.id.rawValue, $0) } == nil)
            #expect(try stores.web(other) { try Self.document(.quoteSent, quote.id.rawValue, $0) } == nil)
        }
    }

    private static func document(
        _ kind: BookEvent.Kind, _ subject: UUID, _ transaction: any StorageTransaction
    ) throws -> EventDocument? {
        let id = try transaction.events.append(kind, subject: subject)
        return try transaction.events.details(of: [id]).first?.document
    }

    @Test func `contacts and products that a sync makes or changes have their events, in its transaction`() throws {
        try withStores { stores throws in
            try stores.connect()
            let cents = { Money(minorUnits: $0, currency: .eur) }
            for name in ["Bob", "Bob Bee", "Bob Bee"] {
                try stores.sync(.persons([.number(1, "Ada"), .number(2, name)]))
            }
            for price: Int64 in [1, 2, 2] { try stores.sync(.products([.number(1, prices: [cents(price)])])) }
            let events = try stores.raw(
                "select kind || ' ' || count(*) as line from books.event group by kind order by kind"
            ).map { try $0.string("line") }
            #expect(events == ["contact.created 2", "contact.updated 1", "product.created 1", "product.updated 1"])
            let subjects = try stores.number(
                """
                select count(*) as value from books.event e join books.contact c
                    on c.company_id = e.company_id and c.id = e.subject_id where c.name = 'Bob Bee'
                """)
            #expect(subjects == 2)
            #expect(try stores.number("select count(*) as value from queue.message where kind = 'event'") == 0)
        }
    }
}
