import Foundation
import Glibc
import Postgres
import Testing

/// Processes are killed and answers are lost; nothing is lost, and nothing comes twice.
@Suite(.installed, .serialized)
struct EndToEndRobustnessTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `what was lost by kill -9 and by broken answers is caught up`() async throws {
        let tenant = try await installation.createCompany("Sterk BV")
        try await tenant.connect()
        try await tenant.sync()
        let deals = try await sandbox.data("v2/deals?limit=500&status=open").prefix(24).compactMap { $0["id"].whole }
        try await keepsNotesWhenDrainerIsKilled(tenant, Array(deals.prefix(12)))
        try await keepsNotesWhenAnswersAreLost(tenant, Array(deals.dropFirst(12)))
        try await keepsWebhooksWhenPoolIsKilled(tenant)
    }

    // MARK: Notes

    /// The note is there, its answer is still under way, and the drainer dies.
    private func keepsNotesWhenDrainerIsKilled(_ tenant: Tenant, _ deals: [Int]) async throws {
        let before = try await counts(deals)
        _ = try await sandbox.control(
            "POST", "faults", ["route": "/api/v1/notes", "method": "POST", "latency_ms": 4000, "effect": "after"])
        try await sendQuotes(tenant, deals)
        try await installation.until("notes in flight") {
            let isRunning = try running() > 0
            let now = try await counts(deals)
            return isRunning && now != before
        }
        let starts = await installation.drainers.startCount
        _ = try await installation.drainers.kill()
        _ = try await sandbox.control("DELETE", "faults")
        try await installation.until("the next drainer") { await installation.drainers.startCount > starts }
        try await installation.until("all notes are done") { try installation.unfinished() == 0 }
        #expect(try await counts(deals) == before.map { $0 + 1 }, "each note exactly once")
        try await checkStates()
    }

    /// The note is there, and the connection breaks instead of the answer.
    private func keepsNotesWhenAnswersAreLost(_ tenant: Tenant, _ deals: [Int]) async throws {
        let before = try await counts(deals)
        _ = try await sandbox.control(
            "POST", "faults", ["route": "/api/v1/notes", "method": "POST", "reset": "after", "count": 4])
        _ = try await sandbox.control(
            "POST", "faults", ["route": "/api/v1/notes", "method": "POST", "reset": "before", "count": 3])
        try await sendQuotes(tenant, deals)
        try await installation.until("all notes are done") { try installation.unfinished() == 0 }
        #expect(try await counts(deals) == before.map { $0 + 1 }, "each note exactly once")
        #expect(try await sandbox.control("GET", "faults")["data"].items.allSatisfy { $0["remaining"] == 0 })
        _ = try await sandbox.control("DELETE", "faults")
        try await checkStates()
    }

    /// A quote for each deal, sent.
    private func sendQuotes(_ tenant: Tenant, _ deals: [Int]) async throws {
        let contact = try (try await tenant.list("contacts").first).orFail("There is no contact")
        for deal in deals {
            let line: JSON = ["description": "Bollen", "unit_price_excl": 12, "tax_percentage": 9]
            let quote = try await tenant.api(
                "POST", "quotes",
                ["contact_id": contact["id"], "pipedrive_deal_id": .number(Decimal(deal)), "lines": [line]])
            _ = try await tenant.api("POST", "quotes/\(quote["id"].text ?? "")/send")
        }
    }

    /// How many of our notes each deal has.
    private func counts(_ deals: [Int]) async throws -> [Int] {
        let notes = try await sandbox.data("v1/notes?limit=500").filter { $0["content"].text?.contains("Ref ") == true }
        return deals.map { deal in notes.filter { $0["deal_id"].whole == deal }.count }
    }

    private func running() throws -> Int64 {
        try installation.count("select count(*) as n from queue.message where state = 'running' and kind = 'note'")
    }

    private func checkStates() async throws {
        #expect(
            try installation.count(
                """
                select count(*) as n from (
                    select state from queue.message union all select state from queue.finished) m
                where state in ('discarded', 'cancelled')
                """) == 0)
    }

    // MARK: Webhooks

    /// People are renamed in Pipedrive while pool processes die; every acknowledged delivery takes effect.
    private func keepsWebhooksWhenPoolIsKilled(_ tenant: Tenant) async throws {
        let persons = try await renamablePersons(60)
        let first = try ProcessTable.children(of: installation.edgePool.id)
        #expect(first.count == Installation.poolSize)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for person in persons { try await rename(person) }
            }
            group.addTask {
                for worker in first {
                    kill(worker, SIGKILL)
                    try await installation.until("multiwatch replaces \(worker)") {
                        let now = try ProcessTable.children(of: installation.edgePool.id)
                        return now.count == Installation.poolSize && !now.contains(worker)
                    }
                }
            }
            try await group.waitForAll()
        }
        let wanted = Set(persons.map { "\($0)" })
        try await installation.until("Pipedrive delivered all") {
            let done = try await acknowledged()
            return wanted.isSubset(of: done)
        }
        try await installation.until("all deliveries are processed") { try installation.unfinished() == 0 }
        let names = Set(try await tenant.list("contacts").compactMap { $0["name"].text })
        for person in persons { #expect(names.contains("Nieuwe Naam \(person)")) }
        let healthz = try await HTTP.send("GET", "\(installation.origin)/healthz")
        #expect(healthz.status == 200)
    }

    /// Persons with e-mail addresses that nobody else has, so that they are contacts.
    private func renamablePersons(_ count: Int) async throws -> [Int] {
        let persons = try sandbox.records("person").compactMap { person in
            person["id"].whole.map { id in
                (id: id, addresses: Set(person["emails"].items.compactMap { $0["value"].text?.lowercased() }))
            }
        }
        let owners = Dictionary(
            persons.flatMap { person in person.addresses.map { ($0, 1) } }, uniquingKeysWith: +)
        let alone = persons.filter { person in
            !person.addresses.isEmpty && person.addresses.allSatisfy { owners[$0] == 1 }
        }
        #expect(alone.count >= count)
        return alone.prefix(count).map(\.id)
    }

    private func rename(_ person: Int) async throws {
        _ = try await sandbox.control("PATCH", "persons/\(person)", ["name": .string("Nieuwe Naam \(person)")])
    }

    /// Ids of the persons about whom a delivery was answered with 2xx.
    private func acknowledged() async throws -> Set<String> {
        Set(
            try await sandbox.deliveries().filter { delivery in
                // Deals have the same numbers.
                delivery["entity"] == "person"
                    && delivery["attempts"].items.contains { (200..<300).contains($0["status"].whole ?? 0) }
            }.compactMap { $0["entity_id"].text })
    }
}
