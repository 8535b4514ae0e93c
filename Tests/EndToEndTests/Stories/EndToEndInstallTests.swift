import Foundation
import Postgres
import Testing

/// Every way into a connection, and where the wrong ones end.
@Suite(.installedForTwo, .serialized)
struct EndToEndInstallTests {
    private static let question =
        "Connect Pipedrive company <strong>Tulp &amp; Zonen</strong> to PayDock company"

    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    private func connectionCount() throws -> Int64 {
        try installation.count("select count(*) as n from pipedrive.connection where state <> 'disconnected'")
    }

    /// Brings all that can run out to its end: states and parked installs.
    private func runOut(_ table: String) throws {
        try installation.sql {
            _ = try $0.execute("update \(unsafe: table) set expires_at = clock_timestamp() - interval '1 second'")
        }
    }

    @Test func `an attacker's callback in a victim's session never joins accounts`() async throws {
        let attacker = try await installation.createCompany("Aanvaller BV")
        let victim = try await installation.createCompany("Slachtoffer BV")
        for tenant in [attacker, victim] { _ = try await tenant.logIn() }
        _ = try await sandbox.control("DELETE", "requests")
        // Code and state together, in the victim's session and in a browser without one.
        for (browser, advice) in [
            (victim.browser, "Press Install in this browser"), (Visitor(installation.origin), "Log in here"),
        ] {
            let answer = try await browser.get(try await attacker.callback())
            #expect(answer.status == 403)
            #expect(answer.text.contains("started in another browser or login") && answer.text.contains(advice))
        }
        #expect(try await sandbox.requests("/oauth/token").isEmpty, "the attacker's code was not even tried")
        // The code alone, as the Marketplace sends it: asked, and joined to nothing by itself.
        let answer = try await victim.browser.get(try await sandbox.decide(try await sandbox.consentPage()))
        #expect(answer.status == 303 && answer.fields["location"] == "/apps/pipedrive/link")
        #expect(try await victim.browser.page("/apps/pipedrive/link").contains(Self.question))
        let forged = try await victim.browser.send(
            "POST", "/apps/pipedrive/link", ["Content-Type": "application/x-www-form-urlencoded"],
            Data("csrf=guessed".utf8))
        #expect(forged.status == 403)
        #expect(try connectionCount() == 0)
        #expect(try await victim.browser.page("/apps/pipedrive").contains("Not connected"))
    }

    @Test func `a callback that is opened twice, again, late or made up says what happened and what to do`()
        async throws
    {
        let tenant = try await installation.createCompany("Nogmaals BV")
        _ = try await tenant.logIn()
        let late = try await tenant.callback()
        try runOut("web.oauth_state")
        for place in ["/oauth/pipedrive/callback?code=made-up&state=made-up", late] {
            let answer = try await tenant.browser.get(place)
            #expect(answer.status == 400 && answer.text.contains("Press Install there"), "\(answer.text)")
        }
        let callback = try await tenant.callback()
        _ = try await sandbox.control("DELETE", "requests")
        async let first = tenant.browser.get(callback)
        async let second = tenant.browser.get(callback)
        let statuses = try await [first.status, second.status].sorted()
        #expect(statuses.filter { $0 == 303 }.count == 1, "one of two at the same time connects: \(statuses)")
        let again = try await tenant.browser.page(callback)
        #expect(again.contains("Pipedrive is connected already") && again.contains("To the settings"))
        #expect(try await sandbox.requests("/oauth/token").count == 1)
        #expect(try connectionCount() == 1)
        try await tenant.disconnect()
    }

    @Test func `a Pipedrive company that another PayDock company has stays where it is`() async throws {
        let (holder, other) = (
            try await installation.createCompany("Eerst BV"), try await installation.createCompany("Later BV")
        )
        try await holder.connect()
        _ = try await other.logIn()
        let answer = try await other.browser.get(try await other.callback())
        #expect(answer.status == 409 && answer.text.contains("go together one to one"), "\(answer.text)")
        #expect(try connectionCount() == 1)
        #expect(try await other.browser.page("/apps/pipedrive").contains("Not connected"))
        // By allowing it once more the user made the holder's tokens worthless: it goes on with the new ones.
        try await holder.sync()
        #expect(try await holder.browser.page("/apps/pipedrive").contains("Connected to Tulp &amp; Zonen"))
        try await holder.disconnect()
    }

