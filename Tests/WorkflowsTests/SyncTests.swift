import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct SyncStepsTests {
    private let office = Office.connected()

    private func start() throws -> SyncRun.ID {
        #expect(try office.integration.syncNow(office.company) == .started)
        return try #require(office.storage.tenant.runs.first?.id)
    }
    private func advance(_ run: SyncRun.ID) async throws -> DeliveryResult {
        try await office.sync.advance(run, company: office.company, logger: office.logger)
    }
    private func script() {
        office.pipedrive.edit {
            $0.pages = [
                .organization: [.organizations([.fixture()])],
                .person: [
                    .persons([.fixture()]), .persons([.fixture(id: Person.ID(102), name: "Bo", emails: ["bo@x.nl"])]),
                ],
                .product: [.products([.fixture()])],
            ]
        }
    }

    @Test func `a run reads every list page by page, then takes over kind by kind`() async throws {
        script()
        let run = try start()
        for _ in 0..<3 { #expect(try await advance(run) == .again) }
        #expect(
            office.pipedrive.calls == [
                "page organization first", "page person first", "page person 1", "page product first",
            ])
        #expect(office.storage.tenant.contacts.isEmpty)
        #expect(
            office.storage.tenant.checkpoints[run]
                == SyncCheckpoint(phase: .readVariations, kind: .product, cursor: nil))
        try await finish(run)
        #expect(
            office.storage.tenant.applied == [.organization, .person, .product])
        #expect(office.storage.tenant.contacts.map(\.details.name) == ["Klant B.V.", "Anna de Vries", "Bo"])
        #expect(office.storage.tenant.runs.map(\.state) == [.completed])
        #expect(office.storage.tenant.isApplied)
        #expect(try await advance(run) == .cancelled(reason: "The run has ended"))
    }

    private func finish(_ run: SyncRun.ID) async throws {
        for _ in 0..<100 {
            guard try await advance(run) == .again else { return }
        }
        Issue.record("The run does not end")
    }

    @Test func `a page that fails leaves the checkpoint where it was`() async throws {
        script()
        let run = try start()
        _ = try await advance(run)
        office.storage.tenant.checkpoints[run] = SyncCheckpoint(kind: .person, cursor: "1")
        office.pipedrive.edit { $0.failures["page"] = [.timeOut] }
        await #expect(throws: CRMFailure.self) { try await advance(run) }
        #expect(office.storage.tenant.checkpoints[run] == SyncCheckpoint(kind: .person, cursor: "1"))
        #expect(try await advance(run) == .again)
        #expect(office.storage.tenant.checkpoints[run] == SyncCheckpoint(kind: .product, cursor: nil))
        #expect(office.storage.tenant.staged.map(\.count) == [1, 1])
    }

    @Test func `a run says what it waits for`() async throws {
        script()
        let run = try start()
        office.storage.edit { $0.slices[.sync] = CallSlice(calls: 0, waitSeconds: 900, isDayOver: true) }
        let failure = await #expect(throws: CRMFailure.self) { try await advance(run) }
        #expect(office.storage.tenant.waits[run] == failure?.reason)
        #expect(failure?.reason.contains("the company's other apps") == true)
    }

    @Test func `what was read before a page that fails is kept`() async throws {
        script()
        let run = try start()
        _ = try await advance(run)
        office.pipedrive.edit { $0.refusedPages = ["1"] }
        await #expect(throws: CRMFailure.self) { try await advance(run) }
        #expect(office.storage.tenant.checkpoints[run] == SyncCheckpoint(kind: .person, cursor: "1"))
        #expect(office.storage.tenant.staged.map(\.count) == [1, 1])
        office.pipedrive.edit { $0.refusedPages = [] }
        try await finish(run)
        #expect(office.storage.tenant.contacts.map(\.details.name) == ["Klant B.V.", "Anna de Vries", "Bo"])
    }

    @Test func `a cursor that Pipedrive does not know any more begins the list again, not for ever`() async throws {
        script()
        let run = try start()
        _ = try await advance(run)
        office.storage.tenant.checkpoints[run] = SyncCheckpoint(kind: .person, cursor: "1")
        office.pipedrive.edit { $0.failures["page"] = [CRMFailure(.rejected, status: 400, reason: "Bad cursor")] }
        #expect(try await advance(run) == .again)
        #expect(office.storage.tenant.checkpoints[run] == SyncCheckpoint(kind: .person, cursor: nil))
        try await finish(run)
        #expect(office.storage.tenant.contacts.map(\.details.name) == ["Klant B.V.", "Anna de Vries", "Bo"])
    }

    @Test func `a list that can't be begun fails the step`() async throws {
        let run = try start()
        office.pipedrive.edit { $0.failures["page"] = [CRMFailure(.rejected, status: 400, reason: "No")] }
        await #expect(throws: CRMFailure.self) { try await advance(run) }
    }

    @Test func `what ours say goes to Pipedrive, changes first`() async throws {
        let run = try start()
        office.storage.tenant.tasks = [
            SyncTask(localID: .numbered(1), recordID: 101), SyncTask(localID: .numbered(2), recordID: nil),
            SyncTask(localID: .numbered(3), recordID: nil),
        ]
        try await finish(run)
        #expect(office.pipedrive.calls.suffix(3) == ["records person 101", "create person", "create person"])
        #expect(office.storage.tenant.settled == ["new done", "new done"])
        #expect(office.storage.tenant.runs.map(\.state) == [.completed])
    }

    @Test func `a preview writes nothing to Pipedrive and counts as no run that wrote`() async throws {
        office.storage.tenant.isApplied = false
        let run = try #require(
            try office.storage.transaction(.cron(office.company)) { try $0.sync.start(.manual, mode: .preview) })
        office.storage.tenant.tasks = [SyncTask(localID: .numbered(2), recordID: nil)]
        try await finish(run)
        #expect(!office.pipedrive.calls.contains("create person"))
        #expect(!office.storage.tenant.isApplied)
    }

    @Test func `creations without an answer are looked for at once, and never sent again in doubt`() async throws {
        let run = try start()
        office.storage.tenant.tasks = [SyncTask(localID: .numbered(2), recordID: nil)]
        office.pipedrive.edit { $0.failures["create"] = [.timeOut] }
        await #expect(throws: CRMFailure.self) { try await finish(run) }
        #expect(office.pipedrive.calls.suffix(2) == ["create person", "page person first"])
        guard case .snoozed = try await advance(run) else {
            Issue.record("It did not wait")
            return
        }
        #expect(office.pipedrive.calls.count { $0 == "create person" } == 1)
        office.storage.edit { $0.now = .fixture.addingTimeInterval(31) }
        try await finish(run)
        #expect(office.pipedrive.calls.count { $0 == "create person" } == 2)
        #expect(office.storage.tenant.settled == ["new unclear", "new done"])
    }

    @Test func `a run whose step is given up says why`() async throws {
        _ = try start()
        office.pipedrive.edit { $0.failures["page"] = [.notFound] }
        try await office.drainOnce()
        #expect(office.storage.tenant.runs.map(\.state) == [.failed])
        #expect(office.storage.tenant.runs.first?.outcome == "Not there (HTTP 404)")
    }

    @Test func `the drain carries a run through`() async throws {
        script()
        _ = try start()
        try await office.drainOnce()
        #expect(office.storage.tenant.runs.map(\.state) == [.completed])
        #expect(office.messages(.sync).map(\.state) == [.completed])
    }

    @Test func `a second run is not started beside the first, and none without a connection`() async throws {
        _ = try start()
        #expect(try office.integration.syncNow(office.company) == .running)
        office.storage.connect(.fixture(state: .reconnect))
        #expect(await refusal { _ = try office.integration.syncNow(office.company) }?.code == .conflict)
    }
}

