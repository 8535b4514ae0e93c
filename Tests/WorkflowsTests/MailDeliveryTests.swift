import Domain
import DomainTestSupport
import FoundationEssentials
import Synchronization
import Testing
import Workflows

/// A document's mail on its way to the mail program.
struct MailDeliveryTests {
    /// A mail program that answers as it is told, and keeps what it was given.
    private final class ScriptedMailer: Mailer {
        private let state: Mutex<(outcomes: [MailOutcome], letters: [Letter])>

        init(_ outcomes: MailOutcome...) { state = Mutex((outcomes, [])) }

        var letters: [Letter] { state.withLock { $0.letters } }

        func send(_ letter: Letter) async -> MailOutcome {
            state.withLock { state in
                state.letters.append(letter)
                return state.outcomes.isEmpty ? .sent : state.outcomes.removeFirst()
            }
        }
    }

    private let office = Office()
    private let books: Books

    init() {
        books = Books(
            storage: office.storage, secrets: office.secrets, mailing: Mailing(publicURL: "https://paydock.example"),
            access: StorageAccess.web)
    }

    private func delivery(_ mailer: (any Mailer)?) -> MailDelivery {
        MailDelivery(
            storage: office.storage, mailer: mailer, senderAddress: "post@paydock.example",
            publicURL: "https://paydock.example:8443", clock: { .fixture })
    }

    /// A quote that was sent by mail.
    private func sentQuote() throws -> Quote {
        let contact = try books.addContact(.fixture(emails: ["kim@acme.example"]), office.company)
        let quote = try books.addQuote(
            .fixture(contactID: contact.id), email: .empty, validUntil: nil, office.company, now: .fixture)
        return try books.sendQuote(quote.id, byMail: true, office.company)
    }

    private func mail(_ quote: Quote) throws -> Mail {
        try #require(try books.mail(of: .quote(quote.id), office.company))
    }

    @Test func `a mail goes out once, with the customer's address, the link, and its event as Message-ID`() async throws
    {
        let quote = try sentQuote()
        let (id, mailer) = (try mail(quote).id, ScriptedMailer())
        #expect(office.messages(.mail).map(\.new.subject) == [id.text])
        #expect(try await delivery(mailer).deliver(id.text, company: office.company).isCompleted)
        #expect(try mail(quote).state == .sent)
        let letter = try #require(mailer.letters.first)
        #expect(letter.recipient.address == "kim@acme.example" && letter.sender.address == "post@paydock.example")
        #expect(letter.messageID == "\(id.text)@paydock.example")
        #expect(letter.body.contains("https://paydock.example/q/\(quote.publicToken)"))
        // The same message once more, as after a lost lease.
        #expect(try await delivery(mailer).deliver(id.text, company: office.company).words == "The mail is sent")
        #expect(mailer.letters.count == 1)
    }

    @Test func `what an organization gets is mailed to the person it is addressed to, as Pipedrive has it`() throws {
        let contact = try books.addContact(.fixture(kind: .organization, emails: []), office.company)
        let quote = try books.addQuote(
            .fixture(contactID: contact.id, addressee: "Kim", addresseeEmail: "kim@acme.example"), email: .empty,
            validUntil: nil, office.company, now: .fixture)
        let sent = try mail(try books.sendQuote(quote.id, byMail: true, office.company))
        #expect(sent.recipient == "kim@acme.example" && sent.state == .waiting)
    }

    @Test func `one that was cut off is unclear, is not repeated by itself, and goes out again by a click`()
        async throws
    {
        let quote = try sentQuote()
        let (id, mailer) = (try mail(quote).id, ScriptedMailer())
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.mails.move(id, from: [.waiting], to: .sending, reason: nil)
        }
        for _ in 0..<2 { _ = try await delivery(mailer).deliver(id.text, company: office.company) }
        #expect(try mail(quote).state == .unclear && mailer.letters.isEmpty)
        #expect(office.messages(.mail).count == 1)
        try books.mailAgain(.quote(quote.id), office.company)
        #expect(office.messages(.mail).count == 2)
        #expect(try await delivery(mailer).deliver(id.text, company: office.company).isCompleted)
        #expect(mailer.letters.map(\.messageID) == ["\(id.text)@paydock.example"])
        #expect(await refusal { try books.mailAgain(.quote(quote.id), office.company) }?.code == .conflict)
    }

    @Test func `a program that ends unclearly is asked once, and the repeat has the same Message-ID`() async throws {
        let quote = try sentQuote()
        let (id, mailer) = (try mail(quote).id, ScriptedMailer(.unclear("killed")))
        #expect(try await delivery(mailer).deliver(id.text, company: office.company).isDiscarded)
        #expect(try mail(quote).state == .unclear && mail(quote).reason == "killed")
        _ = try await delivery(mailer).deliver(id.text, company: office.company)
        #expect(mailer.letters.count == 1)
        try books.mailAgain(.quote(quote.id), office.company)
        _ = try await delivery(mailer).deliver(id.text, company: office.company)
        #expect(mailer.letters.count == 2 && Set(mailer.letters.map(\.messageID)).count == 1)
    }

    @Test func `what can't go now is tried again by the queue, what never can is given up`() async throws {
        let quote = try sentQuote()
        let (id, mailer) = (try mail(quote).id, ScriptedMailer(.postponed("busy"), .refused("no such user")))
        #expect(
            try await delivery(mailer).deliver(id.text, company: office.company)
                == .failed(reason: "busy", retryAfterSeconds: nil, isUnclear: false))
        #expect(try mail(quote).state == .waiting)
        #expect(try await delivery(mailer).deliver(id.text, company: office.company).isDiscarded)
        #expect(try mail(quote).state == .failed && mail(quote).reason == "no such user")
    }

    @Test func `without a mail program it waits, and costs no attempt`() async throws {
        let quote = try sentQuote()
        let result = try await delivery(nil).deliver(try mail(quote).id.text, company: office.company)
        guard case .snoozed = result else {
            Issue.record("\(result)")
            return
        }
        #expect(try mail(quote).state == .waiting)
    }
}
