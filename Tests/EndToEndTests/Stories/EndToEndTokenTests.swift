import Foundation
import Postgres
import Testing

private let personCount = ProcessInfo.processInfo.environment["PAYDOCK_TOKEN_PERSONS"].flatMap { Int($0) } ?? 600

/// What the sync spends of Pipedrive's tokens: what a run says of itself, beside what the sandbox counted by the
/// published costs. `PAYDOCK_TOKEN_PERSONS` asks for another size; docs/sync.md holds what came of 600.
@Suite(.installed(personCount: personCount))
struct EndToEndTokenTests {
    private static let kinds = ["organization", "person", "product"]

    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `a run spends what it says, and never more than its lists and what changed`() async throws {
        let tenant = try await installation.createCompany("Zuinig BV")
        try await tenant.connect()
        let page = try await tenant.browser.page("/apps/pipedrive?tab=sync")
        _ = try await tenant.browser.submitted(
            page, "/apps/pipedrive/directions", Self.kinds.map { ("direction_\($0)", "both") })
        try await installation.until("the preview of the first sync, and a quiet queue") {
            try await tenant.browser.page("/apps/pipedrive?tab=sync").contains("/apps/pipedrive/apply")
                && installation.unfinished() == 0
        }
        let preview = try await tenant.browser.page("/apps/pipedrive?tab=sync")
        let first = try await run("first run, everything comes in", tenant)
        #expect(preview.contains("costs about \(first) of"), "\(preview)")
        let quiet = try await run("a run with no changes", tenant)
        #expect(quiet == first)
        let changed = try changedPersons()
        try await inPayDock(changed, tenant, first)
        try await inPipedriveLive(changed)
        try await inPipedriveUnheard(changed, tenant, first)
        try await withoutAnswer(tenant)
    }

    // MARK: What is done

    private struct Pair {
        let record: Int
        let local: String
    }

    /// One linked person in a hundred.
    private func changedPersons() throws -> [Pair] {
        try installation.sql { connection in
            try connection.query(
                """
                select record_id, local_id::text as local from pipedrive.link
                where kind = 'person' and state = 'live' order by record_id limit \(personCount / 100)
                """
            ).map { Pair(record: Int(try $0.int64("record_id")), local: try $0.string("local")) }
        }
    }

    private func inPayDock(_ changed: [Pair], _ tenant: Tenant, _ quiet: Int) async throws {
        await installation.drainers.end()
        for pair in changed {
            guard case .object(var members) = try await tenant.api("GET", "contacts/\(pair.local)") else {
                throw Failure("\(pair) is no object")
            }
            for name in ["id", "created_at", "updated_at", "archived"] { members[name] = nil }
            members["name"] = .string("Hier \(pair.record)")
            _ = try await tenant.api("PUT", "contacts/\(pair.local)", .object(members))
        }
        try installation.sql { _ = try $0.query("delete from queue.message where kind = 'push'") }
        await installation.drainers.begin()
        let spent = try await run("1 % changed in PayDock", tenant, echoes: changed.count)
        // Each is read again, alone or with others, and written.
        let lists = (changed.count + 99) / 100 * 10
        #expect(spent <= quiet + min(lists, changed.count) + changed.count * 5)
        let calls = try await requests()
        #expect(writes("person", "PATCH", calls) == changed.count)
    }

    private func inPipedriveLive(_ changed: [Pair]) async throws {
        try await forgetRequests()
        try await change(changed, "Daar")
        try await installation.until("the changes in PayDock") { try named("Daar") == changed.count }
        let spent = try await counted()
        Self.tell("1 % changed in Pipedrive, live", nil, spent)
        #expect(spent <= changed.count)
    }

    private func inPipedriveUnheard(_ changed: [Pair], _ tenant: Tenant, _ quiet: Int) async throws {
        _ = try await sandbox.control("POST", "webhooks/disturb", ["drop": 1])
        try await change(changed, "Ongehoord")
        let spent = try await run("1 % changed in Pipedrive, webhooks lost", tenant)
        _ = try await sandbox.control("POST", "webhooks/disturb", ["drop": 0])
        #expect(try named("Ongehoord") == changed.count)
        #expect(spent == quiet)
    }

    private func withoutAnswer(_ tenant: Tenant) async throws {
        try await forgetRequests()
        _ = try await sandbox.control(
            "POST", "faults", ["route": "/api/v2/persons", "method": "POST", "reset": "after", "count": 1])
        let made = try await tenant.api("POST", "contacts", ["kind": "person", "name": "Zonder Antwoord"])
        let id = try made["id"].text.orFail("No id")
        try await installation.until("its link") {
            try installation.count(
                """
                select count(*) as n from pipedrive.link
                where local_id = '\(id)' and state = 'live' and record_id > 0
                """) == 1
        }
        let spent = try await counted()
        Self.tell("a creation whose answer was lost", nil, spent)
        #expect(spent <= 5 + 10)
    }

    private func change(_ changed: [Pair], _ word: String) async throws {
        for pair in changed {
            _ = try await sandbox.control(
                "PATCH", "persons/\(pair.record)", ["name": .string("\(word) \(pair.record)")])
        }
    }

    private func named(_ word: String) throws -> Int {
        Int(try installation.count("select count(*) as n from books.contact where name like '\(word) %'"))
    }

    // MARK: What it cost

    /// Runs a sync; what it says that it spent, which is what the sandbox counted but for the echoes: what we wrote
    /// comes back as webhooks, and each may be read once more.
    private func run(_ what: String, _ tenant: Tenant, echoes: Int = 0) async throws -> Int {
        try await installation.until("a quiet queue") { try installation.unfinished() == 0 }
        try await forgetRequests()
        try await tenant.sync()
        let said = Int(
            try installation.count(
                """
                select token_cost as n from pipedrive.sync_run where mode = 'full' order by started_at desc limit 1
                """))
        try await installation.until("a quiet queue") { try installation.unfinished() == 0 }
        let counted = try await counted()
        Self.tell(what, said, counted)
        #expect(said <= counted && counted <= said + echoes, "\(what): \(said) of \(counted)")
        return said
    }

    private func forgetRequests() async throws { _ = try await sandbox.control("DELETE", "requests") }

    private func requests() async throws -> [JSON] { try await sandbox.requests("/api/v2/") }

    /// Tokens of the calls about records, whoever made them.
    private func counted() async throws -> Int {
        let calls = try await requests()
        return calls.filter { call in
            Self.kinds.contains { call["path"].text?.hasPrefix("/api/v2/\($0)s") ?? false }
        }.reduce(0) { $0 + ($1["cost"].whole ?? 0) }
    }

    private func writes(_ kind: String, _ method: String, _ calls: [JSON]) -> Int {
        calls.count { $0["method"].text == method && ($0["path"].text?.hasPrefix("/api/v2/\(kind)s") ?? false) }
    }

    /// A line of the table in docs/sync.md.
    private static func tell(_ what: String, _ said: Int?, _ counted: Int) {
        let line =
            "token table | \(personCount) persons | \(what) | the run says \(said.map(String.init) ?? "-") | "
            + "Pipedrive counted \(counted)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}
