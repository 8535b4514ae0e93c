import Foundation
import Glibc
import Postgres
import Testing

/// A deal that a hundred triggers ask a quote for, in eight drainers, with the sandbox's model behind them.
@Suite(.installed, .serialized)
struct EndToEndDraftingTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    private static let drainerCount = 8
    private static let triggerCount = 100

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `a hundred triggers of a deal in eight drainers make one quote and one model call, also with kills`()
        async throws
    {
        let tenant = try await installation.createCompany("Tulp Drukwerk BV")
        try await tenant.connect()
        try await tenant.sync()
        await installation.drainers.end()
        let stages = try await choosesStages(tenant)
        let product = try (try await tenant.list("products").first?["name"].text).orFail("The catalog is empty")
        // Slow enough that kills hit it while it thinks.
        _ = try await sandbox.control("POST", "model", ["mode": "timeout", "seconds": 2])
        let calm = try await storm(tenant, stages, title: "Offerte voor \(product)", kills: 0)
        #expect(calm.quotes == 1 && calm.drafts == 1)
        #expect(calm.calls == 1, "one model call is paid for")
        #expect(calm.spend == calm.calls)
        #expect(calm.drafter == "sandbox-model")
        // Longer than all the moves take: the kills come while it thinks, not after.
        _ = try await sandbox.control("POST", "model", ["mode": "timeout", "seconds": 20])
        let rough = try await storm(tenant, stages, title: "Nog een offerte voor \(product)", kills: 6)
        #expect(rough.quotes == 1 && rough.drafts == 1)
        #expect(rough.calls >= 1 && rough.calls <= 1 + rough.kills, "only a kill can cost another call")
        #expect(rough.spend == calm.spend + rough.calls, "what a kill cost is counted")
        for (name, figures) in [("without kills", calm), ("with kills", rough)] {
            print(
                "\(Self.triggerCount) triggers in \(Self.drainerCount) drainers \(name): \(figures.quotes) quote, "
                    + "\(figures.calls) model calls, \(figures.kills) kills, \(figures.entries) entries routed")
        }
        _ = try await sandbox.control("POST", "model", ["mode": "good"])
        await installation.drainers.begin()
    }

    private struct Figures {
        var quotes = 0
        var drafts: Int64 = 0
        var calls = 0
        var kills = 0
        var spend = 0
        var entries: Int64 = 0
        var drafter: String?
    }

    /// Two stages of one pipeline, covered by one trigger.
    private func choosesStages(_ tenant: Tenant) async throws -> (pipeline: Int, stages: [Int]) {
        let all = try await sandbox.data("v2/stages?limit=500")
        let pipeline = try (all.first?["pipeline_id"].whole).orFail("There is no stage")
        let stages = all.filter { $0["pipeline_id"].whole == pipeline }.compactMap { $0["id"].whole }
        #expect(stages.count >= 3)
        let page = try await tenant.browser.page("/apps/pipedrive?tab=triggers")
        _ = try await tenant.browser.submitted(
            page, "/apps/pipedrive/trigger", stages.suffix(2).map { ("stage", "\(pipeline):\($0)") })
        return (pipeline, stages)
    }

    /// A new deal that moves to and fro between the trigger's stages, and what comes of it.
    private func storm(
        _ tenant: Tenant, _ place: (pipeline: Int, stages: [Int]), title: String, kills: Int
    ) async throws -> Figures {
        _ = try await sandbox.control("DELETE", "model/requests")
        // Somebody whose address is nobody else's: for the others a person has to decide first.
        let person = try installation.count(
            "select min(record_id) as n from pipedrive.link where kind = 'person' and state = 'live'")
        let made = try await sandbox.control(
            "POST", "deals",
            [
                "title": .string(title), "person_id": .number(Decimal(person)),
                "pipeline_id": .number(Decimal(place.pipeline)), "stage_id": .number(Decimal(place.stages[0])),
                "currency": "EUR",
            ])
        let deal = try made["data"]["id"].whole.orFail("No deal was made: \(made)")
        var parts = try (0..<Self.drainerCount).map { try drainer("\(deal)-\($0)") }
        for number in 0..<Self.triggerCount {
            try await sandbox.move(deal: deal, to: place.stages[place.stages.count - 1 - number % 2])
        }
        var figures = Figures()
        var asked = 0
        while figures.kills < kills {
            let holder = try await installation.until("somebody has the deal in hand") { try self.holder(of: deal) }
            try await installation.until("the question of \(holder)") {
                let isAsking = try await self.calls().count > asked
                return try isAsking || self.holder(of: deal) != holder
            }
            guard try self.holder(of: deal) == holder else { continue }
            asked = try await calls().count
            // The one that waits for the model's answer, and one that has something else in hand, or nothing.
            for part in parts.filter({ $0.id == holder }) + parts.filter({ $0.id != holder }).prefix(1) {
                part.signal(SIGKILL)
                _ = await part.exitStatus()
                figures.kills += 1
                parts.removeAll { $0.id == part.id }
                parts.append(try drainer("\(deal)-again-\(figures.kills)"))
            }
        }
        try await installation.until("all triggers are done") {
            for part in parts where !part.isRunning {
                parts.removeAll { $0.id == part.id }
                parts.append(try self.drainer("\(deal)-next-\(part.id)"))
            }
            let delivered = try await self.sandbox.deliveries().filter {
                $0["entity"] == "deal" && $0["entity_id"].text == "\(deal)" && $0["status"].whole == 200
            }
            let made = try await self.quotes(tenant, deal)
            return try made > 0 && delivered.count >= Self.triggerCount && self.installation.unfinished() == 0
        }
        for part in parts { part.signal(SIGTERM) }
        for part in parts { _ = await part.exitStatus() }
        figures.quotes = try await quotes(tenant, deal)
        figures.calls = try await calls().count
        figures.drafts = try installation.count(
            "select count(*) as n from pipedrive.quote_draft where deal_id = \(Int64(deal)) and state = 'ready'")
        figures.entries = try installation.count(
            "select count(*) as n from queue.finished where kind = 'draft' and subject = '\(deal)'")
        figures.spend = Int(
            try installation.count("select coalesce(sum(questions), 0)::bigint as n from pipedrive.draft_spend"))
        figures.drafter = try installation.text(
            "select drafter as t from pipedrive.quote_draft where deal_id = \(Int64(deal))")
        return figures
    }

    private func drainer(_ name: String) throws -> Part {
        try installation.start(
            "drainer-\(name)",
            [
                "env", "DRAFTING_URL=\(sandbox.origin)/v1", "DRAFTING_MODEL=sandbox-model", "DRAFTING_TIMEOUT=30",
                "queue-drainer",
            ])
    }

    /// The process that holds the deal's message: a worker is named by host, process and a word of chance.
    private func holder(of deal: Int) throws -> Int32? {
        try installation.sql { connection in
            try connection.query(
                """
                select worker from queue.message
                where kind = 'draft' and state = 'running' and subject = \(String(deal))
                """
            ).first?.string("worker").split(separator: ":").dropLast().last.flatMap { Int32($0) }
        }
    }

    private func calls() async throws -> [JSON] {
        try await sandbox.control("GET", "model/requests")["data"].items
    }

    private func quotes(_ tenant: Tenant, _ deal: Int) async throws -> Int {
        try await tenant.list("quotes").filter { $0["pipedrive_deal_id"].whole == deal }.count
    }
}
