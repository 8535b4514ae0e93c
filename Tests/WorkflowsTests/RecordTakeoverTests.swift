import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct RecordTakeoverTests {
    private let office = Office.connected()

    private func touch(_ ids: Int64...) throws {
        try office.storage.transaction(.cron(office.company)) { transaction in
            for id in ids { try transaction.touched.touch(.person, id, occurredAt: nil) }
        }
        office.pipedrive.edit { script in
            for id in ids {
                script.records["person:\(id)"] = .persons([
                    .fixture(id: Person.ID(id), emails: ["\(id)@example.nl"])
                ])
            }
        }
    }

    @Test func `records that webhooks told of are read together by the first message, and not again`() async throws {
        try touch(101, 102)
        #expect(office.messages(.record).map(\.new.subject) == ["person", "person"])
        let result = try await office.records.takeOver("person", company: office.company)
        #expect(result.words == "created 2, linked 0, updated 0, sent 0")
        #expect(office.storage.tenant.contacts.count == 2)
        #expect(try await office.records.takeOver("person", company: office.company).words == "Read already")
        #expect(office.pipedrive.calls == ["records person 101,102"])
    }

    @Test func `records that somebody is reading are not read twice, and wait until that is over`() async throws {
        try touch(101, 102)
        let taken = try office.storage.transaction(.cron(office.company)) { try $0.touched.take(.person, limit: 1) }
        #expect(taken.map(\.recordID) == [101])
        _ = try await office.records.takeOver("person", company: office.company)
        #expect(office.pipedrive.calls == ["records person 102"])
        // The reader of 101 may still fail: the message that nothing is left for stays until it has not.
        #expect(
            try await office.records.takeOver("person", company: office.company)
                == .snoozed(seconds: 2, reason: "The records are being read"))
        try office.storage.transaction(.cron(office.company)) { try $0.touched.letGo(.person, taken) }
        _ = try await office.records.takeOver("person", company: office.company)
        #expect(office.pipedrive.calls.last == "records person 101")
        #expect(try await office.records.takeOver("person", company: office.company).words == "Read already")
    }

    @Test func `records whose reading fails are read by the next`() async throws {
        try touch(101, 102)
        office.pipedrive.edit { $0.failures["records"] = [.serverError] }
        await #expect(throws: CRMFailure.serverError) {
            try await office.records.takeOver("person", company: office.company)
        }
        let result = try await office.records.takeOver("person", company: office.company)
        #expect(result.words == "created 2, linked 0, updated 0, sent 0")
    }

    @Test func `a record that was touched while it was read is read again`() async throws {
        try touch(101)
        let taken = try office.storage.transaction(.cron(office.company)) { try $0.touched.take(.person, limit: 9) }
        try touch(101)
        try office.storage.transaction(.cron(office.company)) { try $0.touched.forget(.person, taken) }
        _ = try await office.records.takeOver("person", company: office.company)
        #expect(office.pipedrive.calls == ["records person 101"])
    }

    @Test func `a change that Pipedrive did not take is not forgotten`() async throws {
        try touch(101, 102)
        office.storage.tenant.remoteChanges = [change(101), change(102)]
        office.pipedrive.edit { $0.failures["update"] = [.serverError] }
        await #expect(throws: CRMFailure.serverError) {
            try await office.records.takeOver("person", company: office.company)
        }
        #expect(office.storage.tenant.touched[.person]?.count == 1)
        #expect(try await office.records.takeOver("person", company: office.company).isCompleted)
        #expect(office.storage.tenant.touched[.person]?.isEmpty == true)
        #expect(office.storage.tenant.settled.count { $0.hasSuffix("done") } == 2)
    }

    @Test func `changes that are not begun because Pipedrive wants us to wait are let go`() async throws {
        let ids = (101...120).map { Int64($0) }
        for id in ids { try touch(id) }
        office.storage.tenant.remoteChanges = ids.map(change)
        let wait = CRMFailure(.wait(seconds: 5), status: 429, reason: "Too many")
        office.pipedrive.edit { $0.failures["update"] = Array(repeating: wait, count: 8) }
        await #expect(throws: wait) { try await office.records.takeOver("person", company: office.company) }
        #expect(office.storage.tenant.settled.count { $0.hasSuffix("failed") } == 20)
        #expect(office.storage.tenant.touched[.person]?.count == 20)
    }

    @Test func `a record that somebody else is writing is read again`() async throws {
        try touch(101, 102)
        office.storage.tenant.busy = [102]
        let result = try await office.records.takeOver("person", company: office.company)
        #expect(result == .snoozed(seconds: 2, reason: "A record is being written at this moment"))
        office.storage.tenant.busy = []
        _ = try await office.records.takeOver("person", company: office.company)
        #expect(office.pipedrive.calls == ["records person 101,102", "records person 102"])
    }

    @Test func `a person's organization that nothing is known of comes first`() async throws {
        try touch(101)
        office.pipedrive.edit { script in
            script.records["person:101"] = .persons([.fixture(organizationID: Organization.ID(5))])
            script.records["organization:5"] = .organizations([.fixture(id: Organization.ID(5))])
        }
        _ = try await office.records.takeOver("person", company: office.company)
        #expect(office.pipedrive.calls == ["records person 101", "records organization 5"])
        #expect(office.storage.tenant.links[.organization]?[5] != nil)
    }

    @Test func `what has to go out goes out, and what Pipedrive refuses waits for a person`() async throws {
        try touch(101, 102)
        office.storage.tenant.remoteChanges = [change(101), change(102)]
        office.pipedrive.edit {
            $0.failures["update"] = [CRMFailure(.rejected, status: 400, reason: "No", message: "Too long")]
        }
        #expect(try await office.records.takeOver("person", company: office.company).isCompleted)
        #expect(Set(office.storage.tenant.settled).count == 2)
        #expect(office.storage.tenant.settled.contains { $0.hasSuffix("refused: Too long") })
        #expect(office.storage.tenant.settled.contains { $0.hasSuffix("done") })
    }

    @Test func `when Pipedrive wants us to wait the message waits, and nothing is lost`() async throws {
        try touch(101)
        office.storage.tenant.remoteChanges = [change(101)]
        office.pipedrive.edit { $0.failures["update"] = [CRMFailure(.wait(seconds: 7), status: 429, reason: "Slow")] }
        await #expect(throws: CRMFailure.self) {
            try await office.records.takeOver("person", company: office.company)
        }
        #expect(office.storage.tenant.settled == ["101 failed"])
        #expect(office.storage.tenant.remoteChanges.count == 1)
    }

    @Test func `a kind that is only pushed is not taken over`() async throws {
        office.storage.tenant.settings.directions[.person] = .push
        try touch(101)
        #expect(try await office.records.takeOver("person", company: office.company).isCompleted)
        #expect(office.storage.tenant.contacts.isEmpty)
    }

    @Test func `a message of the former form, and one that names no kind`() async throws {
        office.pipedrive.edit { $0.records["person:101"] = .persons([.fixture()]) }
        #expect(try await office.records.takeOver("person:101", company: office.company).isCompleted)
        #expect(office.storage.tenant.contacts.map(\.details.name) == ["Anna de Vries"])
        for subject in ["", "deal:1", "look"] {
            #expect(try await office.records.takeOver(subject, company: office.company).isDiscarded, "\(subject)")
        }
    }

    private func change(_ id: Int64) -> RemoteChange {
        RemoteChange(
            recordID: id, localID: UUID.numbered(UInt16(id)), write: RecordWrite(.person, FieldValues([.name: "New"])),
            changes: [.name: PairDecision.Change(before: "Old", after: "New")], edits: [:])
    }
}

