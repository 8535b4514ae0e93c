import Foundation

/// A PayDock company: its owner's browser and its API key.
struct Tenant: Sendable {
    static let password = "correct horse battery"

    let installation: Installation
    let name: String
    let email: String
    let key: String
    let browser: Visitor

    init(installation: Installation, name: String, email: String, key: String) {
        (self.installation, self.name, self.email, self.key) = (installation, name, email, key)
        browser = Visitor(installation.origin)
    }

    /// Logs in by the form, which leads to the App Store.
    func logIn() async throws -> String {
        let page = try await browser.page("/login")
        return try await browser.submitted(page, "/login", [("email", email), ("password", Self.password)])
    }

    /// Presses Install and allows it in Pipedrive; the page that the callback leads to.
    func install(user: String = "1") async throws -> String {
        let answer = try await browser.get(try await callback(user: user))
        guard answer.status == 303, let place = answer.fields["location"] else {
            throw Failure("The callback answered \(answer.status): \(answer.text)")
        }
        return try await browser.page(place)
    }

    /// Presses Install and allows it in Pipedrive; where Pipedrive sends the browser then.
    func callback(user: String = "1") async throws -> String {
        try await installation.sandbox.decide(try await consent(), user: user)
    }

    /// Presses Disconnect; the page that says how it went.
    @discardableResult
    func disconnect() async throws -> String {
        let page = try await browser.page("/apps/pipedrive")
        return try await browser.submitted(page, "/apps/pipedrive/disconnect")
    }

    /// Pipedrive's consent page, where Install leads to.
    func consent() async throws -> String {
        let store = try await browser.page("/apps/pipedrive")
        let answer = try await browser.submit(store, "/apps/pipedrive/install")
        guard answer.status == 302, let place = answer.fields["location"],
            place.hasPrefix("\(installation.sandbox.origin)/oauth/authorize?")
        else { throw Failure("Install answered \(answer.status): \(answer.text)") }
        return try await HTTP.send("GET", place).text
    }

    /// Connected, and with Pipedrive's stages and webhooks in place.
    func connect() async throws {
        _ = try await logIn()
        _ = try await install()
        try await installation.until("pipelines on the Triggers tab") {
            try await browser.page("/apps/pipedrive?tab=triggers").contains("name=\"stage\"")
        }
        try await installation.until("webhooks in Pipedrive") {
            try await !installation.sandbox.data("v1/webhooks").isEmpty && installation.unfinished() == 0
        }
    }

    /// Runs a sync to its end.
    func sync() async throws {
        let before = try await completedRunCount()
        try await startSync()
        try await installation.until("a completed run in Logs") { try await completedRunCount() > before }
    }

    /// Does what makes a run start by itself, and waits for its end; the page that it led to.
    func syncing(by action: () async throws -> String) async throws -> String {
        func completed() throws -> Int64 {
            try installation.count(
                """
                select count(*) as n from pipedrive.sync_run r join books.company c using (company_id)
                where c.name = '\(name)' and r.state = 'completed' and r.mode = 'full'
                """)
        }
        let before = try completed()
        let page = try await action()
        try await installation.until("the end of a run that nobody started") { try completed() > before }
        return page
    }

    /// Presses "Sync now"; the first time there is a preview to apply instead.
    func startSync() async throws {
        var page = try await browser.page("/apps/pipedrive?tab=sync")
        if !page.contains("Sync now</button>") {
            try await installation.until("the preview of the first sync") {
                page = try await browser.page("/apps/pipedrive?tab=sync")
                return page.contains("/apps/pipedrive/apply")
            }
        }
        let form = page.contains("/apps/pipedrive/apply") ? "/apps/pipedrive/apply" : "/apps/pipedrive/sync"
        _ = try await browser.submitted(page, form)
    }

    private func completedRunCount() async throws -> Int {
        let logs = try await browser.page("/apps/pipedrive?tab=logs")
        if logs.contains("Failed</span>") { throw Failure("The run failed: \(logs)") }
        return logs.components(separatedBy: "Completed</span>").count - 1
    }

    // MARK: The regular API

    func call(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        var fields = ["X-API-Key": key]
        if body != nil { fields["Content-Type"] = "application/json" }
        return try await HTTP.send(
            method, "\(installation.origin)/api/v1/\(path)", fields: fields, body: try body?.data())
    }

    func api(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let answer = try await call(method, path, body)
        guard (200..<300).contains(answer.status) else {
            throw Failure("\(method) /api/v1/\(path): \(answer.status) \(answer.text)")
        }
        return try answer.json()
    }

    /// All of a list, page by page.
    func list(_ path: String) async throws -> [JSON] {
        var items: [JSON] = []
        while true {
            let page = try await api("GET", "\(path)?limit=500&offset=\(items.count)")
            items += page["data"].items
            if page["data"].items.isEmpty || items.count >= page["total"].whole ?? 0 { return items }
        }
    }
}
