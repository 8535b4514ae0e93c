import Domain
import FoundationEssentials
import HTTPTypes
import Workflows

/// Previews, what a person decides, logs, and custom fields.
extension AppStoreRoutes {
    var syncRoutes: [Route] {
        [
            Route(.post, "/apps/pipedrive/sync", .member, body: .form) { try syncNow($0) },
            Route(.post, "/apps/pipedrive/preview", .member, body: .form) { try preview($0) },
            Route(.post, "/apps/pipedrive/apply", .member, body: .form) { try apply($0) },
            Route(.get, "/apps/pipedrive/progress", .member) { try progress($0) },
            Route(.get, "/apps/pipedrive/runs/{id}", .member) { try run($0) },
            Route(.get, "/apps/pipedrive/changes", .member) { try changes($0, of: nil) },
            Route(.get, "/apps/pipedrive/changes.csv", .member) { try file($0, of: nil) },
            Route(.get, "/apps/pipedrive/attention", .member) { try attention($0) },
            Route(.post, "/apps/pipedrive/attention/match", .member, body: .form) { try decideMatch($0) },
            Route(.post, "/apps/pipedrive/attention/ours", .member, body: .form) { try decideOurs($0) },
            Route(.post, "/apps/pipedrive/attention/conflict", .member, body: .form) { try settleConflict($0) },
            Route(.post, "/apps/pipedrive/fields", .member, body: .form) { try saveFields($0) },
            Route(.post, "/apps/pipedrive/fields/refresh", .member, body: .form) { try refreshFields($0) },
            Route(.post, "/apps/pipedrive/reserve", .member, body: .form) { try saveReserve($0) },
        ]
    }

    // MARK: Runs

    private func syncNow(_ call: Call) throws -> WebResponse {
        switch try useCases.integration.syncNow(try call.member().company.id) {
        case .started: done(.sync, .syncing)
        case .running: done(.sync, .syncRunning)
        case .previewed: done(.sync, .previewFirst)
        }
    }

    private func preview(_ call: Call) throws -> WebResponse {
        let isStarted = try useCases.integration.preview(try call.member().company.id)
        return done(.sync, isStarted ? .previewing : .syncRunning)
    }

    private func apply(_ call: Call) throws -> WebResponse {
        guard let id = call.form["preview"].flatMap({ SyncRun.ID(text: $0) }) else {
            throw Refusal(.invalid, "Which preview?", fields: ["preview": "is missing"])
        }
        do {
            let outcome = try useCases.integration.apply(id, try call.member().company.id)
            return done(.sync, outcome == .running ? .syncRunning : .applying)
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try settings(call, tab: .sync, problem: refusal.message, status: .conflict)
        }
    }

    /// How the run at work, or else the last one, does.
    private func progress(_ call: Call) throws -> WebResponse {
        guard let run = try useCases.integration.newestRun(try call.member().company.id) else {
            return .json(.object([("state", .string("none"))]))
        }
        let end = run.finishedAt ?? call.now
        return .json(
            .object([
                ("run", .string(run.id.text)), ("state", .string(run.state.rawValue)),
                ("mode", .string(run.mode.rawValue)), ("phase", .string(run.progress.phase.rawValue)),
                ("kind", run.progress.kind.map { .string($0.rawValue) } ?? .null),
                ("done", .integer(Int64(run.progress.done))), ("expected", .integer(Int64(run.progress.expected))),
                ("percent", .integer(Int64(run.percentDone))),
                ("waiting", run.state == .running ? run.outcome.map { .string($0) } ?? .null : .null),
                ("elapsed_seconds", .integer(Int64(max(0, end.timeIntervalSince(run.startedAt))))),
            ]))
    }

    // MARK: Logs

    private static let pageLimit = 100
    private static let fileLimit = 2000

    private func run(_ call: Call) throws -> WebResponse {
        let parameter = call.parameter("id")
        let isFile = parameter.hasSuffix(".csv")
        guard let id = SyncRun.ID(text: isFile ? String(parameter.dropLast(4)) : parameter) else {
            throw Refusal(.notFound, "There is no such run.")
        }
        return try isFile ? file(call, of: id) : changes(call, of: id)
    }

    private func changes(_ call: Call, of run: SyncRun.ID?) throws -> WebResponse {
        let after = call.query["after"].flatMap { Int64($0) }
        let logged = try useCases.integration.changes(
            of: run, after: after, limit: Self.pageLimit, try call.member().company.id)
        let answer = try frame.answer(ChangesPage(logged, isFurther: after != nil, now: call.now), to: call)
        return logged.run?.state == .running ? answer.setting(named: "Refresh", "3") : answer
    }

    private func file(_ call: Call, of run: SyncRun.ID?) throws -> WebResponse {
        let file = ChangesFile(
            integration: useCases.integration, run: run, company: try call.member().company.id, limit: Self.fileLimit)
        let name = run.map { "sync-run-\($0.text)" } ?? "live-changes"
        // The first piece is made before the head: a run that is not there is answered as such.
        var answer = WebResponse(.ok, type: "text/csv; charset=utf-8; header=present", body: try file.next() ?? [])
            .setting(named: "Content-Disposition", "attachment; filename=\"\(name).csv\"")
        answer.further = { try file.next() }
        return answer
    }

