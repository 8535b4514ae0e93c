import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct WebhookIntakeTests {
    private let office = Office.connected()
    private let body: [UInt8] = [0xFF, 0x00, 0x7B]

    private func receive(_ path: String = "hook", _ header: String? = basic("hook-user:hook-password")) throws
        -> WebhookVerdict
    {
        try office.intake.receive(path: path, authorization: header, body: body)
    }

    @Test func `a proven delivery is stored as bytes, with the message about it`() throws {
        #expect(try receive() == .stored)
        #expect(office.storage.tenant.inbox == [1: body])
        #expect(office.messages(.webhook).map(\.new.subject) == ["1"])
    }

    @Test(arguments: [nil, "", basic("hook-user:wrong"), basic("hook-user"), "Bearer x", "Basic %%%"])
    func `wrong credentials store nothing`(_ header: String?) throws {
        #expect(try receive("hook", header) == .unauthorized)
        #expect(office.storage.tenant.inbox.isEmpty)
        #expect(office.messages(.webhook).isEmpty)
    }

    @Test func `an unknown path is unknown, whatever it proves`() throws {
        #expect(try receive("other") == .unknown)
    }

    @Test func `a delivery for an ended connection is taken and thrown away`() throws {
        office.storage.connect(.fixture(state: .disconnected))
        #expect(try receive() == .ignored)
        #expect(try receive("hook", nil) == .ignored)
        #expect(office.storage.tenant.inbox.isEmpty)
    }

    @Test func `a connection that waits for a reconnect still stores`() throws {
        office.storage.connect(.fixture(state: .reconnect))
        #expect(try receive() == .stored)
    }

    @Test func `a database that is down is said, not swallowed`() {
        office.storage.edit { $0.isDown = true }
        #expect(throws: MemoryStorage.Down.self) { try receive() }
    }
}

struct WebhookRoutingTests {
    private let office = Office.connected()

    private func route(_ event: WebhookEvent?, _ number: Int64 = 1) throws -> DeliveryResult {
        let body: [UInt8] = [UInt8(number)]
        office.storage.tenant.inbox[number] = body
        office.pipedrive.edit { $0.decoded[body] = event }
        return try office.webhookRouting.route("\(number)", company: office.company)
    }

    @Test func `a deal that enters a trigger's stage asks for its quote, once`() throws {
        #expect(try route(.fixture()).words == "Asked for the quote")
        #expect(office.messages(.draft).map(\.new.subject) == ["7"])
        #expect(office.storage.tenant.drafts.map(\.state) == [.requested])
        #expect(try route(.fixture(eventID: "event-2"), 2).words == "The quote was asked for before")
        #expect(office.messages(.draft).count == 1)
    }

    @Test func `the same event delivered twice is followed once`() throws {
        _ = try route(.fixture(entity: "person", entityID: 101, enteredStage: nil))
        #expect(try route(.fixture(entity: "person", entityID: 101, enteredStage: nil), 2).words == "Delivered before")
        #expect(office.messages(.record).count == 1)
    }

    @Test(arguments: [
        WebhookEvent.fixture(enteredStage: nil),
        .fixture(enteredStage: .init(pipelineID: Pipeline.ID(1), stageID: Stage.ID(4))),
        .fixture(enteredStage: .init(pipelineID: Pipeline.ID(2), stageID: Stage.ID(3))),
        .fixture(occurredAt: Date.fixture.addingTimeInterval(-3601)),
    ])
    func `a change that no trigger covers asks for nothing`(_ event: WebhookEvent) throws {
        #expect(try route(event).words == "No trigger covers this change")
        #expect(office.messages(.draft).isEmpty)
    }

