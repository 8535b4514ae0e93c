import Dispatch
import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

/// What the stores of documents do beyond keeping them.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct DocumentStoreTests {
    @Test func `a list by status holds what has it, and its total counts the same`() throws {
        try withStores { stores throws in
            let contact = try stores.web { try $0.addContact() }
            let (late, part) = try stores.web { transaction throws in
                _ = try transaction.addInvoice(for: contact)
                _ = try transaction.addInvoice(
                    for: contact, dueOn: CalendarDay.someday.adding(days: 60_000), state: .sent)
                let part = try transaction.addInvoice(for: contact, units: 9, dueOn: .someday, state: .sent)
                _ = try transaction.invoices.pay(part.id, minorUnits: 4, paidOn: .someday)
                return (try transaction.addInvoice(for: contact, dueOn: .someday, state: .sent), part)
            }
            func listed(_ status: Invoice.Status?, of contact: Contact.ID? = nil) throws -> (Set<Invoice.ID>, Int) {
                let listing = try stores.api {
                    try $0.invoices.list(status: status, contact: contact, page: PageRequest())
                }
                #expect(listing.items.allSatisfy { status == nil || $0.status == status })
                return (Set(listing.items.map(\.id)), listing.total)
            }
            #expect(try listed(.sent).1 == 2 && listed(.partiallyPaid).1 == 1 && listed(.overdue).1 == 0)
            _ = try stores.cron { try $0.invoices.markOverdue(now: nil) }
            #expect(try listed(.overdue) == ([late.id, part.id], 2))
            #expect(try listed(.overdue, of: contact) == ([late.id, part.id], 2))
            #expect(try listed(.sent).1 == 1 && listed(.partiallyPaid).1 == 0)
            _ = try stores.web { try $0.invoices.pay(part.id, minorUnits: 5, paidOn: .someday) }
            #expect(try listed(.overdue) == ([late.id], 1) && listed(.paid).1 == 1)
            _ = try stores.everywhere { try $0.listCounts.fold() }
            #expect(try listed(nil).1 == 4 && listed(.overdue).1 == 1)
        }
    }

    @Test func `pages far down a list go on where the ones before ended`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                let contact = try transaction.addContact("A")
                for number in 1...6 { _ = try transaction.addContact("C\(number)") }
                for _ in 1...7 { _ = try transaction.addInvoice(for: contact) }
            }
            try stores.api { transaction throws in
                let whole = try transaction.invoices.list(status: nil, contact: nil, page: PageRequest()).items
                let pages = try [0, 3, 6, 9].flatMap {
                    try transaction.invoices.list(status: nil, contact: nil, page: PageRequest(limit: 3, offset: $0))
                        .items
                }
                #expect(pages == whole && whole.count == 7)
                let names = try [0, 3, 6, 9].flatMap {
                    try transaction.contacts.list(search: nil, page: PageRequest(limit: 3, offset: $0)).items
                }.map(\.details.name)
                #expect(names == ["A", "C1", "C2", "C3", "C4", "C5", "C6"])
            }
        }
    }

    @Test func `a new due date ends the overdue only where it has not passed itself`() throws {
        try withStores { stores throws in
            let invoice = try stores.web {
                try $0.addInvoice(for: try $0.addContact(), dueOn: .someday, state: .sent)
            }
            _ = try stores.cron { try $0.invoices.markOverdue(now: nil) }
            func revised(_ day: CalendarDay) throws -> Invoice.Status? {
                try stores.web { try $0.invoices.revise(invoice.id, dueOn: day, note: nil) }?.status
            }
            #expect(try revised(CalendarDay.someday.adding(days: 9)) == .overdue)
            #expect(try stores.cron { try $0.invoices.markOverdue(now: nil) } == [])
            #expect(try revised(CalendarDay.someday.adding(days: 60_000)) == .sent)
        }
    }

    @Test func `deals and leads are bound whatever the state, and only of the own company's documents`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            let (quote, invoice) = try stores.web { transaction throws in
                let contact = try transaction.addContact()
                return (try transaction.addQuote(for: contact, deal: 7), try transaction.addInvoice(for: contact))
            }
            _ = try stores.web { try $0.quotes.move(quote.id, from: .concept, to: .sent) }
            try stores.api { transaction throws in
                let bound = try transaction.documentDeals.bind(quote.id, deal: nil, lead: "lead")
                #expect(bound?.content.dealID == nil && bound?.content.leadID == "lead" && bound?.state == .sent)
                let billed = try transaction.documentDeals.bind(invoice.id, deal: Deal.ID(9), lead: nil)
                #expect(billed?.content.dealID == Deal.ID(9))
                #expect(try transaction.invoices.invoice(invoice.id) == billed)
            }
            try stores.api(other) { transaction throws in
                #expect(try transaction.documentDeals.bind(quote.id, deal: Deal.ID(1), lead: nil) == nil)
                #expect(try transaction.documentDeals.bind(invoice.id, deal: Deal.ID(1), lead: nil) == nil)
            }
        }
    }

    @Test func `a subscription's new terms change its value per year, until it is cancelled`() throws {
        try withStores { stores throws in
            let made = try stores.api { try $0.addSubscription(for: try $0.addContact(), units: 1_000) }
            var terms = NewSubscription(
                name: "Care", content: made.content, intervalUnit: .week, intervalCount: 2, startsOn: .someday,
                state: .concept)
            terms.content.lines = [.costing(500)]
            let revised = try stores.api { try $0.subscriptions.revise(made.id, terms) }
            #expect(revised?.intervalUnit == .week && revised?.state == .active && revised?.content == terms.content)
            #expect(try stores.number("select annual_net as value from books.subscription") == 13_000)
            try stores.api { transaction throws in
                _ = try transaction.subscriptions.move(made.id, from: .active, to: .cancelled)
                #expect(try transaction.subscriptions.revise(made.id, terms) == nil)
            }
        }
    }

    @Test func `a document that is being made keeps its contact from being deleted`() throws {
        try withStores { stores throws in
            let contact = try stores.web { try $0.addContact() }
            let (made, deletes) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            let ends = race(2) { index -> Bool in
                if index == 0 {
                    try stores.api { transaction throws in
                        _ = try transaction.addQuote(for: contact)
                        made.signal()
                        deletes.wait()
                        try stores.waitForBlockedSessions()
                    }
                    return true
                }
                made.wait()
                deletes.signal()
                return try stores.api { try $0.contacts.delete(contact) }
            }
            #expect(ends[0].value == true && ends[1].value == false)
            #expect(try stores.web { try $0.contacts.contact(contact) }?.isArchived == true)
        }
    }

    @Test func `a document for a contact that is gone by then is refused by the field`() throws {
        try withStores { stores throws in
            let gone = Contact.ID(UUID())
            let attempts: [(any StorageTransaction) throws -> Void] = [
                { _ = try $0.addQuote(for: gone) }, { _ = try $0.addInvoice(for: gone) },
                { _ = try $0.addSubscription(for: gone) },
            ]
            for attempt in attempts {
                let refusal = try #require(throws: Refusal.self) { try stores.api { try attempt($0) } }
                #expect(refusal.code == .invalid && refusal.fields["contact_id"] != nil)
            }
            let refusal = try #require(throws: Refusal.self) {
                try stores.api { _ = try $0.addContact(organization: gone) }
            }
            #expect(refusal.fields["organization_id"] != nil)
        }
    }

    @Test func `only a mail that failed for want of an address gets one`() throws {
        try withStores { stores throws in
            let quote = try stores.web { try $0.addQuote(for: try $0.addContact()) }
            let id = Mail.ID(UUID())
            try stores.api { transaction throws in
                try transaction.mails.insert(
                    Mail(
                        id: id, document: .quote(quote.id), recipient: nil, recipientName: "Ada",
                        text: EmailText(subject: "S", body: "B"), state: .failed, reason: "r",
                        updatedAt: Date(timeIntervalSince1970: 0)))
                #expect(try transaction.mails.readdress(id, to: "ada@example.com"))
                #expect(try transaction.mails.readdress(id, to: "eve@example.com") == false)
                #expect(try transaction.mails.mail(id)?.recipient == "ada@example.com")
            }
        }
    }
}
