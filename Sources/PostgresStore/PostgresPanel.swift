public import Domain
public import FoundationEssentials
import Postgres

extension PostgresStorage: PanelStore {
    private static let prelude = [SQL(unsafe: "set local role \(StorageAccess.Role.web.rawValue)")]

    /// Everything in one round trip: role, company, figures and the end of the transaction.
    public func panelView(
        _ subject: PanelSubject, company: PipedriveCompany.ID, user: PipedriveUser.ID, now: Date?
    ) throws -> PanelView {
        let query = PanelQuery(subject: subject, company: company, user: user, now: now)
        let rows = try withConnection { connection in
            try connection.batch(prelude: Self.prelude, [query.choosingCompany, query.sql])[1]
        }
        guard let head = rows.first else { return .disconnected }
        guard try head.bool("is_granted") else { return .notGranted }
        let isDeal = subject.resource == .deal
        return .records(Company.ID(try head.uuid("company_id")), try Self.records(rows, isDeal: isDeal))
    }

    // Rows of one record follow one another.
    private static func records(_ rows: PostgresRows, isDeal: Bool) throws -> [PanelRecord] {
        var records: [PanelRecord] = []
        var figures: [PanelFigures] = []
        var current: PostgresRow?
        func close() throws {
            guard let row = current else { return }
            records.append(try record(row, figures, isDeal: isDeal))
            figures = []
        }
        for row in rows {
            if let open = current, try open.int64("record_id") != row.int64("record_id") { try close() }
            current = row
            if let currency = try row.optionalString("currency") {
                figures.append(try Self.figures(row, currency))
            }
        }
        try close()
        return records
    }

    private static func record(_ row: PostgresRow, _ figures: [PanelFigures], isDeal: Bool) throws -> PanelRecord {
        let customer = try row.optionalUUID("customer_id").map {
            PanelRecord.Customer(id: Contact.ID($0), name: try row.string("customer_name"))
        }
        return PanelRecord(
            recordID: try row.int64("record_id"), customer: customer, figures: figures,
            quote: isDeal ? try quote(row) : nil, invoice: isDeal ? try invoice(row) : nil,
            needsLook: try row.bool("needs_look"))
    }

    private static func quote(_ row: PostgresRow) throws -> PanelRecord.DealQuote? {
        try row.optionalUUID("quote_id").map {
            PanelRecord.DealQuote(
                id: Quote.ID($0), number: try row.string("quote_number"), state: try row.state("quote_state"))
        }
    }

    private static func invoice(_ row: PostgresRow) throws -> PanelRecord.DealInvoice? {
        try row.optionalUUID("invoice_id").map {
            PanelRecord.DealInvoice(
                id: Invoice.ID($0), number: try row.string("invoice_number"), state: try row.state("invoice_state"),
                isOverdue: try row.bool("invoice_is_overdue"))
        }
    }

    private static func figures(_ row: PostgresRow, _ code: String) throws -> PanelFigures {
        guard let currency = Currency(code) else { throw StoredValueError(column: "currency") }
        let latest = try row.optionalUUID("latest_id").map {
            PanelFigures.LatestInvoice(id: Invoice.ID($0), number: try row.string("latest_number"))
        }
        return PanelFigures(
            currency: currency, arr: try row.int64("arr"), revenue: try row.int64("revenue"),
            openCount: try row.int("open_count"), open: try row.int64("open_amount"),
            overdue: try row.int64("overdue"), latest: latest)
    }
}

/// The figures that the books keep up, through the functions of their migration.
struct PostgresFigures: FigureStore {
    let connection: PostgresConnection

    func differing() throws -> Int { try count("select books.differing_figures() as count") }
    func rebuild() throws -> Int { try count("select books.rebuild_figures() as count") }
    func foldPast() throws -> Int { try count("select books.fold_past_figures() as count") }

    private func count(_ sql: SQL) throws -> Int { try connection.query(sql).first?.int("count") ?? 0 }
}
