import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

/// What the books allow beyond the plain course of a document.
struct BooksRulesTests {
    private let office = Office()
    private var books: Books { office.books }
    private var company: Company.ID { office.company }
    private var kinds: [BookEvent.Kind] { office.storage.tenant.eventKinds }

    @Test func `the same details again change nothing and make no event`() throws {
        let contact = try books.addContact(.fixture(), company)
        #expect(try books.changeContact(contact.id, contact.details, company) == contact)
        let prices = [Money(minorUnits: 1, currency: .usd), Money(minorUnits: 2, currency: .eur)]
        let product = try books.addProduct(.fixture(prices: prices), company)
        _ = try books.changeProduct(product.id, .fixture(prices: prices.reversed()), company)
        #expect(kinds == [.contactCreated, .productCreated])
    }

    @Test func `only a person belongs to an organization`() async throws {
        let organization = try books.addContact(.fixture(kind: .organization), company)
        let refused = await refusal {
            _ = try books.addContact(.fixture(kind: .organization, organizationID: organization.id), company)
        }
        #expect(refused?.fields == ["organization_id": "belongs on a person only"])
    }

    @Test func `a document whose total is below zero is refused`() async throws {
        let contact = try office.contact()
        let lines = [DocumentLine.fixture(unitPrice: 100), .fixture(unitPrice: -101)]
        let refused = await refusal {
            _ = try books.addInvoice(.fixture(contactID: contact.id, lines: lines), company, now: .fixture)
        }
        #expect(refused?.code == .invalid && refused?.fields.keys.sorted() == ["lines"])
    }

    @Test func `an invoice of a quote is in the quote's currency`() async throws {
        let quote = try office.quote(.accepted)
        var content = quote.content
        content.currency = .usd
        let refused = await refusal {
            _ = try books.addInvoice(content, quote: quote.id, company, now: .fixture)
        }
        #expect(refused?.fields.keys.sorted() == ["currency"])
        #expect(office.storage.tenant.invoices.isEmpty)
    }

    @Test func `marking as paid books what is still due, once`() async throws {
        let invoice = try office.invoice(.sent)
        _ = try books.pay(invoice.id, minorUnits: 100, paidOn: nil, company, now: .fixture)
        let paid = try books.settleInvoice(invoice.id, company, now: .fixture)
        #expect(paid.state == .paid && paid.paid == 12_100)
        #expect(kinds == [.invoicePaid])
        #expect(await refusal { _ = try books.settleInvoice(invoice.id, company, now: .fixture) }?.code == .conflict)
        #expect(kinds == [.invoicePaid])
    }

    @Test(arguments: [Invoice.State.concept, .credited])
    func `an invoice that expects no payment is not marked as paid`(_ state: Invoice.State) async throws {
        let invoice = try office.invoice(state)
        #expect(await refusal { _ = try books.settleInvoice(invoice.id, company, now: .fixture) }?.code == .conflict)
        #expect(kinds.isEmpty)
    }

    @Test func `what a customer said by telephone is noted down, once`() async throws {
        let quote = try office.quote()
        #expect(await refusal { _ = try books.decideQuote(quote.id, .accepted, company) }?.code == .conflict)
        _ = try books.sendQuote(quote.id, company)
        for state in [Quote.State.viewed, .expired, .concept, .sent] {
            #expect(await refusal { _ = try books.decideQuote(quote.id, state, company) }?.code == .conflict)
        }
        #expect(try books.decideQuote(quote.id, .accepted, company).state == .accepted)
        #expect(await refusal { _ = try books.decideQuote(quote.id, .declined, company) }?.code == .conflict)
        #expect(kinds == [.quoteSent, .quoteAccepted])
    }

    @Test func `a deal or lead is bound in any state`() async throws {
        let (quote, invoice) = (try office.quote(.accepted), try office.invoice(.paid))
        #expect(try books.bindQuote(quote.id, deal: Deal.ID(9), lead: nil, company).content.dealID == Deal.ID(9))
        #expect(try books.bindInvoice(invoice.id, deal: nil, lead: "l", company).content.leadID == "l")
        let refused = await refusal { _ = try books.bindQuote(.numbered(99), deal: nil, lead: nil, company) }
        #expect(refused?.code == .notFound)
    }

    @Test func `an agreement's terms change until it is cancelled`() async throws {
        let contact = try office.contact()
        let terms = NewSubscription.fixture(content: .fixture(contactID: contact.id))
        let made = try books.addSubscription(terms, company)
        var better = terms
        better.name = "More care"
        better.intervalUnit = .year
        let revised = try books.reviseSubscription(made.id, better, company)
        #expect(revised.name == "More care" && revised.intervalUnit == .year && revised.state == made.state)
        better.intervalCount = 0
        #expect(await refusal { _ = try books.reviseSubscription(made.id, better, company) }?.code == .invalid)
        _ = try books.moveSubscription(made.id, to: .cancelled, company)
        #expect(await refusal { _ = try books.reviseSubscription(made.id, terms, company) }?.code == .conflict)
    }

    @Test func `a mail that had no address goes out once the contact has one`() async throws {
        let mailing = Books(
            storage: office.storage, secrets: office.secrets, mailing: Mailing(publicURL: "https://paydock.example"),
            access: StorageAccess.web)
        let contact = try mailing.addContact(.fixture(emails: []), company)
        let quote = try mailing.addQuote(
            .fixture(contactID: contact.id), email: .empty, validUntil: nil, company, now: .fixture)
        _ = try mailing.sendQuote(quote.id, byMail: true, company)
        #expect(try mailing.mail(of: .quote(quote.id), company)?.state == .failed)
        #expect(await refusal { try mailing.mailAgain(.quote(quote.id), company) }?.code == .conflict)
        _ = try mailing.changeContact(contact.id, .fixture(emails: ["kim@acme.example"]), company)
        try mailing.mailAgain(.quote(quote.id), company)
        let mail = try mailing.mail(of: .quote(quote.id), company)
        #expect(mail?.recipient == "kim@acme.example" && mail?.state == .waiting)
        #expect(office.messages(.mail).count == 1)
    }
}