    @Test func `more than twenty-five deals in ten minutes wait for a person, who says yes or no`() throws {
        for deal in 1...30 {
            let event = WebhookEvent.fixture(entityID: Int64(deal), eventID: "event-\(deal)")
            let words = try route(event, Int64(deal)).words
            #expect(
                words
                    == (deal <= 25 ? "Asked for the quote" : "Too many deals entered at once: a person has to say yes"))
        }
        #expect(office.messages(.draft).count == 25)
        #expect(try office.integration.overview(office.company).heldCount == 5)
        #expect(try office.integration.answerFlood(drafts: true, company: office.company) == 5)
        #expect(office.messages(.draft).count == 30)
        #expect(try office.integration.answerFlood(drafts: false, company: office.company) == 0)
    }

    @Test func `each trigger asks for its own stages`() throws {
        office.storage.tenant.triggers.append(
            .fixture(id: .numbered(61), pipelineID: Pipeline.ID(2), stageIDs: [Stage.ID(9)]))
        _ = try route(.fixture(enteredStage: .init(pipelineID: Pipeline.ID(2), stageID: Stage.ID(9))))
        #expect(office.storage.tenant.drafts.first?.triggerID == .numbered(61))
        office.storage.tenant.triggers = [.fixture(isOn: false)]
        #expect(try route(.fixture(entityID: 8, eventID: "event-2"), 2).words == "No trigger covers this change")
    }

    @Test func `without a trigger no deal asks for a quote`() throws {
        office.storage.tenant.triggers = []
        #expect(try route(.fixture()).isCompleted)
        #expect(office.messages(.draft).isEmpty)
    }

    @Test(arguments: ["person", "organization", "product"])
    func `a changed record is fetched`(_ entity: String) throws {
        #expect(try route(.fixture(entity: entity, entityID: 12, enteredStage: nil)).isCompleted)
        #expect(office.messages(.record).map(\.new.subject) == [entity])
    }

    @Test func `other things are let be`() throws {
        #expect(try route(.fixture(entity: "activity", enteredStage: nil)).isCompleted)
        #expect(office.storage.read { $0.messages.isEmpty })
    }

    @Test func `another company's delivery and garbage are discarded, and count as not seen`() throws {
        #expect(try route(.fixture(companyID: PipedriveCompany.ID(78))).isDiscarded)
        #expect(try route(nil, 2).isDiscarded)
        #expect(try office.webhookRouting.route("x", company: office.company).isDiscarded)
        #expect(try office.webhookRouting.route("99", company: office.company).isCompleted)
        #expect(office.storage.tenant.seenEvents.isEmpty)
        #expect(office.storage.read { $0.messages.isEmpty })
    }
}

struct StageSweepTests {
    private let office = Office.connected()
    private let entered = Date.fixture.addingTimeInterval(-60)

    private func staged(
        _ id: Int64, _ status: Deal.Status = .open, stage: Int64 = 3, at: Date?, person: Int64? = nil
    ) -> StagedDeal {
        StagedDeal(
            id: Deal.ID(id), status: status, stageID: Stage.ID(stage), enteredAt: at,
            personID: person.map { Person.ID($0) })
    }

    @Test func `deals that no webhook told of are found, once, by one list`() async throws {
        let found = [
            staged(7, at: entered), staged(8, .won, at: entered), staged(9, .lost, at: entered),
            staged(10, at: entered.addingTimeInterval(-7200)), staged(11, at: nil), staged(12, stage: 4, at: entered),
        ]
        office.pipedrive.edit { $0.staged = found }
        let sweep = { try await office.sweep.sweep(company: office.company).words }
        #expect(try await sweep() == "2 deals in the stages, 2 asked for, 0 tried again")
        #expect(office.messages(.draft).map(\.new.subject) == ["7", "8"])
        #expect(office.storage.tenant.sweptThrough == .fixture)
        #expect(office.pipedrive.count("deals") == 1)
        #expect(try await sweep() == "2 deals in the stages, 0 asked for, 0 tried again")
        #expect(office.messages(.draft).count == 2)
    }

    @Test func `a deal that entered in the trigger's first second counts, though Pipedrive tells whole seconds`()
        async throws
    {
        office.storage.tenant.triggers = [.fixture(since: entered.addingTimeInterval(0.5))]
        let found = [staged(7, at: entered)]
        office.pipedrive.edit { $0.staged = found }
        _ = try await office.sweep.sweep(company: office.company)
        #expect(office.messages(.draft).map(\.new.subject) == ["7"])
    }

