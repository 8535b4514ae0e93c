import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct QuoteDraftingTests {
    private let office = Office.connected()

    private func draft(_ context: DealContext?, deal: Int64 = 7) async throws -> String {
        office.pipedrive.edit { $0.deals[Deal.ID(deal)] = context }
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(deal), triggerID: .numbered(60)), flood: FloodRule())
        }
        return try await office.drafting.draft("\(deal)", company: office.company, logger: office.logger).words
    }
    private var record: QuoteDraft? { office.storage.tenant.drafts.first }

    @Test func `a deal gets one quote, with the prices of the deal`() async throws {
        #expect(try await draft(.fixture()) == "quote Q2026-1")
        let quote = try #require(office.storage.tenant.quotes.first)
        #expect(quote.state == .concept)
        #expect(quote.content.externalID == "pipedrive:deal:7")
        #expect(quote.content.dealID == Deal.ID(7))
        #expect(quote.content.lines.map(\.unitPrice) == [8900])
        #expect(quote.email.subject == "Offerte")
        #expect(record?.state == .ready)
        #expect(record?.quoteID == quote.id)
        #expect(try await draft(.fixture()) == "The deal has its quote already")
        #expect(office.storage.tenant.quotes.count == 1)
        #expect(office.drafter.tasks.count == 1)
        #expect(office.messages(.event).isEmpty)
    }

    @Test(arguments: [
        (Deal.fixture(status: .lost), "The deal was lost."), (.fixture(isDeleted: true), "The deal was deleted."),
        (.fixture(status: .deleted), "The deal was deleted."), (.fixture(isArchived: true), "The deal was archived."),
    ])
    func `a deal that is over gets none, and the reason is kept`(_ deal: Deal, _ reason: String) async throws {
        #expect(try await draft(.fixture(deal: deal)) == reason)
        #expect(record?.state == .failed)
        #expect(record?.reason == reason)
        #expect(office.storage.tenant.quotes.isEmpty)
        #expect(office.storage.tenant.contacts.isEmpty)
        #expect(office.drafter.tasks.isEmpty)
    }

    @Test(arguments: [Deal.fixture(status: .won), .fixture(stageID: Stage.ID(9))])
    func `a deal that was won or moved on still gets its quote`(_ deal: Deal) async throws {
        #expect(try await draft(.fixture(deal: deal)) == "quote Q2026-1")
    }

    @Test func `a deal that is not visible gets none until it enters again`() async throws {
        #expect(try await draft(nil).contains("not visible"))
        #expect(record?.state == .failed)
        #expect(try await draft(.fixture()) == "quote Q2026-1")
    }

    @Test func `a deal that has nobody waits, and gets its quote with its contact`() async throws {
        #expect(try await draft(.fixture(person: nil)).contains("neither a person nor an organization"))
        #expect(record?.state == .waiting)
        office.pipedrive.edit { $0.deals[Deal.ID(7)] = .fixture() }
        let event = WebhookEvent.fixture(enteredStage: nil)
        office.pipedrive.edit { $0.decoded[[1]] = event }
        let proof = basic("hook-user:hook-password")
        #expect(try office.intake.receive(path: "hook", authorization: proof, body: [1]) == .stored)
        try await office.drainOnce()
        #expect(record?.state == .ready)
        #expect(office.storage.tenant.quotes.count == 1)
    }

    @Test func `the trigger says language, validity and what becomes of needs`() async throws {
        office.storage.tenant.triggers = [.fixture(language: "de", validityDays: 14, unmetNeeds: .remark)]
        _ = try await draft(.fixture())
        let task = try #require(office.drafter.tasks.first)
        #expect(task.language == "de" && task.unmetNeeds == .remark)
        let quote = try #require(office.storage.tenant.quotes.first)
        #expect(quote.validUntil == CalendarDay.fixture.adding(days: 14))
    }

    @Test func `the customer is the organization, the person its addressee`() async throws {
        _ = try await draft(.fixture(organization: .fixture()))
        let quote = try #require(office.storage.tenant.quotes.first)
        let customer = office.storage.tenant.contacts.first { $0.id == quote.content.contactID }
        #expect(customer?.details.name == "Klant B.V.")
        #expect(quote.content.addressee == "Anna de Vries")
        #expect(quote.content.addresseeEmail == "anna@klant.example")
    }

    @Test func `a person is not their own addressee`() async throws {
        _ = try await draft(.fixture())
        let quote = try #require(office.storage.tenant.quotes.first)
        #expect(office.storage.tenant.contacts.map(\.id) == [quote.content.contactID])
        #expect(quote.content.addressee == nil)
    }

    @Test func `a customer that fits two contacts is not guessed`() async throws {
        office.storage.tenant.ambiguous = [201]
        #expect(try await draft(.fixture(organization: .fixture())).contains("more than one contact"))
        #expect(office.storage.tenant.quotes.isEmpty)
        #expect(record?.state == .waiting)
    }

    @Test func `a customer who is known is not made again`() async throws {
        let known = try office.contact(.fixture(name: "A. de Vries", language: "de"))
        _ = try await draft(.fixture())
        #expect(office.storage.tenant.contacts.map(\.id) == [known.id])
        #expect(office.drafter.tasks.first?.language == "de")
        #expect(office.drafter.tasks.first?.companyName == "Studio Noord")
    }

    @Test func `the drafter sees the active catalog and what is linked to the deal's products`() async throws {
        let product = Product.fixture()
        office.storage.tenant.products = [product, .fixture(id: .numbered(21), details: .fixture(isActive: false))]
        office.storage.tenant.linkedProducts = [CatalogItem.ID(11): product, CatalogItem.ID(12): product]
        _ = try await draft(.fixture())
        let task = try #require(office.drafter.tasks.first)
        #expect(task.catalog == [product])
        #expect(task.linked == [CatalogItem.ID(11): product])
        #expect(task.language == "nl")
        #expect(office.storage.tenant.quotes.first?.content.lines.first?.productID == product.id)
    }

    @Test func `a draft that is given up says why`() async throws {
        office.pipedrive.edit { $0.failures["dealContext"] = [.notFound] }
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(7)), flood: FloodRule())
        }
        try await office.drainOnce()
        #expect(record?.state == .failed)
        #expect(record?.reason == "Not there (HTTP 404)")
        #expect(office.messages(.draft).map(\.state) == [.discarded])
    }
}
