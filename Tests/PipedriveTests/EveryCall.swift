import Domain
import FoundationEssentials
import HTTPTransport
import Pipedrive

/// Calls every method of every port once or more, so that every request there is gets built.
enum EveryCall {
    static func make(through transport: any HTTPSending) async throws {
        let configuration = try PipedriveConfiguration.fixture()
        let oauth = PipedriveOAuth(configuration: configuration, transport: transport)
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        _ = try await oauth.exchange(code: Secret("code-value"), now: now)
        _ = try await oauth.refresh(Secret("refresh-value"), now: now)
        _ = try await oauth.currentUser(.fixture)
        try await oauth.revoke(Secret("refresh-value"))

        let client = PipedriveClient(configuration: configuration, transport: transport)
        for kind in RecordKind.allCases {
            _ = try await client.page(kind, cursor: nil, access: .fixture)
            _ = try await client.page(kind, cursor: "b3BhcXVl+/=", access: .fixture)
        }
        _ = try await client.record(.organization, id: 6, access: .fixture)
        _ = try await client.record(.person, id: 5, access: .fixture)
        _ = try await client.record(.product, id: 11, access: .fixture)
        _ = try await client.dealContext(Deal.ID(8), access: .fixture)
        _ = try await client.pipelines(access: .fixture)
        _ = try await client.deals(in: Pipeline.ID(3), updatedSince: now, access: .fixture)
        for target in [NoteTarget.deal(Deal.ID(8)), .lead(Canned.lead)] {
            _ = try await client.postNote(html: "<b>\"é\"</b><br>Ref 7K3F-92QX", target: target, access: .fixture)
            _ = try await client.findNote(containing: "Ref 7K3F-92QX", target: target, access: .fixture)
        }

        try await makeRecordCalls(client, now: now)

        let webhooks = PipedriveWebhooks(configuration: configuration, transport: transport)
        let url = "https://paydock.example/webhooks/pipedrive/opaque"
        for object in ["deal", "person", "organization", "product"] {
            _ = try await webhooks.subscribe(object: object, url: url, endpoint: .fixture, access: .fixture)
        }
        _ = try await webhooks.subscriptions(access: .fixture)
        try await webhooks.unsubscribe(WebhookSubscription.ID(31), access: .fixture)
    }

    /// Every way of listing, reading and writing the records that are synced.
    private static func makeRecordCalls(_ client: PipedriveClient, now: Date) async throws {
        let policy = SyncPolicy.fixture
        for kind in RecordKind.allCases {
            for listing in [
                RecordListing(kind), RecordListing(kind, cursor: "cDM=", changedSince: now),
                RecordListing(kind, newestFirst: true),
            ] {
                _ = try await client.page(listing, policy: policy, access: .fixture)
            }
            _ = try await client.records(kind, ids: Array(1...100), policy: policy, access: .fixture)
            let id: Int64 = kind == .person ? 5 : kind == .organization ? 6 : 11
            let current = try await client.records(kind, ids: [id], policy: policy, access: .fixture).page
            _ = try await client.create(.everything(kind), policy: policy, access: .fixture)
            _ = try await client.update(.everything(kind), current: current, policy: policy, access: .fixture)
            _ = try await client.customFields(kind, access: .fixture)
        }
        let product = CatalogItem(id: CatalogItem.ID(11), name: "Teller")
        let variations = try await client.variations(of: [product], access: .fixture).page
        _ = try await client.update(.everything(.product), current: variations, policy: policy, access: .fixture)
    }
}