    @Test func `a waiting deal that got a contact is tried again, others not`() async throws {
        for id in [7, 8] as [Int64] {
            try office.storage.transaction(.cron(office.company)) { transaction in
                _ = try transaction.drafts.enter(DealEntry(dealID: Deal.ID(id)), flood: FloodRule())
                try transaction.drafts.fail(
                    Deal.ID(id), reason: "nobody", waitsForContact: .fixture(deal: .fixture(id: Deal.ID(id))))
            }
        }
        let found = [staged(7, at: nil, person: 101), staged(8, at: nil)]
        office.pipedrive.edit { $0.staged = found }
        #expect(
            try await office.sweep.sweep(company: office.company).words
                == "0 deals in the stages, 0 asked for, 1 tried again")
        #expect(office.storage.tenant.drafts.filter { $0.state == .requested }.map(\.dealID) == [Deal.ID(7)])
    }

    @Test func `a sweep looks back past the last one, but not before the trigger`() async throws {
        let now = Int(Date.fixture.timeIntervalSince1970)
        _ = try await office.sweep.sweep(company: office.company)
        office.storage.tenant.triggers.append(
            .fixture(id: .numbered(61), pipelineID: Pipeline.ID(2), stageIDs: [Stage.ID(9)]))
        _ = try await office.sweep.sweep(company: office.company)
        #expect(office.pipedrive.calls == ["deals 1 \(now - 3600)", "deals all \(now - 900)"])
    }

    @Test func `a failed sweep is done again from the same time`() async throws {
        office.pipedrive.edit { $0.failures["deals"] = [.serverError] }
        await #expect(throws: CRMFailure.self) { try await office.sweep.sweep(company: office.company) }
        #expect(office.storage.tenant.sweptThrough == nil)
    }

    @Test func `without a trigger nothing is asked`() async throws {
        office.storage.tenant.triggers = []
        #expect(try await office.sweep.sweep(company: office.company).isCompleted)
        #expect(office.pipedrive.calls.isEmpty)
    }
}

struct SubscribingTests {
    private let office = Office.connected()
    private let url = "https://paydock.example/webhooks/pipedrive/hook"

    @Test func `four objects are subscribed, and a second time nothing more`() async throws {
        office.pipedrive.edit { $0.pipelines = [Pipeline(id: Pipeline.ID(1), name: "Sales", stages: [])] }
        #expect(try await office.subscribing.subscribe(company: office.company).words == "4 webhooks")
        let made = office.storage.tenant.webhooks
        #expect(made.map(\.object) == ["deal", "person", "organization", "product"])
        #expect(made.allSatisfy { $0.url == url })
        #expect(office.storage.tenant.pipelines.map(\.name) == ["Sales"])
        _ = try await office.subscribing.subscribe(company: office.company)
        #expect(office.pipedrive.count("subscribe") == 4)
        #expect(office.storage.tenant.webhooks == made)
    }

    @Test func `what is missing is made, what is not ours or double is ended`() async throws {
        office.pipedrive.edit { [url] script in
            script.webhooks = [
                WebhookSubscription(id: WebhookSubscription.ID(1), object: "deal", url: url),
                WebhookSubscription(id: WebhookSubscription.ID(2), object: "deal", url: url),
                WebhookSubscription(id: WebhookSubscription.ID(3), object: "person", url: "https://old.example"),
            ]
        }
        _ = try await office.subscribing.subscribe(company: office.company)
        let calls = office.pipedrive.calls.filter { $0.contains("subscribe ") }
        #expect(
            calls == [
                "unsubscribe 2", "unsubscribe 3", "subscribe person", "subscribe organization", "subscribe product",
            ])
        #expect(
            office.pipedrive.edit { $0.webhooks.map(\.object).sorted() } == [
                "deal", "organization", "person", "product",
            ])
    }

    @Test func `a try that was cut off is finished by the next`() async throws {
        office.pipedrive.edit { $0.failures["subscribe"] = [] }
        office.pipedrive.edit { script in
            script.webhooks = [WebhookSubscription(id: WebhookSubscription.ID(1), object: "deal", url: url)]
            script.failures["subscribe"] = [.timeOut]
        }
        await #expect(throws: CRMFailure.self) { try await office.subscribing.subscribe(company: office.company) }
        #expect(office.storage.tenant.webhooks.isEmpty)
        _ = try await office.subscribing.subscribe(company: office.company)
        #expect(office.storage.tenant.webhooks.count == 4)
    }
}
