import Foundation
import Testing

/// The pages in a real browser, wide and narrow.
@Suite(.enabled(if: Chromium.isWanted, "chromium and chromedriver are absent"), .installed)
struct EndToEndBrowserTests {
    let installation: Installation

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `a person connects Pipedrive, and every page fits its screen`() async throws {
        try await Chromium.lend(in: installation) { try await connects($0) }
    }

    private func connects(_ browser: Chromium) async throws {
        let tenant = try await installation.createCompany("Scherm BV")
        try await fits(browser, ["/login"])
        try await logsIn(browser, tenant)
        try await fits(browser, ["/apps", "/apps/pipedrive"])
        try await installs(browser)
        _ = try await tenant.logIn()
        try await installation.until("pipelines and webhooks") {
            let page = try await tenant.browser.page("/apps/pipedrive?tab=triggers")
            return try page.contains("name=\"stage\"") && installation.unfinished() == 0
        }
        try await tenant.sync()
        let deal = try await draftsQuote(tenant)
        let quote = try (try await tenant.list("quotes").first).orFail("There is no quote")
        try await fits(browser, ["sync", "triggers", "events", "logs"].map { "/apps/pipedrive?tab=\($0)" })
        try await fits(browser, ["/apps/pipedrive/attention", "/apps/pipedrive/changes"])
        try await fits(browser, ["/contacts", "/products", "/quotes", "/quotes/\(quote["id"].text ?? "")"])
        try await acceptsAsCustomer(browser, tenant, quote)
        try await fits(browser, ["/", "/deal/\(deal)", "/marketplace"], at: installation.sandbox.origin)
    }

    private func logsIn(_ browser: Chromium, _ tenant: Tenant) async throws {
        try await browser.open("\(installation.origin)/login")
        try await browser.type(tenant.email, into: "input[name=email]")
        try await browser.type(Tenant.password, into: "input[name=password]")
        try await browser.click("form[action='/login'] button")
        try await arrives(browser, at: "\(installation.origin)/apps")
    }

    /// The security policy has to let the form lead to Pipedrive, which curl would not notice.
    private func installs(_ browser: Chromium) async throws {
        try await browser.open("\(installation.origin)/apps")
        try await browser.click("form[action='/apps/pipedrive/install'] button")
        try await arrives(browser, at: "\(installation.sandbox.origin)/oauth/authorize")
        try await fitsHere(browser, "the consent page")
        try await browser.click("button[value=allow]")
        // The page that shows the first preview at work opens itself anew, by then without the word of the connection.
        try await arrives(browser, at: "\(installation.origin)/apps/pipedrive?")
        #expect(try await browser.text().contains("Connected to Tulp & Zonen"))
        #expect(try await browser.complaints() == [])
    }

    /// A deal with products enters the stage, so that a quote with real lines can be looked at.
    private func draftsQuote(_ tenant: Tenant) async throws -> Int {
        let sandbox = installation.sandbox
        let deal = try
            (try await sandbox.data("v2/deals?limit=500&status=open&pipeline_id=1").first {
                $0["person_id"].whole != nil && $0["stage_id"].whole != 3 && $0["currency"] == "EUR"
            }).orFail("No deal fits")
        let page = try await tenant.browser.page("/apps/pipedrive?tab=triggers")
        _ = try await tenant.browser.submitted(page, "/apps/pipedrive/trigger", [("stage", "1:3")])
        let id = deal["id"].whole ?? 0
        try await sandbox.move(deal: id, to: 3)
        try await installation.until("a quote") { try await !tenant.list("quotes").isEmpty }
        return id
    }

    private func acceptsAsCustomer(_ browser: Chromium, _ tenant: Tenant, _ quote: JSON) async throws {
        _ = try await tenant.api("POST", "quotes/\(quote["id"].text ?? "")/send")
        let address = try quote["public_url"].text.orFail("The quote has no public_url")
        try await fits(browser, [String(address.dropFirst(installation.origin.count))])
        try await browser.open(address)
        try await browser.type("Anna de Vries", into: "form[action$='/accept'] [name=name]")
        try await browser.type("anna@example.nl", into: "form[action$='/accept'] [name=email]")
        try await browser.click("form[action$='/accept'] button")
        try await installation.until("the customer's page says so") {
            try await browser.text().contains("You accepted this quote")
        }
        #expect(try await tenant.api("GET", "quotes/\(quote["id"].text ?? "")")["status"] == "accepted")
    }

    private func arrives(_ browser: Chromium, at place: String) async throws {
        try await installation.until("the browser at \(place)") { try await browser.place().hasPrefix(place) }
    }

    /// Opens pages at a desk's and a telephone's width.
    func fits(_ browser: Chromium, _ paths: [String], at origin: String? = nil) async throws {
        for path in paths {
            try await browser.open((origin ?? installation.origin) + path)
            try await fitsHere(browser, path)
        }
    }

    private func fitsHere(_ browser: Chromium, _ name: String) async throws {
        for width in [390, 1280] {
            try await browser.resize(width: width)
            let widths = try await browser.run(
                "return [window.innerWidth, document.documentElement.scrollWidth]"
            ).items.map { $0.whole ?? -1 }
            #expect(widths[0] == width, "\(name)")
            #expect(widths[1] <= width, "\(name) is wider than \(width)")
        }
        let complaints = try await browser.complaints()
        #expect(complaints.isEmpty, "\(name): \(complaints)")
    }
}
