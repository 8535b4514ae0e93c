import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct BooksTests {
    private let office = Office()
    private var books: Books { office.books }
    private var company: Company.ID { office.company }
    private var kinds: [BookEvent.Kind] { office.storage.tenant.eventKinds }

    @Test func `contacts and products come with their events`() throws {
        let contact = try books.addContact(.fixture(), company)
        _ = try books.changeContact(contact.id, .fixture(name: "Bo"), company)
        #expect(try books.contact(contact.id, company).details.name == "Bo")
        try books.removeContact(contact.id, company)
        let product = try books.addProduct(.fixture(), company)
        _ = try books.changeProduct(product.id, .fixture(name: "Care"), company)
        try books.removeProduct(product.id, company)
        #expect(
            kinds == [
                .contactCreated, .contactUpdated, .contactDeleted, .productCreated, .productUpdated, .productDeleted,
            ])
        #expect(office.storage.tenant.contacts.isEmpty && office.storage.tenant.products.isEmpty)
    }

    @Test func `the regular API works under its own role`() throws {
        _ = try books.addContact(.fixture(), company)
        #expect(office.storage.read { $0.roles } == [.api(company)])
    }

    @Test func `a contact with documents is archived, and the conflict says so`() async throws {
        let quote = try office.quote()
        let refused = await refusal { try books.removeContact(quote.content.contactID, company) }
        #expect(refused?.code == .conflict)
        #expect(try books.contact(quote.content.contactID, company).isArchived)
        #expect(try books.contacts(company, search: nil, page: PageRequest()).total == 0)
        #expect(kinds == [.contactDeleted])
    }

    @Test func `what is not there is not found, and leaves no event`() async {
        let attempts: [() throws -> Void] = [
            { _ = try books.contact(.numbered(99), company) }, { try books.removeContact(.numbered(99), company) },
            { _ = try books.changeContact(.numbered(99), .fixture(), company) },
            { _ = try books.product(.numbered(99), company) }, { try books.removeProduct(.numbered(99), company) },
            { _ = try books.quote(.numbered(99), company) }, { _ = try books.sendQuote(.numbered(99), company) },
            { _ = try books.invoice(.numbered(99), company) }, { _ = try books.sendInvoice(.numbered(99), company) },
            { _ = try books.pay(.numbered(99), minorUnits: 1, paidOn: nil, company, now: .fixture) },
            { _ = try books.subscription(.numbered(99), company) },
        ]
        for attempt in attempts { #expect(await refusal { try attempt() }?.code == .notFound) }
        #expect(kinds.isEmpty)
    }

    @Test func `wrong fields of a contact are named`() async throws {
        let person = try books.addContact(.fixture(), company)
        let details = ContactDetails.fixture(
            name: "", organizationID: person.id, emails: ["a@b.nl", "no address"])
        let refused = await refusal { _ = try books.addContact(details, company) }
        #expect(refused?.code == .invalid)
        #expect(refused?.fields.keys.sorted() == ["emails.1", "name", "organization_id"])
        #expect(office.storage.tenant.contacts.count == 1)
    }

    @Test func `wrong fields of a product are named`() async throws {
        let twice = [Money(minorUnits: 1, currency: .eur), Money(minorUnits: 2, currency: .eur)]
        let refused = await refusal { _ = try books.addProduct(.fixture(name: "", prices: twice), company) }
        #expect(refused?.fields.keys.sorted() == ["name", "prices"])
        let negative = await refusal {
            _ = try books.addProduct(.fixture(prices: [Money(minorUnits: -1, currency: .eur)]), company)
        }
        #expect(negative?.fields == ["prices": "must not be negative"])
        _ = try books.addProduct(.fixture(code: "A1"), company)
        #expect(await refusal { _ = try books.addProduct(.fixture(code: "A1"), company) }?.code == .conflict)
        #expect(kinds == [.productCreated])
    }

    @Test func `wrong fields of a document are named`() async throws {
        let lines = [DocumentLine.fixture(), .fixture(description: "", productID: .numbered(99))]
        let refused = await refusal {
            _ = try books.addQuote(.fixture(lines: lines), email: .empty, validUntil: nil, company, now: .fixture)
        }
        #expect(refused?.code == .invalid)
        #expect(refused?.fields.keys.sorted() == ["contact_id", "lines.1.description", "lines.1.product_id"])
        let contact = try office.contact()
        for lines in [[], Array(repeating: DocumentLine.fixture(), count: 501)] {
            let empty = await refusal {
                _ = try books.addInvoice(.fixture(contactID: contact.id, lines: lines), company, now: .fixture)
            }
            #expect(empty?.fields.keys.sorted() == ["lines"])
        }
    }

    @Test func `a quote is sent once, with its event, and not revised afterwards`() async throws {
        let contact = try office.contact()
        let quote = try books.addQuote(
            .fixture(contactID: contact.id), email: .empty, validUntil: nil, company, now: .fixture)
        #expect(quote.validUntil == .fixture.adding(days: 30))
        #expect(try books.sendQuote(quote.id, company).state == .sent)
        #expect(await refusal { _ = try books.sendQuote(quote.id, company) }?.code == .conflict)
        let revision = await refusal {
            _ = try books.reviseQuote(
                quote.id, content: quote.content, email: .empty, validUntil: .fixture, company)
        }
        #expect(revision?.code == .conflict)
        #expect(kinds == [.quoteSent])
    }

    @Test func `a line without a price holds a quote and an invoice back`() async throws {
        let quote = try office.quote(lines: [.fixture(), .fixture(unitPrice: nil)])
        let invoice = try office.invoice(lines: [.fixture(unitPrice: nil)])
        #expect(await refusal { _ = try books.sendQuote(quote.id, company) }?.code == .conflict)
        #expect(await refusal { _ = try books.sendInvoice(invoice.id, company) }?.code == .conflict)
        #expect(kinds.isEmpty)
        #expect(try books.quote(quote.id, company).state == .concept)
        let text = try office.invoice(lines: [.fixture(), .fixture(unitPrice: nil, isTextLine: true)])
        office.storage.tenant.invoices = [text]
        #expect(try books.sendInvoice(text.id, company).state == .sent)
    }

    @Test func `only the last cent pays an invoice, with one event`() async throws {
        let invoice = try office.invoice(.sent)
        let pay: (Int64) throws -> Invoice = {
            try books.pay(invoice.id, minorUnits: $0, paidOn: nil, company, now: .fixture)
        }
        #expect(try pay(12_099).state == .partiallyPaid)
        #expect(kinds.isEmpty)
        #expect(await refusal { _ = try pay(2) }?.code == .conflict)
        #expect(await refusal { _ = try pay(0) }?.fields.keys.sorted() == ["amount"])
        #expect(await refusal { _ = try pay(-1) }?.code == .invalid)
        #expect(try pay(1).state == .paid)
        #expect(kinds == [.invoicePaid])
        #expect(await refusal { _ = try pay(1) }?.code == .conflict)
        #expect(kinds == [.invoicePaid])
    }

    @Test func `an invoice is moved by hand to sent or credited only`() async throws {
        let invoice = try office.invoice()
        for state in [Invoice.State.paid, .partiallyPaid, .concept, .credited] {
            #expect(await refusal { _ = try books.moveInvoice(invoice.id, to: state, company) }?.code == .conflict)
        }
        #expect(try books.moveInvoice(invoice.id, to: .sent, company).state == .sent)
        #expect(await refusal { _ = try books.moveInvoice(invoice.id, to: .paid, company) }?.code == .conflict)
        #expect(try books.moveInvoice(invoice.id, to: .credited, company).state == .credited)
        #expect(kinds == [.invoiceSent])
    }

    @Test func `an accepted quote becomes an invoice with its lines and its deal`() async throws {
        let open = try office.quote(.sent, dealID: Deal.ID(7))
        #expect(await refusal { _ = try books.invoiceQuote(open.id, company, now: .fixture) }?.code == .conflict)
        office.storage.tenant.quotes = []
        let quote = try office.quote(.accepted, dealID: Deal.ID(7))
        let invoice = try books.invoiceQuote(quote.id, company, now: .fixture)
        #expect(invoice.quoteID == quote.id)
        #expect(invoice.content.lines == quote.content.lines)
        #expect(invoice.content.dealID == Deal.ID(7))
        #expect(invoice.content.externalID == nil)
        #expect(invoice.dueOn == .fixture.adding(days: 30))
    }

    @Test func `today is the company's, not the server's`() throws {
        let contact = try office.contact()
        // 23:30 UTC on the 24th is the 25th in Amsterdam.
        let late = Date.fixture.addingTimeInterval(11.5 * 3600)
        let invoice = try books.addInvoice(.fixture(contactID: contact.id), company, now: late)
        #expect(invoice.issuedOn.description == "2026-11-25")
    }

    @Test func `a subscription needs a name and an interval, and moves by its table`() async throws {
        let contact = try office.contact()
        let content = DocumentContent.fixture(contactID: contact.id)
        for wrong in [
            NewSubscription.fixture(name: "", content: content), .fixture(content: content, intervalCount: 0),
        ] {
            #expect(await refusal { _ = try books.addSubscription(wrong, company) }?.code == .invalid)
        }
        let made = try books.addSubscription(.fixture(content: content), company)
        #expect(try books.moveSubscription(made.id, to: .paused, company).state == .paused)
        #expect(await refusal { _ = try books.moveSubscription(made.id, to: .concept, company) }?.code == .conflict)
        #expect(try books.moveSubscription(made.id, to: .cancelled, company).state == .cancelled)
        #expect(await refusal { _ = try books.moveSubscription(made.id, to: .active, company) }?.code == .conflict)
    }
}

