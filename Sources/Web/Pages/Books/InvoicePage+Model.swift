import Domain

/// One invoice, as its maker sees it.
struct InvoicePage: Page {
    let title: String
    let section: NavigationSection? = .invoices
    let path: String
    let number: String
    let state: String
    let tone: String
    let contactName: String
    let contactPath: String
    let issuedOn: String
    let dueOn: String
    let table: DocumentTable
    let paid: String
    let due: String
    let dueAmount: String
    let currencyCode: String
    let note: String?
    let deal: String?
    let quotePath: String?
    let publicURL: String?
    let isConcept: Bool
    let isOpen: Bool
    let problem: String?
    let mail: MailBox?

    init(
        _ invoice: Invoice, contactName: String, publicURL: String, mail: MailBox? = nil, problem: String? = nil
    ) throws {
        let currency = invoice.content.currency
        let totals = try DocumentTotals(lines: invoice.content.lines, currency: currency)
        let left = Money(
            minorUnits: invoice.state == .credited ? 0 : totals.gross - invoice.paid, currency: currency)
        let word = DocumentWords.invoice(invoice)
        title = "Invoice \(invoice.number)"
        path = "/invoices/\(invoice.id.text)"
        number = invoice.number
        (state, tone) = (word.text, word.tone)
        self.contactName = contactName
        contactPath = "/contacts/\(invoice.content.contactID.text)"
        issuedOn = DayText.day(invoice.issuedOn)
        dueOn = DayText.day(invoice.dueOn)
        table = try DocumentTable(invoice.content, showsFlags: true)
        paid = Money(minorUnits: invoice.paid, currency: currency).displayText
        due = left.displayText
        dueAmount = left.decimalText
        currencyCode = currency.code
        note = invoice.content.note
        deal = invoice.content.dealID.map { "Deal \($0)" } ?? invoice.content.leadID.map { "Lead \($0)" }
        quotePath = invoice.quoteID.map { "/quotes/\($0.text)" }
        isConcept = invoice.state == .concept
        isOpen = invoice.isOpen
        self.publicURL = isConcept ? nil : "\(publicURL)/i/\(invoice.publicToken)"
        self.problem = problem
        self.mail = mail
    }
}
