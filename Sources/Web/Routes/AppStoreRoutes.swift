import Domain
import FoundationEssentials
import HTTPTypes
import Workflows

/// The App Store and the settings of the Pipedrive app.
struct AppStoreRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/apps", .member) { call in
                let overview = try useCases.integration.overview(try call.member().company.id)
                return try frame.answer(AppStorePage(connection: overview.connection), to: call)
            },
            Route(.get, "/apps/pipedrive", .member) { call in
                try settings(call, tab: call.query["tab"].flatMap(AppSettingsPage.Tab.init(rawValue:)) ?? .sync)
            },
            Route(.post, "/apps/pipedrive/directions", .member, body: .form) { try saveDirections($0) },
            Route(.post, "/apps/pipedrive/events", .member, body: .form) { try saveEvents($0) },
            Route(.post, "/apps/pipedrive/messages/{id}/retry", .member, body: .form) { try retry($0) },
            Route(.post, "/apps/pipedrive/notes/retry", .member, body: .form) { try retryNotes($0) },
            Route(.post, "/apps/pipedrive/notes/test", .member, body: .form) { try testNote($0) },
        ] + syncRoutes + triggerRoutes
    }

    func settings(
        _ call: Call, tab: AppSettingsPage.Tab, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let company = try call.member().company.id
        let overview = try useCases.integration.overview(company)
        let drafting =
            tab == .triggers
            ? DraftingBox(model: useCases.draftingModel, trials: try useCases.integration.trials(company)) : nil
        let page = AppSettingsPage(
            overview, notes: tab == .events ? try useCases.integration.notes(company) : nil, drafting: drafting,
            tab: tab, role: try call.member().member.role, isEditing: call.query["edit"] != nil, problem: problem,
            now: call.now)
        let answer = try frame.answer(page, to: call, status: status)
        // A page that shows a run at work looks again by itself; without the notice, which was said.
        guard let sync = page.sync, sync.progress != nil, !sync.showsSettings else { return answer }
        return answer.setting(named: "Refresh", "2; url=/apps/pipedrive?tab=sync")
    }

    func done(_ tab: AppSettingsPage.Tab, _ notice: Notice) -> WebResponse {
        .redirect("/apps/pipedrive?tab=\(tab.rawValue)&done=\(notice.rawValue)")
    }

    private func retry(_ call: Call) throws -> WebResponse {
        guard let id = call.parameters["id"].flatMap({ Int64($0) }) else {
            throw Refusal(.notFound, "There is no such delivery.")
        }
        try useCases.integration.retry(OutboxMessage.ID(id), company: try call.member().company.id)
        return done(call.form["tab"] == AppSettingsPage.Tab.events.rawValue ? .events : .logs, .retrying)
    }

    private func retryNotes(_ call: Call) throws -> WebResponse {
        _ = try useCases.integration.retryDiscardedNotes(try call.member().company.id)
        return done(.events, .retrying)
    }

    private func testNote(_ call: Call) throws -> WebResponse {
        guard let deal = call.form.trimmed("deal").flatMap({ Int64($0) }), deal > 0 else {
            return try settings(
                call, tab: .events, problem: "Give the number of a deal, as its address in Pipedrive ends with.",
                status: .unprocessableContent)
        }
        do {
            try useCases.integration.test(
                TestNote(deal: Deal.ID(deal), id: BookEvent.ID(UUID())), try call.member().company.id)
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try settings(call, tab: .events, problem: refusal.message, status: .conflict)
        }
        return done(.events, .testing)
    }

    private func saveDirections(_ call: Call) throws -> WebResponse {
        var directions: [RecordKind: SyncDirection] = [:]
        for kind in RecordKind.allCases {
            guard let text = call.form[SyncTab.field(kind)] else { continue }
            guard let direction = SyncDirection(rawValue: text) else {
                throw Refusal(.invalid, "There is no such direction.", fields: [SyncTab.field(kind): "is unknown"])
            }
            directions[kind] = direction
        }
        let isPreviewing = try useCases.integration.save(
            directions: directions, company: try call.member().company.id)
        return done(.sync, isPreviewing ? .previewAnew : .saved)
    }

    private func saveEvents(_ call: Call) throws -> WebResponse {
        let kinds = Set(call.form.all("event").compactMap(BookEvent.Kind.init(rawValue:)))
        try useCases.integration.save(
            forwardedEvents: kinds.intersection(BookEvent.Kind.forwarded), company: try call.member().company.id)
        return done(.events, .saved)
    }
}
