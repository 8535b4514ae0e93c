import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

/// Before a person has applied a first preview, nothing is written on either side.
struct FirstRunTests {
    private let office = Office.connected()

    init() {
        office.storage.tenant.isApplied = false
    }

    private var modes: [SyncRun.Mode] { office.storage.tenant.runs.map(\.mode) }

    private func finish() throws {
        let run = try #require(office.storage.tenant.runs.first?.id)
        try office.storage.transaction(.cron(office.company)) { try $0.sync.finish(run, .completed, outcome: nil) }
    }

    @Test func `sync now makes a preview, and one that is there waits to be applied`() throws {
        #expect(try office.integration.syncNow(office.company) == .previewed)
        #expect(try office.integration.syncNow(office.company) == .running)
        try finish()
        #expect(try office.integration.syncNow(office.company) == .previewed)
        #expect(modes == [.preview])
    }

    @Test func `applying starts the run that does the preview, once`() async throws {
        _ = try office.integration.syncNow(office.company)
        let preview = try #require(office.storage.tenant.runs.first?.id)
        #expect(await refusal { _ = try office.integration.apply(preview, office.company) }?.code == .conflict)
        try finish()
        #expect(try office.integration.apply(preview, office.company) == .started)
        #expect(try office.integration.apply(preview, office.company) == .started)
        #expect(modes == [.full, .preview] && office.storage.tenant.runs.first?.plan == preview)
        #expect(office.storage.tenant.isApplied)
        try finish()
        #expect(try office.integration.syncNow(office.company) == .started)
    }

    @Test func `a preview that is out of date is not applied`() async throws {
        _ = try office.integration.syncNow(office.company)
        let preview = try #require(office.storage.tenant.runs.first?.id)
        try finish()
        office.storage.tenant.stalePreviews = [preview]
        let refused = await refusal { _ = try office.integration.apply(preview, office.company) }
        #expect(refused?.code == .conflict && refused?.message.contains("out of date") == true)
        #expect(modes == [.preview])
    }

    @Test func `no night, catch-up, webhook or change of ours writes`() async throws {
        office.storage.edit { $0.now = .fixture }
        #expect(try NightlyRuns(storage: office.storage).start(now: .fixture, logger: office.logger) == 0)
        try office.storage.transaction(.cron(office.company)) { try $0.touched.touch(.person, 101, occurredAt: nil) }
        #expect(try await office.records.takeOver("person", company: office.company).words == "The first run reads it")
        #expect(office.storage.tenant.touched[.person] == [])
        let contact = try office.contact()
        office.storage.tenant.standings[contact.id.rawValue] = .fresh(.person, organization: nil)
        #expect(
            try await office.pushes.push(contact.id.text, company: office.company).words == "The first run brings it")
        #expect(office.pipedrive.calls.isEmpty && modes.isEmpty)
    }

    @Test func `other directions make the first preview anew`() throws {
        #expect(try office.integration.save(directions: [.person: .onlyNew], company: office.company))
        #expect(modes == [.preview])
        office.storage.tenant.isApplied = true
        try finish()
        #expect(try !office.integration.save(directions: [.person: .push], company: office.company))
    }

    @Test func `custom fields are read for organizations and persons`() async throws {
        let field = CustomField(kind: .organization, code: "abc", name: "BTW", type: "varchar")
        office.pipedrive.edit { $0.customFields = [.organization: [field]] }
        try office.integration.refreshFields(office.company)
        try await office.drainOnce()
        #expect(office.pipedrive.calls == ["customFields organization", "customFields person"])
        #expect(office.storage.tenant.customFields[.organization] == [field])
        try office.integration.save(mapping: FieldMapping(vatNumber: "abc"), company: office.company)
        #expect(office.storage.tenant.mapping.vatNumber == "abc")
        let unknown = FieldMapping(vatNumber: "abc", kvkNumber: "nothing")
        #expect(
            await refusal { try office.integration.save(mapping: unknown, company: office.company) }?.code == .invalid)
    }
}

struct AttentionGroupTests {
    private func match(
        _ id: Int64, _ keys: [String], _ candidates: [UInt16] = [], kind: RecordKind = .person
    ) -> AttentionMatch {
        AttentionMatch(
            kind: kind, recordID: id, name: "\(id)", reason: "", keys: keys,
            candidates: candidates.map { AttentionCandidate(localID: .numbered($0), name: "c\($0)") })
    }

    @Test func `records that share an address, or a candidate, are decided about together`() {
        let groups = AttentionGroup.groups([
            match(1, ["email a@x"]), match(2, ["email b@x", "email c@x"], [7]), match(3, ["email a@x", "email d@x"]),
            match(4, ["email e@x"], [7]), match(5, ["email a@x"], kind: .organization), match(6, []),
        ])
        #expect(groups.map { $0.matches.map(\.recordID) } == [[1, 3], [2, 4], [5], [6]])
        #expect(groups.map(\.sharedKeys) == [["email a@x"], [], [], []])
    }

    @Test func `a chain of shared addresses is one group, whatever its order`() {
        let chain = [match(1, ["a"]), match(2, ["c"]), match(3, ["b", "c"]), match(4, ["a", "b"])]
        #expect(AttentionGroup.groups(chain).map { $0.matches.count } == [4])
        #expect(AttentionGroup.groups(chain.reversed()).map { $0.matches.count } == [4])
    }
}

struct ProgressTests {
    private func percent(_ phase: SyncRun.Phase, _ kind: RecordKind?, mode: SyncRun.Mode = .full, done: Int = 0) -> Int
    {
        SyncRun(
            id: SyncRun.ID(.numbered(1)), state: .running, startedBy: .manual, startedAt: .fixture, finishedAt: nil,
            counts: [:], tokenCost: 0, outcome: nil, mode: mode,
            progress: SyncRun.Progress(phase: phase, kind: kind, done: done, expected: 1000)
        ).percentDone
    }

    @Test(arguments: [SyncRun.Mode.full, .preview])
    func `progress never goes back`(mode: SyncRun.Mode) {
        var checkpoint = SyncCheckpoint.start
        var last = 0
        for done in [0, 300, 1000] { #expect(percent(.read, .organization, mode: mode, done: done) >= last) }
        while checkpoint.phase != .done {
            let now = percent(checkpoint.phase, checkpoint.kind, mode: mode, done: 1000)
            #expect(now >= last && now < 100)
            last = now
            checkpoint = checkpoint.next(mode)
        }
    }
}
