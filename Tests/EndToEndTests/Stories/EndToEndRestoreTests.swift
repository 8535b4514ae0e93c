import Foundation
import Postgres
import PostgresTestSupport
import Testing

/// The database is lost, and restored from a backup that does not know what was sent since.
@Suite(.installed)
struct EndToEndRestoreTests {
    let installation: Installation
    private var sandbox: Sandbox { installation.sandbox }
    private var copy: String { "\(installation.database.name)_backup" }

    init() throws { installation = try Installation.current.orFail("The suite has no installation") }

    @Test func `after a restore nothing is sent twice of what was sent since the backup`() async throws {
        let tenant = try await connected()
        let deals = try await sandbox.data("v2/deals?limit=500&status=open").prefix(3).compactMap { $0["id"].whole }
        let ledger = try await NoteLedger(tenant, deals: deals)
        let deal = try deals.first.orFail("There is no deal")
        await installation.drainers.end()
        // Events that nobody has routed yet, records that are on their way, and mails.
        let written = try ledger.write(6)
        let names = try await added(tenant)
        let invoice = try await sent(tenant, to: "Post NV")
        let late = try await sent(tenant, to: "Laat BV", deal: deal)
        // Falls due after the backup: that comes with time, and comes again after the restore.
        try installation.sql { connection in
            _ = try connection.execute(
                """
                update books.invoice set issued_on = current_date - 20, due_on = current_date - 5
                where id = \(late)::text::uuid
                """)
            _ = try connection.execute("delete from queue.chore where name = 'lapsed documents'")
        }
        try backUp()
        await installation.drainers.begin()
        try await installation.until("everything is in Pipedrive") {
            guard try await overdueNotes(deal) == 1 else { return false }
            guard try await ledger.account(of: written).losses == 0 else { return false }
            return try await everywhere(names) == names.count
        }
        await installation.drainers.end()
        try restore()
        _ = try await installation.run(["paydock", "migrate"])
        let facts = try JSON.parse(Data(try await installation.run(["paydock", "restored", "--json"]).utf8))
        // The events written by hand, and of the late invoice that it was sent and that it is overdue.
        #expect(facts["notes"].whole == 8 && facts["mails"].whole == 2 && facts["connections"].whole == 1, "\(facts)")
        // Those, and the customers of the mails.
        #expect(facts["creations"].whole == names.count + 2 && facts["grants"].whole == 1, "\(facts)")
        let again = try JSON.parse(Data(try await installation.run(["paydock", "restored", "--json"]).utf8))
        #expect(again["done_before"].truth == true && again["notes"].whole == 0, "\(again)")
        await installation.drainers.begin()
        try await installation.until("a quiet queue, and a run that caught up") {
            try installation.unfinished() == 0
                && installation.count("select count(*) as n from pipedrive.sync_run where state = 'running'") == 0
        }
        let account = try await ledger.account(of: written)
        #expect(account.isExact && account.notes == 6, "\(account)")
        #expect(try await overdueNotes(deal) == 1)
        let count = try await everywhere(names)
        #expect(count == names.count)
        try await eachOnce(names, tenant)
        let state = try installation.text("select state as t from books.mail where invoice_id = '\(invoice)'")
        #expect(state == "unclear")
        try await tellsOfAWorthlessToken(tenant)
    }

    private func connected() async throws -> Tenant {
        let tenant = try await installation.createCompany("Hersteld BV")
        try await tenant.connect()
        let page = try await tenant.browser.page("/apps/pipedrive?tab=sync")
        _ = try await tenant.browser.submitted(
            page, "/apps/pipedrive/directions",
            ["organization", "person", "product"].map { ("direction_\($0)", "both") })
        try await tenant.sync()
        try await installation.until("a quiet queue") { try installation.unfinished() == 0 }
        return tenant
    }

    /// By nothing but their names: no address, number or code says later that they are the same.
    private func added(_ tenant: Tenant) async throws -> [String: String] {
        let names = ["person": "Zonder Adres", "organization": "Zonder Nummer", "product": "Zonder Code"]
        for (kind, name) in names {
            let path = kind == "product" ? "products" : "contacts"
            _ = try await tenant.api(
                "POST", path,
                .object(["name": .string(name)].merging(kind == "product" ? [:] : ["kind": .string(kind)]) { $1 }))
        }
        return names
    }

    /// An invoice that is sent by mail.
    private func sent(_ tenant: Tenant, to name: String, deal: Int? = nil) async throws -> String {
        let contact = try await tenant.api(
            "POST", "contacts",
            [
                "kind": "organization", "name": .string(name),
                "emails": [.string("\(name.prefix(4).lowercased())@example.org")],
            ])
        let line: JSON = ["description": "Bollen", "unit_price_excl": 12, "tax_percentage": 9]
        var fields: [String: JSON] = ["contact_id": contact["id"], "lines": [line]]
        if let deal { fields["pipedrive_deal_id"] = .number(Decimal(deal)) }
        let invoice = try await tenant.api("POST", "invoices", .object(fields))
        let id = try invoice["id"].text.orFail("No id")
        _ = try await tenant.api("POST", "invoices/\(id)/send")
        return id
    }

    private func overdueNotes(_ deal: Int) async throws -> Int {
        try await sandbox.notes(deal: deal).count { $0["content"].text?.contains("Invoice overdue") == true }
    }

    private func everywhere(_ names: [String: String]) async throws -> Int {
        var count = 0
        for (kind, name) in names {
            count += try await sandbox.data("v2/\(kind)s?limit=500").count { $0["name"].text == name }
        }
        return count
    }

    private func eachOnce(_ names: [String: String], _ tenant: Tenant) async throws {
        for (kind, name) in names {
            let here = try await tenant.list(kind == "product" ? "products" : "contacts")
            #expect(here.count { $0["name"].text == name } == 1, "\(name)")
            let found = try here.first { $0["name"].text == name }.orFail("There is no \(name)")
            let id = found["id"].text ?? ""
            #expect(
                try installation.count(
                    """
                    select count(*) as n from pipedrive.link
                    where local_id = '\(id)' and state = 'live' and record_id > 0
                    """) == 1, "\(name)")
        }
    }

    /// The refresh token of a backup may be worth nothing any more.
    private func tellsOfAWorthlessToken(_ tenant: Tenant) async throws {
        await installation.drainers.end()
        _ = try await sandbox.control("POST", "oauth/revoke", ["what": "refresh", "user_id": 1])
        _ = try await installation.run(["paydock", "restored"])
        await installation.drainers.begin()
        try await installation.until("the page asks for a reconnect") {
            try await tenant.browser.page("/apps/pipedrive").contains("Reconnect")
        }
    }

    // MARK: Backups

    private func onServer(_ statements: [String]) throws {
        let keeper = try TestDatabase.make()
        let result = Result {
            let server = try keeper.connect()
            defer { server.close() }
            for statement in statements { try server.execute("\(unsafe: statement)") }
        }
        try keeper.drop()
        try result.get()
    }

    /// Ends all sessions in a database; workers connect again with the next request.
    private func cutOff(_ name: String) -> String {
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = '\(name)'"
    }

    private func backUp() throws {
        let name = installation.database.name
        let owner = try installation.text(
            "select pg_get_userbyid(datdba)::text as t from pg_database where datname = current_database()")
        try onServer([cutOff(name), "create database \(copy) template \(name) owner \(owner)"])
    }

    private func restore() throws {
        let name = installation.database.name
        try onServer([
            cutOff(name), "alter database \(name) rename to \(name)_lost", "alter database \(copy) rename to \(name)",
            "drop database \(name)_lost with (force)",
        ])
    }
}
