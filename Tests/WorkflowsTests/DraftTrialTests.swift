import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct DraftTrialTests {
    private let office = Office.connected()

    private func ask(_ deal: Int64 = 7, context: DealContext? = .fixture()) throws -> DraftRecord.ID {
        office.pipedrive.edit { $0.deals[Deal.ID(deal)] = context }
        return try office.integration.askTrial(Deal.ID(deal), office.company)
    }

    @Test func `a trial shows lines and e-mail, and makes neither quote nor contact`() async throws {
        let id = try ask(context: .fixture(organization: .fixture()))
        #expect(try office.integration.draftRecord(id, office.company).state == .requested)
        try await office.drainOnce()
        let record = try office.integration.draftRecord(id, office.company)
        #expect(record.state == .ready && record.purpose == .trial)
        let outcome = try #require(record.outcome)
        #expect(outcome.lines.map(\.unitPrice) == [8900])
        #expect(outcome.quote.lines.map(\.source) == [.deal])
        #expect(outcome.email.subject == "Offerte")
        #expect(office.storage.tenant.quotes.isEmpty)
        #expect(office.storage.tenant.contacts.isEmpty)
        #expect(office.storage.tenant.drafts.isEmpty)
    }

    @Test func `a deal that is not there, or another company's, is said to be missing`() async throws {
        let id = try ask(404, context: nil)
        try await office.drainOnce()
        let record = try office.integration.draftRecord(id, office.company)
        #expect(record.state == .failed)
        #expect(record.reason?.contains("There is no deal 404") == true)
    }

    @Test func `Pipedrive that fails is said, and nothing is tried again`() async throws {
        office.pipedrive.edit { $0.failures["dealContext"] = [.serverError] }
        let id = try ask()
        try await office.drainOnce()
        let record = try office.integration.draftRecord(id, office.company)
        #expect(record.state == .failed)
        #expect(record.reason == "Pipedrive did not give the deal: Not available (HTTP 503).")
        #expect(office.messages(.draft).map(\.state) == [.completed])
    }

    @Test func `without a connection there is no trial`() async throws {
        let office = Office()
        #expect(await refusal { _ = try office.integration.askTrial(Deal.ID(7), office.company) }?.code == .conflict)
    }

    @Test func `a quote is compared with its deal, and stays as it is`() async throws {
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(7), triggerID: .numbered(60)), flood: FloodRule())
        }
        office.pipedrive.edit { $0.deals[Deal.ID(7)] = .fixture() }
        try await office.drainOnce()
        let quote = try #require(office.storage.tenant.quotes.first)
        let edited = try office.books.reviseQuote(
            quote.id, content: quote.content, email: EmailText(subject: "Van mij", body: "Beste Anna"),
            validUntil: quote.validUntil, office.company)
        // The deal gets another product, and enters again.
        let more = DealContext.fixture(products: [.fixture(), .fixture(name: "Hosting")])
        office.pipedrive.edit { $0.deals[Deal.ID(7)] = more }
        let again = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(7), triggerID: .numbered(60)), flood: FloodRule())
        }
        #expect(again == .again)
        try await office.drainOnce()
        #expect(office.storage.tenant.quotes == [edited])
        #expect(try office.integration.origin(of: edited, office.company).draft?.againAt != nil)
        let id = try office.integration.askComparison(edited, office.company)
        try await office.drainOnce()
        #expect(office.storage.tenant.quotes == [edited])
        let outcome = try #require(try office.integration.draftRecord(id, office.company).outcome)
        let comparison = DraftComparison(edited, with: outcome)
        #expect(comparison.isEmailChanged && !comparison.isEmpty)
        #expect(comparison.lines.map(\.isSame) == [true, false])
        let origin = try office.integration.origin(of: edited, office.company)
        #expect(origin.record?.purpose == .quote && origin.comparison?.id == id)
    }

    @Test func `a quote that no deal asked for is not compared`() async throws {
        let quote = try office.quote(dealID: Deal.ID(7))
        #expect(await refusal { _ = try office.integration.askComparison(quote, office.company) }?.code == .conflict)
        #expect(try office.integration.origin(of: quote, office.company).draft == nil)
    }

    @Test func `an explanation says why a deal has its quote, or none`() async throws {
        func verdict() throws -> String {
            try DealExplanation.read(Deal.ID(7), company: office.company, from: office.storage).verdict
        }
        #expect(try verdict().contains("No entry of this deal"))
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(7), triggerID: .numbered(60)), flood: FloodRule())
        }
        #expect(try verdict().contains("is being drafted"))
        office.pipedrive.edit { $0.deals[Deal.ID(7)] = .fixture() }
        try await office.drainOnce()
        let explanation = try DealExplanation.read(Deal.ID(7), company: office.company, from: office.storage)
        #expect(explanation.verdict == "The deal has quote Q2026-1, which is concept.")
        #expect(explanation.records.map(\.purpose) == [.quote])
        #expect(explanation.messages.map(\.state) == [.completed])
        office.storage.tenant.connection = nil
        office.storage.tenant.quotes = []
        office.storage.tenant.drafts = []
        #expect(try verdict() == "Pipedrive was never connected.")
    }
}

struct ModelPatienceTests {
    private static let busy = ModelFailure(
        .passing(retryAfterSeconds: 7, isUnclear: false), status: 503, reason: "The model server failed")

