import Domain
import Workflows

/// One quote, as its maker sees it.
struct QuotePage: Page {
    let title: String
    let section: NavigationSection? = .quotes
    let path: String
    let number: String
    let state: String
    let tone: String
    let contactName: String
    let contactPath: String
    let addressee: String?
    let addresseeEmail: String?
    let validUntil: String
    let table: DocumentTable
    let emailSubject: String
    let emailBody: String
    let hasEmail: Bool
    let note: String?
    let deal: String?
    let publicURL: String?
    let externalID: String?
    let isConcept: Bool
    let isAccepted: Bool
    let needsPrice: Bool
    let problem: String?
    let editor: QuoteEditor?
    let decidedBy: String?
    let declineReason: String?
    let mail: MailBox?
    let origin: QuoteOriginBox?

    init(
        _ quote: Quote, contactName: String, publicURL: String, mail: MailBox? = nil,
        origin: Integration.QuoteOrigin? = nil, problem: String? = nil, sent form: FormFields? = nil
    ) throws {
        let word = DocumentWords.quote(quote.state)
        title = "Quote \(quote.number)"
        path = "/quotes/\(quote.id.text)"
        number = quote.number
        (state, tone) = (word.text, word.tone)
        self.contactName = contactName
        contactPath = "/contacts/\(quote.content.contactID.text)"
        addressee = quote.content.addressee
        addresseeEmail = quote.content.addresseeEmail
        validUntil = DayText.day(quote.validUntil)
        table = try DocumentTable(quote.content, showsFlags: true)
        emailSubject = quote.email.subject
        emailBody = quote.email.body
        hasEmail = quote.email != .empty
        note = quote.content.note
        deal = quote.content.dealID.map { "Deal \($0)" } ?? quote.content.leadID.map { "Lead \($0)" }
        isConcept = quote.state == .concept
        isAccepted = quote.state == .accepted
        self.publicURL = isConcept ? nil : "\(publicURL)/q/\(quote.publicToken)"
        externalID = quote.content.externalID
        needsPrice = quote.content.lines.contains { !$0.isTextLine && $0.unitPrice == nil }
        self.problem = problem
        self.mail = mail
        self.origin = origin.flatMap { QuoteOriginBox($0, isConcept: quote.state == .concept) }
        decidedBy = quote.decision.flatMap { decision in
            let parts = [decision.name, decision.email].compactMap(\.self)
            return parts.isEmpty ? nil : parts.joined(separator: ", ")
        }
        declineReason = quote.decision?.reason
        editor = isConcept ? form.map { QuoteEditor(quote, sent: $0) } ?? QuoteEditor(quote) : nil
    }
}
