import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct TenantTableTests {
    private static let directories = [
        "web.account_link_directory", "web.api_key_directory", "web.login_directory", "web.pipedrive_company_directory",
        "web.public_token_directory", "web.session_directory", "web.webhook_directory",
    ]
    // COPY does not work on tables with row-level security; only the cron role reaches this one.
    private static let staging = ["pipedrive.staged_record", "pipedrive.staged_key"]
    // The drainer serves all companies.
    private static let seenByCron = ["queue.message", "queue.attempt", "queue.finished", "queue.gate"]

    private static let tenants: SQL = """
        select format('%I.%I', n.nspname, c.relname) as name, c.oid, c.relrowsecurity and c.relforcerowsecurity as forced
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and n.nspname in ('books', 'pipedrive', 'queue', 'vault', 'web')
            and exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped)
            and format('%I.%I', n.nspname, c.relname) <> all (\(directories + staging))
        order by 1
        """

    @Test func `every tenant table has forced row-level security, and every policy names its roles`() throws {
        try withStores { stores throws in
            let tables = try stores.raw(Self.tenants)
            #expect(tables.count >= 25)
            let lax = try tables.filter { try !$0.bool("forced") }.map { try $0.string("name") }
            #expect(lax == [])
            let open = try stores.raw("select tablename from pg_policies where 'public' = any (roles)")
            #expect(open.isEmpty)
        }
    }

    @Test func `primary keys and unique indexes of tenant tables start with the company`() throws {
        try withStores { stores throws in
            let others = try stores.raw(
                """
                with tenant as (\(fragment: Self.tenants))
                select t.name || ': ' || i.indexrelid::regclass as found
                from tenant t join pg_index i on i.indrelid = t.oid
                join pg_attribute a on a.attrelid = t.oid and a.attname = 'company_id'
                where i.indisunique and i.indkey[0] <> a.attnum
                """
            ).map { try $0.string("found") }
            #expect(others == [])
            let keyless = try stores.raw(
                """
                with tenant as (\(fragment: Self.tenants))
                select name from tenant t
                where not exists (select from pg_index i where i.indrelid = t.oid and i.indisprimary)
                """)
            #expect(keyless.isEmpty)
        }
    }

    @Test func `a directory table holds a key and a company and nothing else, and no other table is like it`() throws {
        try withStores { stores throws in
            for table in Self.directories {
                let columns = try stores.raw(
                    """
                    select a.attname, i.indexrelid is not null as is_key
                    from pg_attribute a
                    left join pg_index i on i.indrelid = a.attrelid and i.indisprimary and i.indkey[0] = a.attnum
                        and i.indnkeyatts = 1
                    where a.attrelid = \(table)::regclass and a.attnum > 0 and not a.attisdropped
                    """)
                #expect(columns.count == 2, "\(table)")
                #expect(try columns.filter { try $0.bool("is_key") }.count == 1, "\(table)")
                #expect(try columns.map { try $0.string("attname") }.contains("company_id"), "\(table)")
            }
        }
    }

    @Test func `every index says in a comment which query needs it`() throws {
        try withStores { stores throws in
            let silent = try stores.raw(
                """
                select c.relname from pg_index i
                join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
                where n.nspname in ('books', 'pipedrive', 'queue', 'vault', 'web')
                    and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
                    and obj_description(c.oid, 'pg_class') is null
                """
            ).map { try $0.string("relname") }
            #expect(silent == [])
        }
    }

    @Test(arguments: ["paydock_web", "paydock_cron", "paydock_api"])
    func `no role reads, changes, adds or removes another company's rows`(role: String) throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            for company in [stores.company, other] { try TenantRows.fill(company, in: stores) }
            let connection = try PostgresConnection(try MigratedTemplate.login(to: stores.database))
            for row in try stores.raw(Self.tenants) {
                let table = try row.string("name")
                let theirs = try stores.number(
                    "select count(*) as value from \(unsafe: table) where company_id = \(other)")
                let ours = try stores.number(
                    "select count(*) as value from \(unsafe: table) where company_id = \(stores.company)")
                #expect(theirs > 0 && ours > 0, "\(table) needs a row in TenantRows")
                guard role != "paydock_cron" || !Self.seenByCron.contains(table) else { continue }
                let probe = Probe(
                    table: table, role: role, company: stores.company, other: other, stores: stores,
                    connection: connection)
                try probe.reading(ourCount: ours)
                try probe.changing()
                try probe.adding()
                let after = try stores.number(
                    "select count(*) as value from \(unsafe: table) where company_id = \(other)")
                #expect(after == theirs, "\(table)")
            }
        }
    }
}

/// Tries one table under one role.
private struct Probe {
    let table: String
    let role: String
    let company: Company.ID
    let other: Company.ID
    let stores: Stores
    let connection: PostgresConnection