    @Test func `what breaks off half way is finished by a retry, and leaves no orphan in Pipedrive`() async throws {
        let tenant = try await installation.createCompany("Halverwege BV")
        _ = try await tenant.logIn()
        _ = try await sandbox.control("POST", "faults", ["route": "/api/v1/users/me", "status": 500])
        let answer = try await tenant.browser.get(try await tenant.callback())
        #expect(answer.status == 503 && answer.text.contains("press Install again"), "\(answer.text)")
        #expect(try connectionCount() == 0)
        _ = try await sandbox.control("DELETE", "faults")
        for fault: JSON in [
            ["route": "/api/v2/pipelines", "status": 500, "count": 1],
            // Pipedrive made this one, and we never heard of it.
            ["route": "/api/v1/webhooks", "method": "POST", "reset": "after", "count": 1],
        ] { _ = try await sandbox.control("POST", "faults", fault) }
        #expect(try await tenant.install().contains("Connected to"))
        try await installation.until("four webhooks that we know of") {
            try installation.count("select count(*) as n from pipedrive.webhook_subscription") == 4
        }
        #expect(try await sandbox.control("GET", "faults")["data"].items.allSatisfy { $0["remaining"] == 0 })
        _ = try await sandbox.control("DELETE", "faults")
        let objects = try await sandbox.data("v1/webhooks").compactMap { $0["event_object"].text }
        #expect(objects.sorted() == ["deal", "organization", "person", "product"], "none twice, none left over")
        try await tenant.disconnect()
    }

    @Test func `from the Marketplace a newcomer signs up, a member logs in, and both are asked; an hour ends it`()
        async throws
    {
        // The Installation URL, which has a state of ours, for somebody without an account.
        let newcomer = Visitor(installation.origin)
        let start = try await newcomer.get("/apps/pipedrive/start")
        let consent = try await HTTP.send("GET", try start.fields["location"].orFail("Start led nowhere")).text
        let back = try await newcomer.get(try await sandbox.decide(consent))
        #expect(back.status == 303 && back.fields["location"] == "/apps/pipedrive/link")
        let choice = try await newcomer.page("/apps/pipedrive/link")
        #expect(choice.contains("Link an existing company") && choice.contains("Create a new account"))
        let asked = try await newcomer.submitted(
            try await newcomer.page("/signup?next=%2Fapps%2Fpipedrive%2Flink"), "/signup",
            [("company", "Nieuwkomer BV"), ("email", "nieuw@marketplace.example"), ("password", Tenant.password)])
        #expect(asked.contains("\(Self.question) <strong>Nieuwkomer BV</strong>?"))
        let connected = try await newcomer.submitted(asked, "/apps/pipedrive/link")
        #expect(connected.contains("Connected to Tulp &amp; Zonen"))
        _ = try await newcomer.submitted(connected, "/apps/pipedrive/disconnect")
        // A bare code, for a member who is logged out and lets it wait for too long.
        let member = try await installation.createCompany("Bekend BV")
        _ = try await member.browser.get(try await sandbox.decide(try await sandbox.consentPage()))
        let login = try await member.browser.page("/login?next=%2Fapps%2Fpipedrive%2Flink")
        #expect(login.contains("Log in to finish connecting Pipedrive"))
        let question = try await member.browser.submitted(
            login, "/login", [("email", member.email), ("password", Tenant.password)])
        #expect(question.contains("\(Self.question) <strong>Bekend BV</strong>?"))
        try runOut("web.pending_install")
        #expect(
            try await member.browser.submitted(question, "/apps/pipedrive/link").contains("No install is waiting"))
        #expect(try connectionCount() == 0)
    }

    @Test func `another Pipedrive company is asked about first, and its records are never taken for the first one's`()
        async throws
    {
        let tenant = try await installation.createCompany("Wissel BV")
        try await tenant.connect()
        try await tenant.sync()
        let firstCount = try await tenant.list("contacts").count
        try await tenant.disconnect()
        let question = try await tenant.install(user: "7702-1")
        #expect(question.contains("was connected to the Pipedrive company <strong>Tulp &amp; Zonen</strong> before"))
        #expect(try connectionCount() == 0, "nothing before the answer")
        #expect(
            try await tenant.browser.submitted(question, "/apps/pipedrive/link").contains("Connected to Kaas &amp; Co"))
        try await tenant.sync()
        let shared = try installation.count(
            """
            select count(*) as n from pipedrive.link a join pipedrive.link b
                using (company_id, kind, record_id, local_id)
            where a.pipedrive_company_id = 7701 and b.pipedrive_company_id = 7702 and kind = 'person'
            """)
        let both = try installation.count(
            """
            select count(*) as n from pipedrive.link a join pipedrive.link b using (company_id, kind, record_id)
            where a.pipedrive_company_id = 7701 and b.pipedrive_company_id = 7702 and kind = 'person'
            """)
        #expect(both > 0 && shared == 0, "person 7 here is not person 7 there: \(shared) of \(both)")
        #expect(try await tenant.list("contacts").count > firstCount)
        let all = try await tenant.list("contacts").count
        try await tenant.disconnect()
        // Back to the first: what was linked lives again, and nothing comes twice.
        let back = try await tenant.install()
        _ = try await tenant.syncing { try await tenant.browser.submitted(back, "/apps/pipedrive/link") }
        #expect(try await tenant.list("contacts").count == all)
        try await tenant.disconnect()
    }
}
