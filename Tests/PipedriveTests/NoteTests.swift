import Domain
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct NoteTests {
    private func client(_ replies: [StubTransport.Reply] = Canned.replies) throws -> (PipedriveClient, StubTransport) {
        let transport = StubTransport(replies)
        return (PipedriveClient(configuration: try .fixture(), transport: transport), transport)
    }

    @Test func `a note goes to the deal as it was written`() async throws {
        let (client, transport) = try client()
        let id = try await client.postNote(
            html: "💰 <b>\"4\"</b>\n</a>", target: .deal(Deal.ID(8)), access: .fixture)
        #expect(id == 501)
        let body = String(decoding: try #require(transport.requests.first).body ?? [], as: UTF8.self)
        #expect(body == #"{"content":"💰 <b>\"4\"</b>\n</a>","deal_id":8}"#)
    }

    @Test func `a note for a lead names the lead and no deal`() async throws {
        let (client, transport) = try client()
        _ = try await client.postNote(html: "x", target: .lead(Canned.lead), access: .fixture)
        let body = String(decoding: try #require(transport.requests.first).body ?? [], as: UTF8.self)
        #expect(body == #"{"content":"x","lead_id":"\#(Canned.lead)"}"#)
    }

    @Test func `the latest note that shows the reference is found`() async throws {
        let (client, transport) = try client()
        let found = try await client.findNote(
            containing: "Ref 7K3F-92QX", target: .deal(Deal.ID(8)), access: .fixture)
        #expect(found == 502)
        #expect(transport.lines == ["GET /api/v1/notes?deal_id=8&sort=add_time%20DESC&limit=100"])
    }

    @Test func `another reference, a deleted note and an empty text are not found`() async throws {
        let (client, _) = try client()
        for text in ["Ref 0000-0000", "Ref AAAA-1111", ""] {
            #expect(try await client.findNote(containing: text, target: .deal(Deal.ID(8)), access: .fixture) == nil)
        }
    }

    @Test func `a text that Pipedrive shows escaped is found too`() async throws {
        let (client, _) = try client([
            .get("/api/v1/notes", #"{"success":true,"data":[{"id":9,"content":"A &amp; B"}]}"#)
        ])
        #expect(try await client.findNote(containing: "A & B", target: .lead(Canned.lead), access: .fixture) == 9)
    }

    @Test(arguments: [#"{"success":true,"data":null}"#, #"{"success":true,"data":[]}"#])
    func `a target without notes has none`(body: String) async throws {
        let (client, _) = try client([.get("/api/v1/notes", body)])
        #expect(try await client.findNote(containing: "x", target: .deal(Deal.ID(8)), access: .fixture) == nil)
    }
}
