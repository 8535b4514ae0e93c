import Domain
import FoundationEssentials
import HTTPTransport
import HTTPTypes
import Testing

@testable import Pipedrive

@Suite struct WebhookTests {
    private func adapter(_ transport: StubTransport = StubTransport(Canned.replies)) throws -> PipedriveWebhooks {
        PipedriveWebhooks(configuration: try .fixture(), transport: transport)
    }

    private func body(
        action: String = "change", entity: String = "deal", data: String = #"{"id":8,"stage_id":3,"pipeline_id":1}"#,
        previous: String = #"{"stage_id":2}"#, id: String = #""e1f3""#, company: String = #""900""#,
        timestamp: String = #""2026-11-23T10:00:00.123Z""#
    ) -> String {
        """
        {"meta":{"action":"\(action)","entity":"\(entity)","entity_id":"8","company_id":\(company),"user_id":"1",
        "id":\(id),"timestamp":\(timestamp),"version":"2.0","attempt":1},"data":\(data),"previous":\(previous)}
        """
    }

    private func decoded(_ text: String) throws -> WebhookEvent? { try adapter().decode(Array(text.utf8)) }

    @Test func `a move into a stage is read whole`() throws {
        let event = try #require(try decoded(body()))
        #expect(
            event
                == WebhookEvent(
                    action: .change, entity: "deal", entityID: 8, companyID: PipedriveCompany.ID(900), eventID: "e1f3",
                    occurredAt: event.occurredAt,
                    enteredStage: .init(pipelineID: Pipeline.ID(1), stageID: Stage.ID(3))))
        let moment = try #require(event.occurredAt).timeIntervalSince1970
        #expect(abs(moment - 1_795_428_000.123) < 0.0005)
    }

    @Test(
        arguments: [
            ("create", #"{"id":8,"stage_id":3,"pipeline_id":1}"#, "null", 3),
            ("create", #"{"id":8,"stage_id":"3"}"#, "null", 3),
            ("change", #"{"id":8,"stage_id":3}"#, #"{"stage_id":2}"#, 3),
            ("change", #"{"id":8,"stage_id":3}"#, #"{"stage_id":"2"}"#, 3),
            ("change", #"{"id":8,"stage_id":3}"#, #"{"stage_id":3}"#, nil),
            ("change", #"{"id":8,"stage_id":3}"#, #"{"stage_id":"3"}"#, nil),
            ("change", #"{"id":8,"stage_id":3}"#, #"{"title":"old"}"#, nil),
            ("change", #"{"id":8,"stage_id":3}"#, #"{"stage_id":null}"#, nil),
            ("change", #"{"id":8,"stage_id":3}"#, "null", nil), ("change", "null", #"{"stage_id":2}"#, nil),
            ("change", #"{"id":8}"#, #"{"stage_id":2}"#, nil), ("create", #"{"id":8}"#, "null", nil),
            ("delete", "null", #"{"id":8,"stage_id":3}"#, nil),
            ("delete", #"{"id":8,"stage_id":3}"#, #"{"stage_id":2}"#, nil),
        ] as [(String, String, String, Int64?)])
    func `a stage is entered by creation in it or by a change that names another one as the previous`(
        action: String, data: String, previous: String, stage: Int64?
    ) throws {
        let event = try #require(try decoded(body(action: action, data: data, previous: previous)))
        #expect(event.enteredStage?.stageID.rawValue == stage)
    }

    @Test func `only deals enter stages`() throws {
        let event = try #require(try decoded(body(entity: "person")))
        #expect(event.entity == "person" && event.enteredStage == nil)
    }

    @Test func `numbers where strings are usual, and an epoch time, are read too`() throws {
        let event = try #require(try decoded(body(id: "77", company: "900", timestamp: "1795428000")))
        #expect(event.eventID == "77" && event.companyID.rawValue == 900)
        #expect(event.occurredAt == Date(timeIntervalSince1970: 1_795_428_000))
        let milliseconds = try decoded(body(timestamp: "1795428000000"))
        #expect(milliseconds?.occurredAt == event.occurredAt)
        #expect(try decoded(body(timestamp: #""yesterday""#))?.occurredAt == nil)
    }

    @Test func `without an identifier a retry is known by what it says`() throws {
        let first = try decoded(body(id: "null"))
        #expect(first?.eventID == "deal:8:change:2026-11-23T10:00:00.123Z")
        #expect(try decoded(body(id: "null"))?.eventID == first?.eventID)
    }

    @Test(arguments: [
        "", " ", "null", "[]", "{}", "meta", #"{"meta":null}"#, #"{"meta":[]}"#, #"{"meta":{"action":"change"}}"#,
        #"{"meta":{"action":"updated","entity":"deal","entity_id":"8","company_id":"9","id":"x"}}"#,
        #"{"meta":{"action":"change","entity":"deal","entity_id":"eight","company_id":"9","id":"x"}}"#,
        #"{"meta":{"action":"change","entity":"deal","entity_id":"99999999999999999999","company_id":"9","id":"x"}}"#,
        #"{"meta":{"action":"change","entity":"deal","entity_id":8.5,"company_id":"9","id":"x"}}"#,
        #"{"meta":{"action":"change","entity":"deal","entity_id":"8","company_id":{},"id":"x"}}"#,
    ])
    func `what is no webhook is nothing`(text: String) throws {
        #expect(try decoded(text) == nil)
    }

    @Test func `cut off or damaged bytes never stop us`() throws {
        let whole = Array(body().utf8)
        let adapter = try adapter()
        for length in 0..<whole.count { #expect(adapter.decode(Array(whole[..<length])) == nil) }
        var generator = SplitMix(state: 7)
        for _ in 0..<2000 {
            var damaged = whole
            for _ in 0..<3 { damaged[Int(generator.next() % UInt64(whole.count))] = UInt8(generator.next() & 255) }
            let event = adapter.decode(damaged)
            #expect(event == nil || event.map { !$0.eventID.isEmpty } == true)
        }
        #expect(adapter.decode(Array(repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
    }

    @Test func `a subscription asks for version 2, all actions, and our credentials`() async throws {
        let transport = StubTransport(Canned.replies)
        let url = "https://paydock.example/webhooks/pipedrive/opaque"
        let subscription = try await adapter(transport).subscribe(
            object: "deal", url: url, endpoint: .fixture, access: .fixture)
        #expect(subscription == WebhookSubscription(id: WebhookSubscription.ID(31), object: "deal", url: url))
        let sent = try #require(transport.requests.first)
        #expect(
            String(decoding: sent.body ?? [], as: UTF8.self)
                == #"{"event_action":"*","event_object":"deal","http_auth_password":"webhook-password-value","#
                + #""http_auth_user":"webhook-user-value","name":"PayDock deal","subscription_url":"\#(url)","#
                + #""version":"2.0"}"#)
    }

    @Test func `subscriptions are listed, and ending one that is gone is no error`() async throws {
        let list = try await adapter().subscriptions(access: .fixture)
        #expect(list.map(\.id.rawValue) == [31] && list.map(\.object) == ["deal"])
        for status in [200, 204, 404, 410] {
            let transport = StubTransport([
                .init(method: .delete, path: "/api/v1/webhooks/31", status: status, body: "")
            ])
            try await adapter(transport).unsubscribe(WebhookSubscription.ID(31), access: .fixture)
            #expect(transport.lines == ["DELETE /api/v1/webhooks/31"])
        }
        let refusing = StubTransport([.init(method: .delete, path: "/api/v1/webhooks/31", status: 401)])
        await #expect(throws: CRMFailure.self) {
            try await adapter(refusing).unsubscribe(WebhookSubscription.ID(31), access: .fixture)
        }
    }
}

/// A small generator with a fixed seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