struct RecordPushTests {
    private let office = Office.connected()
    private let local = UUID.numbered(7)

    private func push(_ standing: LocalStanding?) async throws -> DeliveryResult {
        office.storage.tenant.standings[local] = standing
        return try await office.pushes.push(local.uuidString, company: office.company)
    }
    private func waits(_ result: DeliveryResult) -> Bool { if case .snoozed = result { true } else { false } }

    @Test func `a new record is made in Pipedrive`() async throws {
        #expect(try await push(.fresh(.person, organization: nil)).isCompleted)
        #expect(office.pipedrive.calls == ["create person"])
        #expect(office.storage.tenant.settled == ["new done"])
    }

    @Test func `its organization is made first`() async throws {
        let organization = UUID.numbered(8)
        office.storage.tenant.standings[organization] = .fresh(.organization, organization: nil)
        #expect(try await push(.fresh(.person, organization: organization)).isCompleted)
        #expect(office.pipedrive.calls == ["create organization", "create person"])
    }

    @Test func `a creation without an answer is looked for before a second one`() async throws {
        office.pipedrive.edit { $0.failures["create"] = [.timeOut] }
        await #expect(throws: CRMFailure.self) { try await push(.fresh(.person, organization: nil)) }
        #expect(office.storage.tenant.settled == ["new unclear"])
        office.storage.edit { $0.now = .fixture.addingTimeInterval(5) }
        #expect(waits(try await push(.unclear(.person, since: .fixture))))
        #expect(office.pipedrive.calls == ["create person", "page person first"])
        office.storage.edit { $0.now = .fixture.addingTimeInterval(31) }
        #expect(try await push(.unclear(.person, since: .fixture)).isCompleted)
        #expect(office.pipedrive.calls.suffix(2) == ["page person first", "create person"])
    }

    @Test func `a linked record is read and brought up to date; what fits decides`() async throws {
        office.pipedrive.edit { $0.records["person:101"] = .persons([.fixture()]) }
        #expect(try await push(.linked(.person, 101)).isCompleted)
        #expect(try await push(.fits(.person, [101])).isCompleted)
        #expect(office.pipedrive.calls == ["records person 101", "records person 101"])
    }

    @Test func `before Pipedrive's list was ever read nothing is made: it is read first`() async throws {
        #expect(waits(try await push(.unread(.person))))
        #expect(waits(try await push(.unread(.person))))
        #expect(office.storage.tenant.runs.map(\.mode) == [.preview])
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test func `what stays, is gone, or is being written`() async throws {
        #expect(try await push(.stays("The direction leaves it here")).words == "The direction leaves it here")
        #expect(try await push(nil).isCompleted)
        #expect(waits(try await push(.busy)))
        #expect(try await office.pushes.push("nobody", company: office.company).isDiscarded)
    }
}
