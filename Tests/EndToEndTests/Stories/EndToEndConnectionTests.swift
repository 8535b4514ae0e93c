import Foundation
import Postgres
import Testing

/// A connection's beginning and its end, by Pipedrive's own calls.
@Suite(.installed, .serialized)
struct EndToEndConnectionTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `webhooks are proven, and an uninstall in Pipedrive ends the connection`() async throws {
        let tenant = try await installation.createCompany("Eindig BV")
        try await tenant.connect()
        try await provesWebhooks()
        try await refusesForgedUninstall(tenant)
        let notice = try await installation.sandbox.control("POST", "uninstall", ["user_id": 1])
        #expect(notice["data"]["callback_status"] == 200)
        #expect(try await tenant.browser.page("/apps/pipedrive").contains("Disconnected"))
        #expect(try await panelStatus() == 404)
        try await answersForEndedWebhook()
        #expect(try await tenant.install().contains("Connected to Tulp &amp; Zonen"), "it can be connected again")
        try await tenant.disconnect()
    }

    @Test func `webhooks that Pipedrive dropped are made anew, what they missed is found, and the page says so`()
        async throws
    {
        let (sandbox, name) = (installation.sandbox, "Gemiste Geval")
        let tenant = try await installation.createCompany("Wacht BV")
        try await tenant.connect()
        try await tenant.sync()
        let before = try await sandbox.data("v1/webhooks")
        let dropped = try before.first { $0["event_object"] == "person" }.orFail("No webhook for persons: \(before)")
        _ = try await sandbox.control("POST", "webhooks/remove", ["webhook_id": dropped["id"]])
        _ = try await sandbox.control("POST", "persons", ["name": .string(name)])
        try installation.sql {
            _ = try $0.execute("update queue.chore set due_at = clock_timestamp() where name = 'webhook health'")
        }
        // A drainer looks when it starts.
        _ = try await installation.drainers.kill()
        try await installation.until("the person that no webhook told of") {
            try await tenant.list("contacts").contains { $0["name"].text == name }
        }
        try await installation.until("the repair is done") { try installation.unfinished() == 0 }
        let after = try await sandbox.data("v1/webhooks").compactMap { $0["event_object"].text }
        #expect(after.sorted() == ["deal", "organization", "person", "product"])
        let page = try await tenant.browser.page("/apps/pipedrive")
        #expect(page.contains("4 of 4 webhooks active"))
        #expect(page.contains("Pipedrive had dropped person. A catch-up run looked for what was missed."))
        try await tenant.disconnect()
    }

    @Test func `a user who denies is told so, and nothing is connected`() async throws {
        let tenant = try await installation.createCompany("Weiger BV")
        _ = try await tenant.logIn()
        let denied = try await installation.sandbox.decide(try await tenant.consent(), "deny")
        let page = try await tenant.browser.page(denied)
        #expect(page.contains("Pipedrive is not connected"))
        #expect(try await tenant.browser.page("/apps").contains("Install"))
    }

    private func provesWebhooks() async throws {
        let subscription = try (try await installation.sandbox.data("v1/webhooks").first).orFail("No webhooks")
        let url = try subscription["subscription_url"].text.orFail("No subscription_url")
        let (user, password) = (
            subscription["http_auth_user"].text ?? "", subscription["http_auth_password"].text ?? ""
        )
        let body = Data("not even JSON".utf8)
        let stored = try stored()
        #expect(try await HTTP.send("POST", url, body: body).status == 401)
        let wrong = ["Authorization": HTTP.basic(user, "\(password)x")]
        let refused = try await HTTP.send("POST", url, fields: wrong, body: body)
        #expect(refused.status == 401)
        #expect(refused.fields["www-authenticate"]?.hasPrefix("Basic") == true)
        #expect(try self.stored() == stored, "what is not proven is not stored")
        let right = ["Authorization": HTTP.basic(user, password)]
        #expect(try await HTTP.send("POST", url, fields: right, body: body).status == 200)
        #expect(try self.stored() == stored + 1, "what is proven is stored as it came")
        #expect(try await HTTP.send("POST", "\(url)x", fields: right, body: body).status == 404)
    }

    private func stored() throws -> Int64 {
        try installation.count("select count(*) as n from pipedrive.webhook_inbox")
    }

    private func refusesForgedUninstall(_ tenant: Tenant) async throws {
        let body: JSON = ["client_id": "end-to-end", "company_id": 7701, "user_id": 1, "timestamp": "2026-01-01"]
        let fields = ["Content-Type": "application/json", "Authorization": HTTP.basic("someone", "else")]
        let answer = try await HTTP.send(
            "DELETE", "\(installation.origin)/oauth/pipedrive/callback", fields: fields, body: try body.data())
        #expect(answer.status == 401)
        #expect(try await tenant.browser.page("/apps/pipedrive").contains("Connected to"))
    }

    private func panelStatus() async throws -> Int {
        try await installation.panel("resource=deal&view=details&userId=1&companyId=7701&selectedIds=1").status
    }

    private func answersForEndedWebhook() async throws {
        let path = try installation.text("select path as t from pipedrive.webhook_endpoint limit 1")
        let stored = try stored()
        let answer = try await HTTP.send(
            "POST", "\(installation.origin)/webhooks/pipedrive/\(path)", fields: [:], body: Data("{}".utf8))
        #expect(answer.status == 200, "an ended connection's webhook is answered, so that Pipedrive rests")
        #expect(try self.stored() == stored)
    }
}
