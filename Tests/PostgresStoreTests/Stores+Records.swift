import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import Sodium

extension DocumentLine {
    /// One piece at this price without tax.
    static func costing(_ units: Int64, tax: Int = 0) -> DocumentLine {
        DocumentLine(description: "Work", unitPrice: units, tax: Percentage(basisPoints: tax))
    }
}

extension CalendarDay {
    static let someday = CalendarDay(dayNumber: 20_000)
}

extension StorageTransaction {
    func addContact(
        _ name: String = "Ada", kind: Contact.Kind = .person, emails: [String] = [],
        organization: Contact.ID? = nil
    ) throws -> Contact.ID {
        try contacts.insert(
            ContactDetails(kind: kind, name: name, organizationID: organization, emails: emails)
        ).id
    }

    func addQuote(
        for contact: Contact.ID, units: Int64 = 1_000, externalID: String? = nil, deal: Int64? = nil,
        lead: String? = nil, validUntil: CalendarDay? = nil
    ) throws -> Quote {
        let content = DocumentContent(
            contactID: contact, currency: .eur, lines: [.costing(units)], externalID: externalID,
            dealID: deal.map { Deal.ID($0) }, leadID: lead)
        return try quotes.insert(
            NewQuote(
                content: content, email: .empty, validUntil: validUntil, publicToken: RandomBytes.token(),
                today: .someday))
    }

    func addInvoice(
        for contact: Contact.ID, units: Int64 = 1_000, currency: Currency = .eur, quote: Quote.ID? = nil,
        deal: Int64? = nil, dueOn: CalendarDay? = nil, state: Invoice.State = .concept
    ) throws -> Invoice {
        let content = DocumentContent(
            contactID: contact, currency: currency, lines: [.costing(units)], dealID: deal.map { Deal.ID($0) })
        let invoice = try invoices.insert(
            NewInvoice(
                content: content, quoteID: quote, issuedOn: .someday, dueOn: dueOn,
                publicToken: RandomBytes.token()))
        guard state != .concept else { return invoice }
        return try invoices.move(invoice.id, from: .concept, to: .sent) ?? invoice
    }

    func addSubscription(
        for contact: Contact.ID, units: Int64 = 1_000, currency: Currency = .eur,
        state: Subscription.State = .active
    ) throws -> Subscription {
        let content = DocumentContent(contactID: contact, currency: currency, lines: [.costing(units)])
        return try subscriptions.insert(
            NewSubscription(
                name: "Care", content: content, intervalUnit: .month, intervalCount: 1, startsOn: .someday,
                state: state))
    }
}

extension PipedriveUser {
    static func number(
        _ id: Int64, company: Int64 = 77, isAdmin: Bool = true
    ) -> PipedriveUser {
        PipedriveUser(
            id: PipedriveUser.ID(id), companyID: PipedriveCompany.ID(company), companyName: "Acme \(company)",
            name: "User \(id)", isAdmin: isAdmin)
    }
}

extension Credentials {
    static func made(
        _ name: String = "first", expiresAt: Date = Date(timeIntervalSince1970: 2_000_000_000)
    ) -> Credentials {
        Credentials(
            accessToken: Secret("access-\(name)"), refreshToken: Secret("refresh-\(name)"), expiresAt: expiresAt,
            apiOrigin: APIOrigin(checked: "https://acme.pipedrive.com"), scopes: ["deals:full", "users:read"])
    }
}

extension Stores {
    /// Connects the company to a Pipedrive company, as a user's install does.
    @discardableResult
    func connect(
        _ user: PipedriveUser = .number(1), credentials: Credentials = .made(), company other: Company.ID? = nil
    ) throws -> Connection {
        try web(other) {
            try $0.directory.claim(pipedriveCompany: user.companyID)
            return try $0.connections.connect(user: user, credentials: credentials)
        }
    }