    @Test func `a model that fails is waited for twice; then the quote comes all the same`() async throws {
        let office = Office.connected(drafter: ScriptedDrafter(failing: Self.busy))
        office.pipedrive.edit { $0.deals[Deal.ID(7)] = .fixture() }
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(7)), flood: FloodRule())
        }
        for attempt in 1...2 {
            let message = OutboxMessage(
                id: .init(1), companyID: office.company, kind: .draft, subject: "7", attempt: attempt,
                hasUnclearAttempt: false)
            let result = await office.delivered(message)
            guard case .failed(let reason, let seconds, false) = result else {
                Issue.record("attempt \(attempt): \(result)")
                return
            }
            #expect(reason == "The model server failed (HTTP 503)" && seconds == 7)
            #expect(office.storage.tenant.quotes.isEmpty)
        }
        let last = OutboxMessage(
            id: .init(1), companyID: office.company, kind: .draft, subject: "7", attempt: 3, hasUnclearAttempt: true)
        #expect(await office.delivered(last).words == "quote Q2026-1")
        #expect(office.storage.tenant.quotes.count == 1)
    }

    @Test func `a model that fails holds no other message of the connection back`() async throws {
        let office = Office.connected(drafter: ScriptedDrafter(failing: Self.busy))
        office.pipedrive.edit { $0.deals[Deal.ID(7)] = .fixture() }
        _ = try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(7)), flood: FloodRule())
        }
        try await office.drainOnce()
        #expect(office.messages(.draft).map(\.state) == [.retryable])
        #expect(office.storage.read { $0.gates.isEmpty })
    }

    @Test func `what a company may spend on a day is shared by all its deals`() async throws {
        let office = Office.connected(drafter: ScriptedDrafter(cost: 400_000))
        for deal in 1...4 {
            office.pipedrive.edit {
                $0.deals[Deal.ID(Int64(deal))] = .fixture(deal: .fixture(id: Deal.ID(Int64(deal))))
            }
            _ = try office.storage.transaction(.cron(office.company)) {
                try $0.drafts.enter(DealEntry(dealID: Deal.ID(Int64(deal))), flood: FloodRule())
            }
        }
        try await office.drainOnce()
        let fallbacks = office.storage.tenant.draftRecords.compactMap { $0.outcome?.trail.fallback }
        #expect(office.storage.tenant.quotes.count == 4)
        #expect(fallbacks == Array(repeating: "The company's AI budget of today is used up.", count: 2))
        #expect(office.storage.tenant.draftSpend == DraftSpend(tokens: 800_000, questions: 2))
    }
}

struct DraftEvaluationTests {
    private static func product(_ number: UInt16, _ code: String) -> Product {
        .fixture(id: .numbered(number), details: .fixture(code: code, name: code))
    }
    private static let catalog = [product(1, "A"), product(2, "B"), product(3, "C")]

    private static func item(_ name: String, _ expected: [String: Quantity], net: Int64? = nil) -> DraftEvaluation.Case
    {
        DraftEvaluation.Case(
            name: name,
            task: DraftingTask(
                context: .fixture(products: []), catalog: catalog, linked: [:], language: "nl", companyName: "Studio"),
            expected: expected, net: net)
    }

    private func report(_ lines: [DraftProposal.Line], _ cases: [DraftEvaluation.Case]) async throws
        -> DraftEvaluation.Report
    {
        let proposal = DraftProposal(
            lines: lines,
            email: EmailText(
                subject: "Offerte", body: "Beste Anna, hierbij ontvangt u onze offerte. Met vriendelijke groet, Studio"),
            drafter: "scripted")
        return try await DraftEvaluation(ScriptedDrafter(proposal)).run(cases)
    }

    @Test func `lines that are right, wrong and missing make precision and recall`() async throws {
        let lines = [
            DraftProposal.Line(
                source: .catalog(.numbered(1)), wording: nil, quantity: Quantity(tenThousandths: 20_000)),
            .init(source: .catalog(.numbered(3)), wording: nil, quantity: .one),
        ]
        let report = try await report(
            lines,
            [
                Self.item("both", ["A": Quantity(tenThousandths: 20_000), "C": .one]),
                Self.item("one wrong, one missing, another quantity", ["A": .one, "B": .one]),
                Self.item("should abstain", [:]),
            ])
        #expect(report.deals == 3)
        #expect(report.results.map(\.rightLines) == [2, 1, 0])
        #expect(report.results.map(\.wrongLines) == [0, 1, 2])
        #expect(report.results.map(\.missingLines) == [0, 1, 0])
        #expect(report.precision == 0.5 && report.recall == 0.75)
        #expect(report.quantityAccuracy == 2.0 / 3)
        #expect(report.abstentionsWanted == 1 && report.abstentionsRight == 0 && report.abstentionsWrong == 0)
        #expect(report.emailsWithProblems == 0)
        #expect(report.results.map(\.isWhole) == [true, false, false])
    }

    @Test func `a line without a product is an abstention, and an e-mail is held to what anybody can see`() async throws
    {
        let need = DraftProposal.Line(source: .need, wording: "Iets", quantity: .one)
        let report = try await report([need], [Self.item("left open", [:]), Self.item("missed", ["A": .one])])
        #expect(report.abstentionsRight == 1 && report.abstentionsWrong == 1)
        let bad = DraftProposal(
            lines: [need], email: EmailText(subject: "", body: "Kijk op http://x.example, € 5"), drafter: "scripted")
        let result = try await DraftEvaluation(ScriptedDrafter(bad)).run([Self.item("bad", [:])]).results[0]
        #expect(
            result.emailProblems == [
                "subject's length", "body's length", "a link", "an amount", "no sender", "no greeting by name",
            ])
    }
}