struct CustomerPagesTests {
    private let office = Office()
    private var pages: CustomerPages { office.pages }
    private var kinds: [BookEvent.Kind] { office.storage.tenant.eventKinds }

    @Test func `nobody sees a concept, or what does not exist`() async throws {
        _ = try office.quote()
        _ = try office.invoice()
        let attempts: [() throws -> Void] = [
            { _ = try pages.quote("quote-token", countsAsView: true, now: .fixture) },
            { _ = try pages.accept("quote-token", name: "Kim", email: "kim@acme.example", now: .fixture) },
            { _ = try pages.invoice("invoice-token", now: .fixture) },
            { _ = try pages.quote("other", countsAsView: false, now: .fixture) },
        ]
        for attempt in attempts { #expect(await refusal { try attempt() }?.code == .notFound) }
        #expect(kinds.isEmpty)
    }

    @Test func `a quote is viewed once, by its customer only`() throws {
        _ = try office.quote(.sent)
        #expect(try pages.quote("quote-token", countsAsView: false, now: .fixture).document.state == .sent)
        #expect(kinds.isEmpty)
        for _ in 0..<2 {
            #expect(try pages.quote("quote-token", countsAsView: true, now: .fixture).document.state == .viewed)
        }
        #expect(kinds == [.quoteViewed])
        let shown = try pages.quote("quote-token", countsAsView: true, now: .fixture)
        #expect(shown.totals.gross == 12_100)
        #expect(shown.company.name == "Studio Noord")
        #expect(shown.contact.details.name == "Anna de Vries")
        #expect(office.storage.read { $0.roles.allSatisfy { $0.role == .api || $0.role == .web } })
    }

    @Test(arguments: [Quote.State.sent, .viewed])
    func `accepting twice is one event`(_ state: Quote.State) async throws {
        _ = try office.quote(state)
        for _ in 0..<2 {
            #expect(
                try pages.accept("quote-token", name: "Kim", email: "kim@acme.example", now: .fixture).document.state
                    == .accepted)
        }
        #expect(kinds == [.quoteAccepted])
        #expect(await refusal { _ = try pages.decline("quote-token", reason: nil, now: .fixture) }?.code == .conflict)
    }