struct NightlyRunsTests {
    private let office = Office.connected()

    private func start(_ now: Date = .fixture) throws -> Int {
        office.storage.edit { $0.now = now }
        return try NightlyRuns(storage: office.storage).start(now: now, logger: office.logger)
    }
    private func finish() throws {
        let run = try #require(office.storage.tenant.runs.first?.id)
        try office.storage.transaction(.cron(office.company)) { try $0.sync.finish(run, .completed, outcome: nil) }
    }

    @Test func `a connection has one run a night, however often it is looked`() throws {
        #expect(try start() == 1)
        #expect(office.storage.tenant.runs.map(\.startedBy) == [.schedule])
        #expect(try start() == 0)
        try finish()
        #expect(try start(.fixture.addingTimeInterval(3600)) == 0)
        #expect(try start(.fixture.addingTimeInterval(86_400)) == 1)
        #expect(office.messages(.sync).count == 2)
    }

    @Test func `a manual run does not stand in for the nightly one, and holds it up while it works`() throws {
        office.storage.edit { $0.now = .fixture }
        #expect(try office.integration.syncNow(office.company) == .started)
        #expect(try start() == 0)
        try finish()
        #expect(try start() == 1)
    }

    @Test func `a fresh connection, and one that is not live, are not due`() throws {
        office.storage.connect(.fixture(connectedAt: .fixture.addingTimeInterval(-60)))
        #expect(try start() == 0)
        office.storage.connect(.fixture(state: .reconnect))
        #expect(try start(.fixture.addingTimeInterval(172_800)) == 0)
    }