    /// Takes a webhook of the company in; its endpoint is made when there is none.
    func receive(_ body: [UInt8]) throws {
        let endpoint = try web {
            try $0.settings.webhookEndpoint(
                new: WebhookEndpoint(path: "hook", user: Secret("u"), password: Secret("p")))
        }
        let proof = Digest.sha256(Array("\(endpoint.user.reveal()):\(endpoint.password.reveal())".utf8))
        guard try storage.receive(path: endpoint.path, basicHash: proof, body: body) == .stored else {
            throw NeverHappened(description: "a proven webhook was refused")
        }
    }

    /// The decisions of a run over these pages, in the order of the kinds that a run has. What is not on them is on the
    /// list as it was last.
    @discardableResult
    func sync(_ pages: RecordPage...) throws -> [RecordKind: SyncRun.Counts] {
        let run = try cron { transaction throws in
            guard let id = try transaction.sync.start(.manual, mode: .full) else {
                throw NeverHappened(description: "a run of this connection is running already")
            }
            return id
        }
        for page in pages {
            try cron { try $0.stage(page, run: run, next: SyncCheckpoint(kind: page.kind, cursor: nil)) }
            try stageTheRest(of: page, run)
        }
        for kind in Set(pages.map(\.kind)).sorted(by: { $0.rawValue < $1.rawValue }) {
            var last: Int64?
            repeat {
                last = try cron { try $0.pairs.decide(kind, run: run, after: last, limit: 3) }
            } while last != nil
        }
        let counts = try cron { try $0.sync.recentRuns() }.first?.counts ?? [:]
        try cron { try $0.sync.finish(run, .completed, outcome: nil) }
        return counts.reduce(into: [:]) { sum, entry in
            sum[entry.key] = entry.value
            sum[entry.key]?.read = pages.filter { $0.kind == entry.key }.map(\.count).reduce(0, +)
        }
    }

    private func stageTheRest(of page: RecordPage, _ run: SyncRun.ID) throws {
        try raw(
            """
            insert into pipedrive.staged_record (company_id, run_id, kind, record_id, name, remote_values)
            select company_id, \(run.rawValue), kind, record_id, 'As it was', remote_base from pipedrive.link l
            where kind = \(page.kind.rawValue) and state = 'live' and remote_base is not null and record_id > 0
                and record_id <> all (\(page.ids)::bigint[])
                and not exists (select from pipedrive.staged_record s where s.company_id = l.company_id
                    and s.run_id = \(run.rawValue) and s.kind = l.kind and s.record_id = l.record_id)
            """)
    }
}

extension StorageTransaction {
    /// A live change, read just now.
    func takeOver(_ page: RecordPage) throws -> SyncRun.Counts {
        try pairs.takeOver(FreshRecords(page: page, readAt: try syncPolicy.clock())).counts
    }

    func stage(_ page: RecordPage, run: SyncRun.ID, next: SyncCheckpoint, tokenCost: Int = 20) throws {
        try sync.stage(page, run: run, readAt: try syncPolicy.clock(), next: next, tokenCost: tokenCost)
    }
}

extension Person {
    static func number(
        _ id: Int64, _ name: String = "Ada Lovelace", organization: Int64? = nil, emails: [String] = [],
        phones: [String] = [], isDeleted: Bool = false
    ) -> Person {
        Person(
            id: Person.ID(id), name: name, organizationID: organization.map { Organization.ID($0) }, emails: emails,
            phones: phones, isDeleted: isDeleted)
    }
}

extension Organization {
    static func number(
        _ id: Int64, _ name: String = "Acme", address: PostalAddress = PostalAddress(), isDeleted: Bool = false
    ) -> Organization {
        Organization(id: Organization.ID(id), name: name, address: address, isDeleted: isDeleted)
    }
}

extension CatalogItem {
    static func number(
        _ id: Int64, _ name: String = "Widget", code: String? = nil, prices: [Money] = [], isDeleted: Bool = false
    ) -> CatalogItem {
        CatalogItem(
            id: CatalogItem.ID(id), name: name, code: code, tax: Percentage(basisPoints: 2100), prices: prices,
            isDeleted: isDeleted)
    }
}