    @Test func `declining makes no event, and is final`() async throws {
        _ = try office.quote(.viewed)
        for _ in 0..<2 {
            #expect(try pages.decline("quote-token", reason: nil, now: .fixture).document.state == .declined)
        }
        #expect(kinds.isEmpty)
        #expect(
            await refusal {
                _ = try pages.accept("quote-token", name: "Kim", email: "kim@acme.example", now: .fixture)
            }?.code == .conflict)
    }

    @Test func `a quote can be accepted to the end of its last day, as the company counts days`() async throws {
        _ = try office.quote(.sent, validUntil: .fixture)
        // 22:59 UTC is 23:59 in Amsterdam.
        let lastMinute = Date.fixture.addingTimeInterval(10 * 3600 + 59 * 60)
        let refused = await refusal {
            _ = try pages.accept(
                "quote-token", name: "Kim", email: "kim@acme.example", now: lastMinute.addingTimeInterval(60))
        }
        #expect(refused?.code == .conflict)
        #expect(refused?.message.contains("2026-11-24") == true)
        #expect(
            try pages.accept("quote-token", name: "Kim", email: "kim@acme.example", now: lastMinute).document.state
                == .accepted)
    }

    @Test func `a sent invoice is shown`() throws {
        _ = try office.invoice(.sent)
        #expect(try pages.invoice("invoice-token", now: .fixture).totals.gross == 12_100)
    }
}

struct HousekeepingTests {
    private let office = Office()

    private func run(at seconds: Double) throws {
        office.storage.edit { $0.now = .fixture.addingTimeInterval(seconds) }
        try Housekeeping(storage: office.storage).run(logger: office.logger)
    }

    @Test func `late invoices and lapsed quotes are marked once, with an event for the invoice`() throws {
        _ = try office.invoice(.sent, dueOn: .fixture)
        _ = try office.quote(.viewed, validUntil: .fixture)
        try run(at: 0)
        #expect(office.storage.tenant.eventKinds.isEmpty)
        try run(at: 86_400)
        try run(at: 86_500)
        #expect(office.storage.tenant.eventKinds == [.invoiceOverdue])
        #expect(office.storage.tenant.invoices.map(\.isOverdue) == [true])
        #expect(office.storage.tenant.quotes.map(\.state) == [.expired])
        #expect(office.messages(.event).count == 1)
    }

    @Test func `one of several drainers does it each minute`() throws {
        try run(at: 86_400)
        _ = try office.invoice(.sent, dueOn: .fixture)
        try run(at: 86_459)
        #expect(office.storage.tenant.eventKinds.isEmpty)
        try run(at: 86_460)
        #expect(office.storage.tenant.eventKinds == [.invoiceOverdue])
    }

    @Test func `paid invoices, concepts and those of nothing are never late`() throws {
        _ = try office.invoice(.paid, dueOn: .fixture)
        office.storage.tenant.invoices.append(.fixture(id: .numbered(41), dueOn: .fixture))
        _ = try office.invoice(.sent, lines: [.fixture(unitPrice: 0)], dueOn: .fixture)
        try run(at: 86_400 * 9)
        #expect(office.storage.tenant.eventKinds.isEmpty)
    }
}