    private func isGranted(_ privilege: String) throws -> Bool {
        try stores.raw("select has_table_privilege(\(role), \(table), \(privilege)) as value").first?.bool("value")
            ?? false
    }

    private func refusal(_ sql: SQL) throws -> String? {
        try SeparationTests.refusal(of: sql, as: role, company: company, on: connection)
    }

    func reading(ourCount: Int) throws {
        func count(_ company: Company.ID?) throws -> Int? {
            try SeparationTests.attempt(
                "select count(*) as value from \(unsafe: table)", as: role, company: company, on: connection
            ).first?.int("value")
        }
        guard try isGranted("select") else {
            #expect(try refusal("select count(*) from \(unsafe: table)") == "42501", "\(table)")
            return
        }
        #expect(try count(company) == ourCount, "\(table)")
        #expect(try count(nil) == 0, "\(table) without a company")
        #expect(try count(Company.ID(UUID())) == 0, "\(table) for an unknown company")
    }

    func changing() throws {
        let statements: [(String, SQL)] = [
            ("update", "update \(unsafe: table) set company_id = company_id where company_id = \(other)"),
            ("delete", "delete from \(unsafe: table) where company_id = \(other)"),
        ]
        for (privilege, statement) in statements {
            guard try isGranted(privilege) else {
                #expect(try refusal(statement) == "42501", "\(privilege) \(table)")
                continue
            }
            let rows = try SeparationTests.attempt(statement, as: role, company: company, on: connection)
            #expect(rows.affectedCount == 0, "\(privilege) \(table)")
        }
    }

    // A copy of their row is refused for its company, a copy of ours only because it is there already.
    func adding() throws {
        let columns = try stores.text(
            """
            select string_agg(quote_ident(attname), ', ') as value from pg_attribute
            where attrelid = \(table)::regclass and attnum > 0 and not attisdropped and attgenerated = ''
            """)
        func copy(_ company: Company.ID) throws -> SQL {
            let row = try stores.text(
                "select to_json(t)::text as value from \(unsafe: table) t where company_id = \(company) limit 1")
            return """
                insert into \(unsafe: table) (\(unsafe: columns ?? "")) overriding system value
                select \(unsafe: columns ?? "") from json_populate_record(null::\(unsafe: table), \(row)::text::json)
                """
        }
        #expect(try refusal(try copy(other)) == "42501", "insert into \(table)")
        guard try isGranted("insert") else { return }
        #expect(try refusal(try copy(company)) == "23505", "insert into \(table) for one's own company")
    }
}

/// A row of a company in every tenant table.
private enum TenantRows {
    static func fill(_ company: Company.ID, in stores: Stores) throws {
        let number = company.text.utf8.reduce(Int64(7)) { ($0 &* 31 &+ Int64($1)) % 1_000_000_007 }
        try stores.connect(.number(1, company: number), company: company)
        try stores.web(company) { transaction throws in
            let member = try #require(try transaction.accounts.member(email: "owner@\(company.text).example"))
            try transaction.accounts.insert(
                session: Array(company.text.utf8), csrfToken: Secret("c"), member: member.member.id,
                now: Date(timeIntervalSince1970: 1_800_000_000),
                expiresAt: Date(timeIntervalSince1970: 2_000_000_000))
            let contact = try transaction.addContact(emails: ["ada@example.com"])
            _ = try transaction.catalog.insert(
                ProductDetails(name: "W", prices: [Money(minorUnits: 1, currency: .eur)]))
            let quote = try transaction.addQuote(for: contact, deal: 7)
            let invoice = try transaction.addInvoice(for: contact, units: 10, quote: quote.id, state: .sent)
            _ = try transaction.invoices.pay(invoice.id, minorUnits: 1, paidOn: .someday)
            _ = try transaction.addSubscription(for: contact)
            _ = try transaction.events.append(.quoteSent, subject: quote.id.rawValue)
            try transaction.mails.insert(
                Mail(
                    id: Mail.ID(quote.id.rawValue), document: .quote(quote.id), recipient: "ada@example.com",
                    recipientName: "Ada", text: .empty, state: .waiting, reason: nil,
                    updatedAt: Date(timeIntervalSince1970: 0)))
            _ = try transaction.settings.webhookEndpoint(
                new: WebhookEndpoint(path: company.text, user: Secret("u"), password: Secret("p")))
            try transaction.settings.save(subscriptions: [
                WebhookSubscription(id: WebhookSubscription.ID(1), object: "deal", url: "u")
            ])
            try transaction.settings.save(.initial)
            try transaction.settings.save(pipelines: [
                Pipeline(id: Pipeline.ID(1), name: "P", stages: [Stage(id: Stage.ID(1), name: "S")])
            ])
            try transaction.triggers.save(
                QuoteTrigger(id: QuoteTrigger.ID(UUID()), pipelineID: Pipeline.ID(1), stageIDs: [Stage.ID(1)]))
            try transaction.connections.audit("connected", detail: "d")
            try transaction.connectionHealth.noteFailedDelivery()
            try transaction.accountLinks.insert(
                AccountLink(
                    id: AccountLink.ID(UUID()), purpose: .reset, email: "owner@\(company.text).example", role: nil,
                    state: .waiting, expiresAt: Date(timeIntervalSince1970: 2_000_000_000)), tokenHash: nil)
            try transaction.revocations.keep(exceptTold: [])
        }
        try stores.raw(
            """
            insert into books.list_anchor (company_id, list, state, rank, at_name, at_id)
            values (\(company), 'contact', 'live', 1, 'a', gen_random_uuid())
            """)
        let proof = Digest.sha256(Array("u:p".utf8))
        #expect(try stores.storage.receive(path: company.text, basicHash: proof, body: [1]) == .stored)
        try stores.api(company) { transaction throws in
            let hash = [UInt8](repeating: 7, count: 32)
            _ = try transaction.keptAnswers.claim(keyHash: hash, requestHash: hash)
        }
        try fillByCron(company, in: stores)
        try fillSync(company, in: stores)
        try stores.raw(
            """
            insert into pipedrive.draft_record (company_id, pipedrive_company_id, deal_id, purpose, state)
            values (\(company), 1, 7, 'trial', 'requested')
            """)
        try stores.raw("insert into pipedrive.draft_spend (company_id, tokens) values (\(company), 1)")
    }