    @Test func `each quarter of an hour a sweep and idle grants are queued, once`() throws {
        office.storage.tenant.idleGrants = [PipedriveUser.ID(5)]
        _ = try start()
        _ = try start()
        #expect(office.messages(.sweep).count == 1)
        #expect(office.messages(.refresh).map(\.new.subject) == ["5"])
        _ = try start(.fixture.addingTimeInterval(900))
        #expect(office.messages(.sweep).count == 2)
        #expect(office.messages(.refresh).count == 1)
        office.storage.tenant.triggers = []
        _ = try start(.fixture.addingTimeInterval(1800))
        #expect(office.messages(.sweep).count == 2)
    }
}

struct IntegrationTests {
    private let office = Office.connected()
    private let stages = [Stage(id: Stage.ID(3), name: "Offer"), Stage(id: Stage.ID(4), name: "Won")]

    @Test func `a trigger is one or more stages of one pipeline`() async throws {
        office.storage.tenant.pipelines = [Pipeline(id: Pipeline.ID(1), name: "Sales", stages: stages)]
        office.storage.tenant.triggers = []
        let save: (Int64, Set<Int64>, UInt16) throws -> Void = { pipeline, ids, number in
            let trigger = QuoteTrigger(
                id: .numbered(number), pipelineID: Pipeline.ID(pipeline), stageIDs: Set(ids.map { Stage.ID($0) }))
            try office.integration.save(trigger, company: office.company)
        }
        try save(1, [3], 60)
        for (pipeline, ids) in [(1, []), (1, [3, 9]), (2, [3])] as [(Int64, Set<Int64>)] {
            #expect(await refusal { try save(pipeline, ids, 60) }?.code == .invalid)
        }
        #expect(await refusal { try save(1, [3, 4], 61) }?.code == .conflict)
        try save(1, [4], 61)
        #expect(office.storage.tenant.triggers.map(\.stageIDs) == [[Stage.ID(3)], [Stage.ID(4)]])
        try office.integration.deleteTrigger(.numbered(60), company: office.company)
        #expect(await refusal { try office.integration.deleteTrigger(.numbered(60), company: office.company) } != nil)
        #expect(office.storage.tenant.triggers.map(\.id) == [.numbered(61)])
    }

    @Test func `directions and events are kept apart from each other`() throws {
        try office.integration.save(directions: [.person: .onlyNew], company: office.company)
        try office.integration.save(forwardedEvents: [.quoteSent], company: office.company)
        let settings = try office.integration.overview(office.company).settings
        #expect(settings.directions == [.organization: .pull, .person: .onlyNew, .product: .pull])
        #expect(settings.forwardedEvents == [.quoteSent])
    }
}
