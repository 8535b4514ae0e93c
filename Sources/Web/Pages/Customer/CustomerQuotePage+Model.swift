import Domain
import Workflows

/// What a customer sees of a quote.
struct CustomerQuotePage: Page {
    let title: String
    let companyName: String
    let contactName: String
    let addressee: String?
    let addressLines: [String]
    let number: String
    let validUntil: String
    let table: DocumentTable
    let note: String?
    let path: String
    let canDecide: Bool
    let verdict: String?
    let verdictTone: String
    let problem: String?
    let typedName: String
    let typedEmail: String
    let typedReason: String

    init(_ shown: CustomerPages.Shown<Quote>, form: FormFields = FormFields(), problem: String? = nil) throws {
        let quote = shown.document
        title = "Quote \(quote.number) from \(shown.company.name)"
        companyName = shown.company.name
        contactName = shown.contact.details.name
        addressee = quote.content.addressee
        addressLines = shown.contact.details.address.lines
        number = quote.number
        validUntil = DayText.day(quote.validUntil)
        table = try DocumentTable(quote.content, showsFlags: false)
        note = quote.content.note
        path = "/q/\(quote.publicToken)"
        // Its last day may have passed before the drainer marks it.
        let isOpen = quote.state == .sent || quote.state == .viewed
        canDecide = isOpen && shown.today <= quote.validUntil
        self.problem = problem
        typedName = form["name"] ?? quote.content.addressee ?? ""
        typedEmail = form["email"] ?? ""
        typedReason = form["reason"] ?? ""
        switch quote.state {
        case .accepted: (verdict, verdictTone) = ("You accepted this quote. \(companyName) has been told.", "good")
        case .declined: (verdict, verdictTone) = ("You declined this quote.", "")
        case .concept, .sent, .viewed, .expired:
            verdict = canDecide ? nil : "This quote has expired. Ask \(companyName) for a new one."
            verdictTone = ""
        }
    }
}

extension PostalAddress {
    /// The parts that are there, as on an envelope.
    var lines: [String] {
        let place = [postalCode, city].compactMap { $0 }.joined(separator: " ")
        return [street, place.isEmpty ? nil : place, country].compactMap { $0 }
    }
}
