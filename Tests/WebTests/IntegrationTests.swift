import Domain
import FoundationEssentials
import HTTPTypes
import Testing
import Web

struct IntegrationTests {
    private func connected() -> Site {
        let site = Site()
        site.tables.connection = Connection(
            id: Connection.ID(site.tables.freshID()), companyID: site.tables.company.id,
            pipedriveCompanyID: PipedriveCompany.ID(77), pipedriveCompanyName: "Acme Pipes",
            ownerUserID: PipedriveUser.ID(5), state: .live, connectedAt: site.tables.now)
        site.tables.pipelines = [
            Pipeline(
                id: Pipeline.ID(1), name: "Sales",
                stages: [Stage(id: Stage.ID(11), name: "Won over"), Stage(id: Stage.ID(12), name: "Quote")]),
            Pipeline(id: Pipeline.ID(2), name: "Partners", stages: [Stage(id: Stage.ID(21), name: "Quote")]),
        ]
        return site
    }

    @Test func `install leads to Pipedrive with a fresh state, and the way back connects`() async throws {
        let site = Site()
        let away = await site.submit("/apps/pipedrive/install", "")
        #expect(away.status == 302)
        let location = try #require(away.field("Location"))
        #expect(location.hasPrefix("https://oauth.pipedrive.com/oauth/authorize?state="))
        #expect(
            away.field("Content-Security-Policy")?.contains("form-action 'self' https://oauth.pipedrive.com") == true)
        let state = try #require(location.split(separator: "=").last)
        let back = await site.get("/oauth/pipedrive/callback?code=c&state=\(state)")
        #expect(back.field("Location") == "/apps/pipedrive?done=connected")
        #expect(site.tables.connection?.pipedriveCompanyName == "Acme Pipes")
        let reloaded = await site.get("/oauth/pipedrive/callback?code=c&state=\(state)")
        #expect(reloaded.status == 200 && reloaded.text.contains("Pipedrive is connected already"))
        site.tables.connection = nil
        let expired = await site.get("/oauth/pipedrive/callback?code=c&state=\(state)")
        #expect(expired.status == 400 && expired.text.contains("Press Install there"))
    }

    @Test func `an install from the Marketplace waits for login and an answer`() async throws {
        let site = Site()
        let back = await site.send(.get, "/oauth/pipedrive/callback?code=c")
        #expect(back.field("Location") == "/apps/pipedrive/link")
        #expect(site.tables.connection == nil)
        let ticket = try #require(back.cookie("__Host-paydock_install"))
        let cookie = ["__Host-paydock_install": ticket]
        let choice = await site.send(.get, "/apps/pipedrive/link", cookies: cookie).text
        #expect(choice.contains("Link an existing company") && choice.contains("Create a new account"))
        site.tables.logIn()
        let both = cookie.merging(Site.session) { $1 }
        let question = await site.send(.get, "/apps/pipedrive/link", cookies: both).text
        #expect(question.contains("Acme Pipes") && question.contains("Bloem &amp; Zn"))
        let unproven = await site.send(.post, "/apps/pipedrive/link", fields: Site.form, cookies: both, body: "csrf=x")
        #expect(unproven.status == 403)
        #expect(site.tables.connection == nil)
        let done = await site.send(
            .post, "/apps/pipedrive/link", fields: Site.form, cookies: both, body: "csrf=\(Tables.csrf)")
        #expect(done.field("Location") == "/apps/pipedrive?done=connected")
        #expect(site.tables.connection != nil)
    }

    @Test func `saying no at Pipedrive is no error page`() async {
        let answer = await Site().send(.get, "/oauth/pipedrive/callback?error=user_denied")
        #expect(answer.status == 200)
        #expect(answer.text.contains("You did not give access"))
    }

    @Test func `an uninstall counts only with the client's credentials`() async {
        let site = connected()
        let body = #"{"client_id":"client","company_id":77,"user_id":5,"timestamp":"2026-11-24"}"#
        let path = "/oauth/pipedrive/callback"
        #expect(await site.send(.delete, path, body: body).status == 401)
        #expect(site.tables.connection != nil)
        let fields = ["Authorization": Site.basic("client:secret")]
        #expect(await site.send(.delete, path, fields: fields, body: "{}").status == 400)
        #expect(await site.send(.delete, path, fields: fields, body: body).status == 200)
        #expect(site.tables.connection == nil)
    }

    @Test func `directions and events are kept as chosen`() async {
        let site = connected()
        let form = "direction_person=both&direction_product=only_new&direction_organization=push"
        #expect(
            await site.submit("/apps/pipedrive/directions", form).field("Location")
                == "/apps/pipedrive?tab=sync&done=saved")
        #expect(site.tables.settings.directions == [.person: .both, .product: .onlyNew, .organization: .push])
        #expect(await site.submit("/apps/pipedrive/directions", "direction_person=sideways").status == 400)
        _ = await site.submit("/apps/pipedrive/events", "event=quote.sent&event=invoice.paid&event=contact.created")
        #expect(site.tables.settings.forwardedEvents == [.quoteSent, .invoicePaid])
        #expect(await site.get("/apps/pipedrive?tab=events").text.contains("value=\"quote.viewed\">"))
    }

    @Test func `notes that were given up are listed with a button each and one for all, and only these`() async {
        let site = connected()
        func record(_ id: Int64, _ kind: OutboxMessage.Kind) -> MessageRecord {
            MessageRecord(
                id: OutboxMessage.ID(id), companyID: site.tables.company.id, kind: kind, subject: "s",
                state: .discarded, attemptCount: 6, reason: "HTTP <404>", createdAt: site.tables.now,
                dueAt: site.tables.now)
        }
        let tab = "/apps/pipedrive?tab=events"
        #expect(await !site.get(tab).text.contains("Retry all"))
        site.tables.troubled = [record(71, .note), record(72, .sync)]
        let page = await site.get(tab).text
        #expect(page.contains("action=\"/apps/pipedrive/notes/retry\"") && page.contains("HTTP &lt;404&gt;"))
        #expect(page.contains("/apps/pipedrive/messages/71/retry") && !page.contains("/messages/72/retry"))
        let done = "\(tab)&done=retrying"
        #expect(await site.submit("/apps/pipedrive/messages/71/retry", "tab=events").field("Location") == done)
        #expect(await site.submit("/apps/pipedrive/notes/retry", "").field("Location") == done)
        #expect(await site.submit("/apps/pipedrive/messages/99/retry", "tab=events").status == 404)
        #expect(await site.submit("/apps/pipedrive/messages/x/retry", "tab=events").status == 404)
    }

    @Test func `a test note wants the number of a deal and a live connection`() async {
        let site = connected()
        let path = "/apps/pipedrive/notes/test"
        #expect(await site.submit(path, "deal=12").field("Location") == "/apps/pipedrive?tab=events&done=testing")
        for wrong in ["deal=", "deal=0", "deal=-4", "deal=twelve", ""] {
            let answer = await site.submit(path, wrong)
            #expect(answer.status == 422 && answer.text.contains("Give the number of a deal"), "\(wrong)")
        }
        site.tables.connection = nil
        let answer = await site.submit(path, "deal=12")
        #expect(answer.status == 409 && answer.text.contains("Connect Pipedrive first."))
    }

    @Test func `a trigger covers stages of one pipeline and can be turned off`() async {
        let site = connected()
        #expect(await site.submit("/apps/pipedrive/trigger", "stage=1:11&stage=1:12").status == 303)
        #expect(site.tables.triggers.map(\.stageIDs) == [[Stage.ID(11), Stage.ID(12)]])
        let mixed = await site.submit("/apps/pipedrive/trigger", "stage=1:11&stage=2:21")
        #expect(mixed.status == 422)
        #expect(mixed.text.contains("Choose stages of one pipeline only."))
        #expect(await site.submit("/apps/pipedrive/trigger", "stage=1:99").status == 422)
        #expect(site.tables.triggers.count == 1)
        #expect(await site.get("/apps/pipedrive?tab=triggers").text.contains("value=\"1:12\" checked"))
        let id = site.tables.triggers[0].id.text
        #expect(await site.submit("/apps/pipedrive/trigger", "trigger=\(id)&off=1").status == 303)
        #expect(site.tables.triggers.map(\.isOn) == [false])
        #expect(await site.submit("/apps/pipedrive/trigger", "trigger=\(id)&remove=1").status == 303)
        #expect(site.tables.triggers.isEmpty)
    }

    @Test func `a trigger's settings are kept, a second one may not share a stage`() async {
        let site = connected()
        let form = "stage=1:11&language=de&validity_days=14&instructions=Kort&needs=remark"
        #expect(await site.submit("/apps/pipedrive/trigger", form).status == 303)
        #expect(await site.submit("/apps/pipedrive/trigger", form).status == 303)
        #expect(site.tables.triggers.count == 1)
        let made = site.tables.triggers[0]
        #expect(made.language == "de" && made.validityDays == 14 && made.instructions == "Kort")
        #expect(made.unmetNeeds == .remark)
        #expect(await site.submit("/apps/pipedrive/trigger", "stage=1:11&stage=1:12").status == 409)
        #expect(await site.submit("/apps/pipedrive/trigger", "stage=1:12&validity_days=0").status == 422)
        #expect(await site.submit("/apps/pipedrive/trigger", "stage=1:12&language=fr").status == 422)
        #expect(await site.submit("/apps/pipedrive/trigger", "stage=1:12").status == 303)
        let page = await site.get("/apps/pipedrive?tab=triggers").text
        #expect(page.contains("Quote trigger 1") && page.contains("Quote trigger 2"))
    }

    @Test func `a stage that Pipedrive deleted is shown as such where it was chosen`() async {
        let site = connected()
        _ = await site.submit("/apps/pipedrive/trigger", "stage=1:11")
        let gone = Stage(id: Stage.ID(11), name: "Offerte", isDeleted: true)
        let other = Stage(id: Stage.ID(13), name: "Weg", isDeleted: true)
        site.tables.pipelines = [Pipeline(id: Pipeline.ID(1), name: "Verkoop", stages: [gone, other])]
        let page = await site.get("/apps/pipedrive?tab=triggers").text
        #expect(page.contains("Offerte (deleted in Pipedrive)"))
        #expect(!page.contains("Weg"))
    }

    @Test func `held deals ask for a yes or a no`() async {
        let site = connected()
        site.tables.drafts = [
            QuoteDraft(
                dealID: Deal.ID(7), state: .held, quoteID: nil, quoteNumber: nil, reason: nil,
                requestedAt: site.tables.now)
        ]
        #expect(await site.get("/apps/pipedrive?tab=triggers").text.contains("Draft 1 quotes"))
        #expect(await site.submit("/apps/pipedrive/flood", "answer=draft").status == 303)
        #expect(await site.submit("/apps/pipedrive/flood", "answer=drop").status == 303)
        #expect(await site.submit("/apps/pipedrive/flood", "").status == 400)
        #expect(site.tables.floodAnswers == [nil, "A person chose not to draft these quotes."])
        #expect(await site.submit("/apps/pipedrive/stages", "").status == 303)
        site.tables.connection = nil
        let refused = await site.submit("/apps/pipedrive/flood", "answer=draft")
        #expect(refused.status == 409 && refused.text.contains("Connect Pipedrive first"))
        #expect(site.tables.floodAnswers.count == 2)
    }

    @Test func `sync now starts one run, and says when one is at work`() async {
        let site = connected()
        #expect(await site.submit("/apps/pipedrive/sync", "").field("Location")?.hasSuffix("done=syncing") == true)
        site.tables.runs = [
            SyncRun(
                id: SyncRun.ID(site.tables.freshID()), state: .running, startedBy: .manual,
                startedAt: site.tables.now.addingTimeInterval(-65), finishedAt: nil,
                counts: [.person: SyncRun.Counts(read: 500, created: 3)], tokenCost: 20, outcome: nil)
        ]
        #expect(await site.submit("/apps/pipedrive/sync", "").field("Location")?.hasSuffix("done=sync-running") == true)
        let logs = await site.get("/apps/pipedrive?tab=logs").text
        #expect(logs.contains("1 min 5 s") && logs.contains("500 persons: 3 created"))
        site.tables.connection = nil
        #expect(await site.submit("/apps/pipedrive/sync", "").status == 409)
    }

    @Test func `disconnect ends the connection and says that what was synced stays`() async {
        let site = connected()
        let answer = await site.submit("/apps/pipedrive/disconnect", "")
        #expect(answer.field("Location") == "/apps/pipedrive?done=disconnected")
        #expect(site.tables.connection == nil)
        #expect(await site.get("/apps/pipedrive?done=disconnected").text.contains("What was synced stays in PayDock."))
    }

    @Test func `webhooks: stored, ignored, refused, unknown, and 503 when nothing could be kept`() async {
        let site = Site()
        let path = "/webhooks/pipedrive/\(Tables.webhookPath)"
        let fields = ["Authorization": Site.basic("hook:secret")]
        #expect(await site.send(.post, path, fields: fields, body: "not json \u{0}").status == 200)
        #expect(site.tables.webhookBodies == [Array("not json \u{0}".utf8)])
        #expect(await site.send(.post, path, body: "{}").status == 401)
        #expect(await site.send(.post, "/webhooks/pipedrive/other", fields: fields, body: "{}").status == 404)
        site.tables.webhookIsLive = false
        #expect(await site.send(.post, path, body: "{}").status == 200)
        #expect(site.tables.webhookBodies.count == 1)
        site.tables.isDown = true
        #expect(await site.send(.post, path, fields: fields, body: "{}").status == 503)
    }
}
