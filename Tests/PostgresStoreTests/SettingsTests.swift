import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct SettingsTests {
    @Test func `settings are the initial ones until they are saved, and come back as saved`() throws {
        try withStores { stores throws in
            #expect(try stores.web { try $0.settings.settings() } == .initial)
            let chosen = IntegrationSettings(
                directions: [.organization: .push, .person: .onlyNew, .product: .both],
                forwardedEvents: [.invoicePaid])
            try stores.web { try $0.settings.save(chosen) }
            #expect(try stores.cron { try $0.settings.settings() } == chosen)
            var silent = chosen
            silent.forwardedEvents = []
            try stores.web { try $0.settings.save(silent) }
            #expect(try stores.web { try $0.settings.settings() } == silent)
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.settings.settings() } == .initial)
        }
    }

    @Test func `pipelines keep their order and are replaced whole`() throws {
        try withStores { stores throws in
            func pipeline(_ id: Int64, _ stages: Int64...) -> Pipeline {
                Pipeline(
                    id: Pipeline.ID(id), name: "P\(id)",
                    stages: stages.map { Stage(id: Stage.ID($0), name: "S\($0)") })
            }
            let first = [pipeline(5, 9, 2, 7), pipeline(1, 4), pipeline(3, 1)]
            try stores.cron { try $0.settings.save(pipelines: first) }
            #expect(try stores.web { try $0.settings.pipelines() } == first)
            try stores.web { try $0.settings.save(pipelines: [pipeline(1, 9, 4)]) }
            #expect(try stores.web { try $0.settings.pipelines() } == [pipeline(1, 9, 4)])
        }
    }

    @Test func `the webhooks' endpoint is made once and stays`() throws {
        try withStores { stores throws in
            let made = race(6) { index in
                try stores.web {
                    try $0.settings.webhookEndpoint(
                        new: WebhookEndpoint(
                            path: "path-\(index)", user: Secret("u\(index)"), password: Secret("p\(index)")))
                }
            }
            let endpoints = Set(made.compactMap(\.value))
            #expect(made.allSatisfy { $0.failure == nil })
            let endpoint = try #require(endpoints.first)
            #expect(endpoints.count == 1)
            #expect(try stores.pages { try $0.directory.company(webhookPath: endpoint.path) } == stores.company)
            #expect(try stores.number("select count(*) as value from web.webhook_directory") == 1)
            #expect(try stores.pages { try $0.directory.company(webhookPath: "never") } == nil)
        }
    }

    @Test func `subscriptions are replaced whole`() throws {
        try withStores { stores throws in
            func subscription(_ id: Int64) -> WebhookSubscription {
                WebhookSubscription(id: WebhookSubscription.ID(id), object: "deal", url: "https://x/\(id)")
            }
            try stores.cron { try $0.settings.save(subscriptions: [subscription(2), subscription(1)]) }
            #expect(try stores.cron { try $0.settings.subscriptions() } == [subscription(1), subscription(2)])
            try stores.cron { try $0.settings.save(subscriptions: [subscription(3)]) }
            #expect(try stores.web { try $0.settings.subscriptions() } == [subscription(3)])
        }
    }
}
