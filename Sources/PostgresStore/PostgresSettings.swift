internal import Domain
import FoundationEssentials
import Postgres
import Sodium

struct PostgresSettings: SettingsStore {
    let connection: PostgresConnection
    let access: StorageAccess
    let vault: Vault

    func settings() throws -> IntegrationSettings {
        let row = try connection.query(
            """
            select organization_direction, person_direction, product_direction, forwarded_events, reserve_percent
            from pipedrive.settings where company_id = \(try access.company())
            """
        ).first
        guard let row else { return .initial }
        return IntegrationSettings(
            directions: [
                .organization: try row.state("organization_direction"), .person: try row.state("person_direction"),
                .product: try row.state("product_direction"),
            ],
            forwardedEvents: Set(try row.strings("forwarded_events").compactMap(BookEvent.Kind.init(rawValue:))),
            reservePercent: try row.int("reserve_percent"))
    }

    func save(_ settings: IntegrationSettings) throws {
        func direction(_ kind: RecordKind) -> String { (settings.directions[kind] ?? .pull).rawValue }
        try connection.execute(
            """
            insert into pipedrive.settings (
                company_id, organization_direction, person_direction, product_direction, forwarded_events,
                reserve_percent)
            values (
                \(try access.company()), \(direction(.organization)), \(direction(.person)), \(direction(.product)),
                \(settings.forwardedEvents.map(\.rawValue).sorted()), \(settings.reservePercent))
            on conflict (company_id) do update set
                organization_direction = excluded.organization_direction,
                person_direction = excluded.person_direction, product_direction = excluded.product_direction,
                organization_since = case when settings.organization_direction = excluded.organization_direction
                    then settings.organization_since else clock_timestamp() end,
                person_since = case when settings.person_direction = excluded.person_direction
                    then settings.person_since else clock_timestamp() end,
                product_since = case when settings.product_direction = excluded.product_direction
                    then settings.product_since else clock_timestamp() end,
                forwarded_events = excluded.forwarded_events, reserve_percent = excluded.reserve_percent
            """)
    }

    func pipelines() throws -> [Pipeline] {
        let rows = try connection.query(
            """
            select id, pipeline_id, pipeline_name, name, is_deleted from pipedrive.stage where company_id = \(try access.company())
            order by pipeline_position, pipeline_id, position, id
            """)
        var pipelines: [Pipeline] = []
        for row in rows {
            let id = Pipeline.ID(try row.int64("pipeline_id"))
            let stage = Stage(
                id: Stage.ID(try row.int64("id")), name: try row.string("name"), isDeleted: try row.bool("is_deleted"))
            if let last = pipelines.last, last.id == id {
                pipelines[pipelines.count - 1] = Pipeline(id: id, name: last.name, stages: last.stages + [stage])
            } else {
                pipelines.append(Pipeline(id: id, name: try row.string("pipeline_name"), stages: [stage]))
            }
        }
        return pipelines
    }

    func save(pipelines: [Pipeline]) throws {
        let company = try access.company()
        // What a trigger chose keeps its name, marked as deleted.
        try connection.execute(
            """
            delete from pipedrive.stage s where s.company_id = \(company) and not exists (
                select from pipedrive.trigger_stage t where t.company_id = s.company_id and t.stage_id = s.id)
            """)
        try connection.execute("update pipedrive.stage set is_deleted = true where company_id = \(company)")
        for (pipelinePosition, pipeline) in pipelines.enumerated() {
            for (position, stage) in pipeline.stages.enumerated() {
                try connection.execute(
                    """
                    insert into pipedrive.stage (
                        company_id, id, pipeline_id, pipeline_name, pipeline_position, name, position)
                    values (
                        \(company), \(stage.id), \(pipeline.id), \(pipeline.name), \(pipelinePosition), \(stage.name),
                        \(position))
                    on conflict (company_id, id) do update set
                        pipeline_id = excluded.pipeline_id, pipeline_name = excluded.pipeline_name,
                        pipeline_position = excluded.pipeline_position, name = excluded.name,
                        position = excluded.position, is_deleted = false
                    """)
            }
        }
    }

    func webhookEndpoint(new: WebhookEndpoint) throws -> WebhookEndpoint {
        let company = try access.company()
        let place = Vault.Place(company: company, pipedriveCompany: 0, user: 0)
        let user = try vault.seal(new.user, "webhook_user", at: place)
        let password = try vault.seal(new.password, "webhook_password", at: place)
        let isNew = try connection.execute(
            """
            insert into vault.webhook_secret (company_id, path, user_name, password)
            values (\(company), \(new.path), \(user), \(password)) on conflict (company_id) do nothing
            """)
        if isNew == 1 { try list(new, company: company) }
        let row = try connection.query(
            "select path, user_name, password from vault.webhook_secret where company_id = \(company)"
        ).first.orMissing("webhook_secret")
        return WebhookEndpoint(
            path: try row.string("path"), user: try vault.open(try row.bytes("user_name"), "webhook_user", at: place),
            password: try vault.open(try row.bytes("password"), "webhook_password", at: place))
    }

    private func list(_ endpoint: WebhookEndpoint, company: Company.ID) throws {
        let basic = "\(endpoint.user.reveal()):\(endpoint.password.reveal())"
        try connection.execute(
            """
            insert into pipedrive.webhook_endpoint (company_id, path, basic_hash)
            values (\(company), \(endpoint.path), \(Digest.sha256(Array(basic.utf8))))
            """)
        try connection.execute(
            "insert into web.webhook_directory (path, company_id) values (\(endpoint.path), \(company))")
    }

    func save(subscriptions: [WebhookSubscription]) throws {
        let company = try access.company()
        try connection.execute("delete from pipedrive.webhook_subscription where company_id = \(company)")
        for subscription in subscriptions {
            try connection.execute(
                """
                insert into pipedrive.webhook_subscription (company_id, id, object, url)
                values (\(company), \(subscription.id), \(subscription.object), \(subscription.url))
                """)
        }
    }

    func subscriptions() throws -> [WebhookSubscription] {
        try connection.query(
            """
            select id, object, url from pipedrive.webhook_subscription
            where company_id = \(try access.company()) order by id
            """
        ).map {
            WebhookSubscription(
                id: WebhookSubscription.ID(try $0.int64("id")), object: try $0.string("object"),
                url: try $0.string("url"))
        }
    }
}
