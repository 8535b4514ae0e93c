import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct WebhookIntakeTests {
    private let office = Office.connected()
    private let body: [UInt8] = [0xFF, 0x00, 0x7B]

    private func receive(_ path: String = "hook", _ header: String? = basic("hook-user:hook-password")) throws
        -> WebhookIntake.Verdict
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
        #expect(try route(.fixture(eventID: "event-2"), 2).words == "The deal has its quote already")
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

    @Test func `without a trigger no deal asks for a quote`() throws {
        office.storage.tenant.settings.trigger = nil
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

    @Test func `deals that no webhook told of are found, once`() async throws {
        office.pipedrive.edit { [entered] in
            $0.staged[Stage.ID(3)] = [
                StagedDeal(id: Deal.ID(7), status: .open, enteredAt: entered),
                StagedDeal(id: Deal.ID(8), status: .won, enteredAt: entered),
                StagedDeal(id: Deal.ID(9), status: .lost, enteredAt: entered),
                StagedDeal(id: Deal.ID(10), status: .open, enteredAt: entered.addingTimeInterval(-7200)),
                StagedDeal(id: Deal.ID(11), status: .open, enteredAt: nil),
            ]
        }
        #expect(try await office.sweep.sweep(company: office.company).words == "2 deals in the stages, 2 asked for")
        #expect(office.messages(.draft).map(\.new.subject) == ["7", "8"])
        #expect(office.storage.tenant.sweptThrough == .fixture)
        #expect(try await office.sweep.sweep(company: office.company).words == "2 deals in the stages, 0 asked for")
        #expect(office.messages(.draft).count == 2)
    }

    @Test func `a sweep looks back past the last one, but not before the trigger`() async throws {
        let now = Int(Date.fixture.timeIntervalSince1970)
        _ = try await office.sweep.sweep(company: office.company)
        _ = try await office.sweep.sweep(company: office.company)
        #expect(office.pipedrive.calls == ["deals 3 \(now - 3600)", "deals 3 \(now - 900)"])
    }

    @Test func `a failed sweep is done again from the same time`() async throws {
        office.pipedrive.edit { $0.failures["deals"] = [.serverError] }
        await #expect(throws: CRMFailure.self) { try await office.sweep.sweep(company: office.company) }
        #expect(office.storage.tenant.sweptThrough == nil)
    }

    @Test func `without a trigger nothing is asked`() async throws {
        office.storage.tenant.settings.trigger = nil
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