    private static func fillSync(_ company: Company.ID, in stores: Stores) throws {
        try stores.cron(company) { transaction throws in
            try transaction.syncPolicy.markApplied()
            try transaction.syncPolicy.save(
                customFields: [CustomField(kind: .person, code: "c", name: "Language", type: "enum")], of: .person)
            try transaction.touched.touch(.person, 1, occurredAt: nil)
            try transaction.variations.keep(asked: [.number(1)], having: [], run: nil)
        }
        for table in ["sync_task", "sync_plan", "local_attention", "conflict", "local_edit"] {
            let columns =
                switch table {
                case "sync_task": ("run_id, kind, local_id", "gen_random_uuid(), 'person', gen_random_uuid()")
                case "sync_plan":
                    (
                        "run_id, kind, action, name, changes, planned_at",
                        "gen_random_uuid(), 'person', 'created', 'n', '{}', now()"
                    )
                case "local_attention":
                    ("pipedrive_company_id, kind, local_id, name, reason", "1, 'person', gen_random_uuid(), 'n', 'r'")
                case "conflict":
                    (
                        "pipedrive_company_id, kind, local_id, field, record_id, name, kept, lost, is_remote_kept",
                        "1, 'person', gen_random_uuid(), 'name', 1, 'n', 'k', 'l', true"
                    )
                default: ("local_id, field, was_empty", "gen_random_uuid(), 'name', false")
                }
            try stores.raw(
                """
                insert into pipedrive.\(unsafe: table) (company_id, \(unsafe: columns.0))
                values (\(company), \(unsafe: columns.1))
                """)
        }
    }

    private static func fillByCron(_ company: Company.ID, in stores: Stores) throws {
        try stores.cron(company) { transaction throws in
            _ = try transaction.inbox.isFirst(eventID: "e")
            try transaction.snapshots.keep(.persons([.number(9)]))
            try transaction.connectionHealth.save(expectedCount: 4, activeCount: 4, trouble: nil)
            _ = try transaction.sync.start(.manual, mode: .full)
            _ = try transaction.takeOver(
                .persons([
                    .number(1, "Linked"), .number(2, emails: ["shared@example.com"]),
                    .number(3, emails: ["shared@example.com"]),
                ]))
            let quote = try #require(
                try transaction.quotes.list(state: nil, contact: nil, page: PageRequest()).items.first)
            try transaction.drafts.ready(
                Deal.ID(7), quote: quote.id, context: DraftTests.context(), drafter: "built-in")
            _ = try transaction.callBudgets.take(calls: 1, spent: 1, as: .note, reading: BudgetReading())
            let claimed = try transaction.drain.claim(ClaimRequest(worker: "w", limit: 100, share: 100))
            let message = try #require(claimed.first { $0.companyID == company })
            let done = AttemptOutcome(.completed, .completed)
            let waits = AttemptOutcome(.scheduled, .snoozed, detail: "429", gate: .closed(seconds: 60))
            let other = try #require(claimed.first { $0.companyID == company && $0.id != message.id })
            _ = try transaction.drain.finish(
                [FinishedAttempt(message: message, outcome: done), FinishedAttempt(message: other, outcome: waits)],
                worker: "w")
        }
    }
}
