import Domain
import FoundationEssentials
import HTTPTypes
import Workflows

extension AppStoreRoutes {
    /// What the Triggers tab's forms do.
    var triggerRoutes: [Route] {
        [
            Route(.post, "/apps/pipedrive/trigger", .member, body: .form) { try saveTrigger($0) },
            Route(.post, "/apps/pipedrive/stages", .member, body: .form) { call in
                try useCases.integration.refreshStages(try call.member().company.id)
                return done(.triggers, .readingStages)
            },
            Route(.post, "/apps/pipedrive/flood", .member, body: .form) { try answerFlood($0) },
            Route(.post, "/apps/pipedrive/trial", .member, body: .form) { try askTrial($0) },
            Route(.get, "/apps/pipedrive/drafts/{id}", .member) { try showDraft($0) },
        ]
    }

    private func answerFlood(_ call: Call) throws -> WebResponse {
        let drafts = call.form["answer"] == "draft"
        guard drafts || call.form["answer"] == "drop" else {
            throw Refusal(.invalid, "Say whether to draft these quotes.", fields: ["answer": "is unknown"])
        }
        do {
            _ = try useCases.integration.answerFlood(drafts: drafts, company: try call.member().company.id)
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try settings(call, tab: .triggers, problem: refusal.message, status: .conflict)
        }
        return done(.triggers, drafts ? .drafting : .dropped)
    }

    private func askTrial(_ call: Call) throws -> WebResponse {
        guard let deal = call.form.trimmed("deal").flatMap({ Int64($0) }), deal > 0 else {
            return try settings(
                call, tab: .triggers,
                problem: "Give the number of a deal, as its address in Pipedrive ends with.",
                status: .unprocessableContent)
        }
        do {
            let id = try useCases.integration.askTrial(Deal.ID(deal), try call.member().company.id)
            return .redirect("/apps/pipedrive/drafts/\(id.text)")
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try settings(call, tab: .triggers, problem: refusal.message, status: .conflict)
        }
    }

    /// The page looks again by itself while the drafting is not over.
    private func showDraft(_ call: Call) throws -> WebResponse {
        let company = try call.member().company.id
        let record = try useCases.integration.draftRecord(try call.identifier("id", of: "drafting"), company)
        let quote = try record.quoteID.map { try useCases.books.quote($0, company) }
        let answer = try frame.answer(DraftPage(record, quote: quote, now: call.now), to: call)
        return record.state == .requested ? answer.setting(named: "Refresh", "2") : answer
    }

    private func saveTrigger(_ call: Call) throws -> WebResponse {
        let company = try call.member().company.id
        let existing = try useCases.integration.overview(company).triggers
        do {
            if call.form["remove"] != nil || call.form["off"] != nil {
                guard var trigger = existing.first(where: { $0.id.text == call.form["trigger"] }) else {
                    throw Refusal(.notFound, "This trigger is not there any more.")
                }
                if call.form["remove"] != nil {
                    try useCases.integration.deleteTrigger(trigger.id, company: company)
                    return done(.triggers, .deleted)
                }
                trigger.isOn = false
                try useCases.integration.save(trigger, company: company)
                return done(.triggers, .triggerOff)
            }
            let trigger = try TriggersTab.trigger(call.form, existing: existing, fresh: QuoteTrigger.ID(UUID()))
            try useCases.integration.save(trigger, company: company)
        } catch let refusal as Refusal where refusal.code == .invalid || refusal.code == .conflict {
            let status: HTTPResponse.Status = refusal.code == .conflict ? .conflict : .unprocessableContent
            return try settings(call, tab: .triggers, problem: refusal.message, status: status)
        }
        return done(.triggers, .saved)
    }
}
