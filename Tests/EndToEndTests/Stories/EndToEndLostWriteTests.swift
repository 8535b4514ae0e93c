import Foundation
import Testing

/// Pipedrive does what it is told, and the answer never arrives: not once, for every single write of a push.
@Suite(.installed)
struct EndToEndLostWriteTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }
    private static let kinds = ["organization", "person", "product"]
    private static let count = 3

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `no answer to any write ever arrives, and nothing comes twice`() async throws {
        let tenant = try await installation.createCompany("Zonder Antwoord BV")
        let ours = try await added(tenant)
        try await tenant.connect()
        let page = try await tenant.browser.page("/apps/pipedrive?tab=sync")
        _ = try await tenant.browser.submitted(
            page, "/apps/pipedrive/directions", Self.kinds.map { ("direction_\($0)", "both") })
        for kind in Self.kinds {
            for method in ["POST", "PATCH"] {
                _ = try await sandbox.control(
                    "POST", "faults", ["route": .string("/api/v2/\(kind)s"), "method": .string(method), "reset": "after"])
            }
        }
        try await tenant.sync()
        try await holdsEachOnce(ours, named: "Zonder antwoord")
        for (kind, id) in ours {
            let path = kind == "product" ? "products" : "contacts"
            let record = try await tenant.api("GET", "\(path)/\(id)")
            guard case .object(var members) = record, let name = members["name"]?.text else {
                throw Failure("\(record) has no name")
            }
            members["name"] = .string(name.replacingOccurrences(of: "Zonder", with: "Nog zonder"))
            _ = try await tenant.api("PUT", "\(path)/\(id)", .object(members))
        }
        try await installation.until("the changes in Pipedrive, and a quiet queue") {
            try ours.count == named("Nog zonder antwoord").count && installation.unfinished() == 0
        }
        try await holdsEachOnce(ours, named: "Nog zonder antwoord")
        try await runsWithoutWrites(tenant)
    }

    private func added(_ tenant: Tenant) async throws -> [(kind: String, id: String)] {
        var ours: [(kind: String, id: String)] = []
        for kind in Self.kinds {
            for number in 1...Self.count {
                let name = JSON.string("Zonder antwoord \(kind) \(number)")
                let made =
                    switch kind {
                    case "product":
                        try await tenant.api(
                            "POST", "products",
                            [
                                "name": name, "code": .string("ZA-\(number)"), "unit_price_excl": "12.50",
                                "tax_percentage": "21",
                            ])
                    case "person":
                        try await tenant.api(
                            "POST", "contacts",
                            ["kind": "person", "name": name, "emails": [.string("zonder.\(number)@example.org")]])
                    default: try await tenant.api("POST", "contacts", ["kind": .string(kind), "name": name])
                    }
                ours.append((kind, try made["id"].text.orFail("No id")))
            }
        }
        return ours
    }

    /// The live records of Pipedrive with such a name, of all kinds.
    private func named(_ beginning: String) throws -> [JSON] {
        try Self.kinds.flatMap { try sandbox.records($0) }.filter { $0["name"].text?.hasPrefix(beginning) ?? false }
    }

    private func holdsEachOnce(_ ours: [(kind: String, id: String)], named beginning: String) async throws {
        try await installation.until("every record once in what the sandbox remembers") {
            try named(beginning).count == ours.count
        }
        let names = try named(beginning).compactMap { $0["name"].text }
        #expect(Set(names).count == ours.count, "\(names.sorted())")
        let linked = ours.map { "'\($0.id)'" }.joined(separator: ",")
        #expect(
            try installation.count(
                """
                select count(*) as n from pipedrive.link
                where state = 'live' and record_id > 0 and local_id in (\(linked))
                """) == Int64(ours.count))
    }

    /// With the answers back, a run has nothing left to do.
    private func runsWithoutWrites(_ tenant: Tenant) async throws {
        _ = try await sandbox.control("DELETE", "faults")
        let before = try await writes()
        try await tenant.sync()
        #expect(try await writes() == before)
    }

    private func writes() async throws -> Int {
        try await sandbox.requests("/api/v2/").count { ["POST", "PATCH", "PUT", "DELETE"].contains($0["method"].text ?? "") }
    }
}
