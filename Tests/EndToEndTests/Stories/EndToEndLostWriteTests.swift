import Foundation
import Postgres
import Testing

/// Pipedrive does what it is told, and the answer never arrives: not once, for every single write of a run and of live
/// changes.
@Suite(.installed)
struct EndToEndLostWriteTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }
    private static let kinds = ["organization", "person", "product"]
    /// Of each kind, made before the run and after it.
    private static let count = ProcessInfo.processInfo.environment["PAYDOCK_LOST_WRITES"].flatMap { Int($0) } ?? 3

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    /// One of ours, and what it says at the moment.
    private struct Ours {
        let kind: String
        let id: String
        var members: [String: JSON]
        var name: String { members["name"]?.text ?? "" }
        var path: String { kind == "product" ? "products/\(id)" : "contacts/\(id)" }
    }

    @Test func `no answer to any write ever arrives, and nothing comes twice`() async throws {
        let tenant = try await installation.createCompany("Zonder Antwoord BV")
        var ours = try await added(tenant, "Voor de run")
        try await tenant.connect()
        let page = try await tenant.browser.page("/apps/pipedrive?tab=sync")
        _ = try await tenant.browser.submitted(
            page, "/apps/pipedrive/directions", Self.kinds.map { ("direction_\($0)", "both") })
        for (kind, method) in Self.kinds.flatMap({ kind in ["POST", "PATCH"].map { (kind, $0) } }) {
            _ = try await sandbox.control(
                "POST", "faults",
                ["route": .string("/api/v2/\(kind)s"), "method": .string(method), "reset": "after"])
        }
        var before: [String: Int] = [:]
        for kind in Self.kinds { before[kind] = try await live(kind).count }
        // A run makes them.
        try await tenant.sync()
        try await holds(ours, besides: before, tenant)
        // Live: more are made, and all are changed.
        let later = try await added(tenant, "Na de run")
        for place in ours.indices { try await change(&ours[place], tenant) }
        ours += later
        try await installation.until("a quiet queue") { try installation.unfinished() == 0 }
        try await holds(ours, besides: before, tenant)
        // A run changes what live changes were kept from.
        try await changesInARun(&ours, tenant)
        try await holds(ours, besides: before, tenant)
        let lost = try await writes()
        #expect(lost.count >= ours.count * 2 && lost.allSatisfy { $0["status"].whole == 0 }, "\(lost)")
        // `make chaos` shows it.
        let line = "lost writes | \(ours.count) records of ours | \(lost.count) writes, each without its answer\n"
        FileHandle.standardOutput.write(Data(line.utf8))
        try await runsWithoutWrites(tenant)
        try await holds(ours, besides: before, tenant)
    }

    private func added(_ tenant: Tenant, _ words: String) async throws -> [Ours] {
        var ours: [Ours] = []
        for kind in Self.kinds {
            for number in 1...Self.count {
                let word = words.filter { $0 != " " }
                var members: [String: JSON] = ["name": .string("\(words) \(kind) \(number)")]
                switch kind {
                case "product":
                    members["code"] = .string("\(word)-\(number)")
                    members["tax_percentage"] = 21
                    let cents = Decimal(number) / 100
                    members["prices"] = [
                        ["currency": "EUR", "amount": .number(12 + cents)],
                        ["currency": "USD", "amount": .number(cents)],
                    ]
                case "person":
                    members["kind"] = "person"
                    members["emails"] = [.string("\(word).\(number)@example.org".lowercased())]
                default: members["kind"] = .string(kind)
                }
                let made = try await tenant.api("POST", kind == "product" ? "products" : "contacts", .object(members))
                ours.append(Ours(kind: kind, id: try made["id"].text.orFail("No id"), members: members))
            }
        }
        return ours
    }

    private func change(_ one: inout Ours, _ tenant: Tenant) async throws {
        one.members["name"] = .string("\(one.name) gewijzigd")
        if one.kind == "product" { one.members["prices"] = [["currency": "EUR", "amount": 99]] }
        _ = try await tenant.api("PUT", one.path, .object(one.members))
    }

    /// The messages of live changes are taken away: only a run brings them.
    private func changesInARun(_ ours: inout [Ours], _ tenant: Tenant) async throws {
        await installation.drainers.end()
        for place in ours.indices { try await change(&ours[place], tenant) }
        try installation.sql { connection in
            _ = try connection.query("delete from queue.message where kind = 'push'")
        }
        await installation.drainers.begin()
        try await tenant.sync()
    }

    /// Each of ours is in Pipedrive exactly once, its link says which one, and both say the same; and so is it with
    /// what Pipedrive had itself.
    private func holds(_ ours: [Ours], besides before: [String: Int], _ tenant: Tenant) async throws {
        let links = try links()
        for kind in Self.kinds {
            let (there, all) = (try await live(kind), links.filter { $0.kind == kind })
            // Variations of products, which no list holds, are rows of the catalog, too.
            let pairs = all.filter { $0.record < 1 << 31 }
            let here = try await tenant.list(kind == "product" ? "products" : "contacts")
                .filter { kind == "product" || $0["kind"].text == kind }
            let own = ours.filter { $0.kind == kind }
            #expect(there.count == (before[kind] ?? 0) + own.count, "\(kind)")
            #expect(Set(all.map(\.record)).count == all.count && Set(all.map(\.local)).count == all.count)
            #expect(here.count == all.count, "\(kind)")
            for pair in pairs {
                let record = try there.first { $0["id"].whole == pair.record }.orFail("\(pair) leads nowhere")
                let mine = try here.first { $0["id"].text == pair.local }.orFail("\(pair) is of nothing")
                #expect(Self.words(record) == Self.words(mine))
            }
            for one in own { #expect(there.count { $0["name"].text == one.name } == 1, "\(one.name)") }
        }
    }

    private func live(_ kind: String) async throws -> [JSON] { try await sandbox.data("v2/\(kind)s?limit=500") }

    private struct Pair {
        let kind: String
        let record: Int
        let local: String
    }

    private func links() throws -> [Pair] {
        try installation.sql { connection in
            try connection.query(
                "select kind, record_id, local_id::text as local from pipedrive.link where state = 'live'"
            ).map {
                Pair(kind: try $0.string("kind"), record: Int(try $0.int64("record_id")), local: try $0.string("local"))
            }
        }
    }

    /// What a record of either side says, in one form.
    private static func words(_ record: JSON) -> [String] {
        let prices = record["prices"].items.map { price in
            "\(price["currency"].text ?? "") \(price["price"].number ?? price["amount"].number ?? -1)"
        }
        let emails = record["emails"].items.compactMap { $0.text ?? $0["value"].text }
        return [record["name"].text ?? "", record["code"].text ?? ""] + prices.sorted() + emails
    }

    /// With the answers back, a run has nothing left to do.
    private func runsWithoutWrites(_ tenant: Tenant) async throws {
        _ = try await sandbox.control("DELETE", "faults")
        let before = try await writes().count
        try await tenant.sync()
        #expect(try await writes().count == before)
    }

    private func writes() async throws -> [JSON] {
        try await sandbox.requests("/api/v2/").filter { $0["method"].text != "GET" }
    }
}
