import Domain
import FoundationEssentials
import Testing

@testable import Pipedrive

@Suite struct StagedDealTests {
    private func deals(_ deal: String) async throws -> ([StagedDeal], StubTransport) {
        let transport = StubTransport([.get("/api/v2/deals", Canned.list(deal))])
        let client = PipedriveClient(configuration: try .fixture(), transport: transport)
        let since = Date(timeIntervalSince1970: 1_795_428_000.9)
        return (try await client.deals(in: Pipeline.ID(1), updatedSince: since, access: .fixture), transport)
    }

    @Test func `deals of a pipeline are listed since a moment, not searched one by one`() async throws {
        let (found, transport) = try await deals(Canned.deal)
        let entered = Date(timeIntervalSince1970: 1_795_428_000.25)
        #expect(
            found == [
                StagedDeal(
                    id: Deal.ID(8), status: .open, stageID: Stage.ID(3), enteredAt: entered, personID: Person.ID(5),
                    organizationID: Organization.ID(6))
            ])
        let line = try #require(transport.lines.first)
        #expect(transport.lines.count == 1)
        #expect(line.contains("pipeline_id=1") && line.contains("updated_since=2026-11-23T10%3A00%3A00Z"))
    }

    @Test func `a deal that was made in its stage entered when it was made`() async throws {
        let unmoved = Canned.deal.replacing(
            #""stage_change_time":"2026-11-23T10:00:00.250Z""#, with: #""stage_change_time":null"#)
        #expect(try await deals(unmoved).0.first?.enteredAt == Date(timeIntervalSince1970: 1_793_523_600))
    }

    @Test(arguments: [#""is_archived":false"#, #""is_deleted":false"#])
    func `archived and deleted deals are left out`(flag: String) async throws {
        let changed = Canned.deal.replacing(flag, with: flag.replacing("false", with: "true"))
        #expect(try await deals(changed).0.isEmpty)
    }

    @Test func `deals are asked for by their numbers, at most a hundred`() async throws {
        let transport = StubTransport([.get("/api/v2/deals", Canned.list(Canned.deal))])
        let client = PipedriveClient(configuration: try .fixture(), transport: transport)
        let found = try await client.deals((1...120).map { Deal.ID($0) }, access: .fixture)
        #expect(found.map(\.id) == [Deal.ID(8)])
        let line = try #require(transport.lines.first)
        #expect(line.contains("ids=1%2C2%2C") && line.contains("%2C100") && !line.contains("%2C101"))
    }
}