    // MARK: Needs attention

    private func attention(
        _ call: Call, problem: String? = nil, status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let places = Dictionary(
            uniqueKeysWithValues: AttentionSort.allCases.map { sort in
                (sort, call.query[sort.rawValue].flatMap { Int($0) }.map { min(max(0, $0), Self.farthestPlace) } ?? 0)
            })
        let list = try useCases.integration.attention(try call.member().company.id, passing: places)
        return try frame.answer(AttentionPage(list, places: places, problem: problem), to: call, status: status)
    }

    private static let farthestPlace = 1_000_000

    private func answered(_ notice: Notice) -> WebResponse {
        .redirect("/apps/pipedrive/attention?done=\(notice.rawValue)")
    }

    /// Shows the page again with what stands against a decision.
    private func deciding(_ call: Call, _ decide: () throws -> Bool) throws -> WebResponse {
        do {
            return answered(try decide() ? .decided : .decidedBefore)
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try attention(call, problem: refusal.message, status: .conflict)
        }
    }

    private func kind(_ call: Call) throws -> RecordKind {
        guard let kind = call.form["kind"].flatMap(RecordKind.init(rawValue:)) else {
            throw Refusal(.invalid, "There is no such kind of record.", fields: ["kind": "is unknown"])
        }
        return kind
    }

    private func ours(_ call: Call) throws -> UUID {
        guard let id = call.form["ours"].flatMap({ UUID(uuidString: $0) }) else {
            throw Refusal(.invalid, "Which record?", fields: ["ours": "is missing"])
        }
        return id
    }

    private static func unknownChoice() -> Refusal {
        Refusal(.invalid, "There is no such answer.", fields: ["choice": "is unknown"])
    }

    private func decideMatch(_ call: Call) throws -> WebResponse {
        let kind = try kind(call)
        guard let record = call.form["record"].flatMap({ Int64($0) }) else {
            throw Refusal(.invalid, "Which record?", fields: ["record": "is missing"])
        }
        let choice: MatchChoice?
        switch call.form["choice"] {
        case "create": choice = .create
        case "ignore": choice = .ignore
        case "reopen": choice = nil
        case let text?:
            guard let id = UUID(uuidString: text) else { throw Self.unknownChoice() }
            choice = .link(id)
        case nil: throw Self.unknownChoice()
        }
        return try deciding(call) {
            try useCases.integration.decide(choice, kind, recordID: record, company: try call.member().company.id)
        }
    }

    private func decideOurs(_ call: Call) throws -> WebResponse {
        let (kind, local) = (try kind(call), try ours(call))
        guard let choice = call.form["choice"].flatMap(LocalChoice.init(rawValue:)) else { throw Self.unknownChoice() }
        return try deciding(call) {
            try useCases.integration.decide(choice, kind, ours: local, company: try call.member().company.id)
        }
    }

    private func settleConflict(_ call: Call) throws -> WebResponse {
        let (kind, local) = (try kind(call), try ours(call))
        guard let field = call.form["field"].flatMap(SyncField.init(rawValue:)) else {
            throw Refusal(.invalid, "There is no such field.", fields: ["field": "is unknown"])
        }
        guard let choice = call.form["choice"], ["kept", "other"].contains(choice) else { throw Self.unknownChoice() }
        do {
            let settled = try useCases.integration.settle(
                kind, ours: local, field, usesOther: choice == "other", company: try call.member().company.id)
            switch settled {
            case .done: return answered(.decided)
            case .before: return answered(.decidedBefore)
            case .overtaken(let now):
                let shown = RecordWords.value(now, of: field.rawValue)
                return try attention(
                    call,
                    problem:
                        "\(field.label) was changed since: it is \(shown.isEmpty ? "empty" : "“\(shown)”") now, and "
                        + "stays so. Nothing was changed.", status: .conflict)
            }
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try attention(call, problem: refusal.message, status: .conflict)
        }
    }

    // MARK: Settings

    private func saveFields(_ call: Call) throws -> WebResponse {
        var mapping = FieldMapping()
        for use in CustomFieldUse.allCases { mapping[keyPath: use.code] = call.form.trimmed(use.rawValue) }
        do {
            try useCases.integration.save(mapping: mapping, company: try call.member().company.id)
        } catch let refusal as Refusal where refusal.code == .invalid {
            return try settings(call, tab: .sync, problem: refusal.message, status: .unprocessableContent)
        }
        return done(.sync, .saved)
    }

    private func refreshFields(_ call: Call) throws -> WebResponse {
        try useCases.integration.refreshFields(try call.member().company.id)
        return done(.sync, .readingFields)
    }

    private func saveReserve(_ call: Call) throws -> WebResponse {
        do {
            guard let percent = call.form.trimmed("reserve").flatMap({ Int($0) }) else {
                throw Refusal(.invalid, "Give a whole number of percent.", fields: ["reserve": "is no number"])
            }
            try useCases.integration.save(reservePercent: percent, company: try call.member().company.id)
        } catch let refusal as Refusal where refusal.code == .invalid {
            return try settings(call, tab: .sync, problem: refusal.message, status: .unprocessableContent)
        }
        return done(.sync, .saved)
    }
}
