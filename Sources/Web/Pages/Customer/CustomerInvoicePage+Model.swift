import Domain
import Workflows

/// What a customer sees of an invoice.
struct CustomerInvoicePage: Page {
    let title: String
    let companyName: String
    let contactName: String
    let addressee: String?
    let addressLines: [String]
    let number: String
    let issuedOn: String
    let dueOn: String
    let table: DocumentTable
    let note: String?
    let paid: String?
    let due: String
    let verdict: String?
    let verdictTone: String

    init(_ shown: CustomerPages.Shown<Invoice>) throws {
        let invoice = shown.document
        let currency = invoice.content.currency
        func money(_ units: Int64) -> String { Money(minorUnits: units, currency: currency).displayText }
        title = "Invoice \(invoice.number) from \(shown.company.name)"
        companyName = shown.company.name
        contactName = shown.contact.details.name
        addressee = invoice.content.addressee
        addressLines = shown.contact.details.address.lines
        number = invoice.number
        issuedOn = DayText.day(invoice.issuedOn)
        dueOn = DayText.day(invoice.dueOn)
        table = try DocumentTable(invoice.content, showsFlags: false)
        note = invoice.content.note
        paid = invoice.paid == 0 ? nil : money(invoice.paid)
        due = money(invoice.state == .credited ? 0 : shown.totals.gross - invoice.paid)
        switch invoice.state {
        case .paid: (verdict, verdictTone) = ("Paid. Thank you.", "good")
        case .credited: (verdict, verdictTone) = ("This invoice was credited. Nothing has to be paid.", "")
        case .concept, .sent, .partiallyPaid:
            verdict = shown.today > invoice.dueOn ? "This invoice was due on \(dueOn)." : nil
            verdictTone = "late"
        }
    }
}
