import Domain
import FoundationEssentials

/// Reads what quotes, invoices and subscriptions share; problems go to the reader.
enum DocumentReading {
    /// A new document's content. `currency` is the company's own.
    static func content(_ reader: FieldReader, currency: Currency) -> DocumentContent? {
        let currency = reader.currency("currency") ?? currency
        let contact: Contact.ID? = reader.identifier("contact_id")
        if contact == nil { reader.refuse("contact_id", "is required") }
        let lines = lines(reader, currency: currency)
        let binding = binding(reader)
        guard let contact else { return nil }
        return DocumentContent(
            contactID: contact, currency: currency, lines: lines, externalID: reader.text("external_id"),
            dealID: binding?.deal, leadID: binding?.lead, note: reader.text("note", limit: 5000))
    }

    /// A new document's content that is another's but for what was sent; the lines stay, and so the currency has to.
    static func content(_ reader: FieldReader, copying other: DocumentContent) -> DocumentContent {
        var content = other
        if let currency = reader.currency("currency"), currency != other.currency {
            reader.refuse("currency", "differs from the quote's, \(other.currency)")
        }
        content.contactID = reader.identifier("contact_id") ?? other.contactID
        if content.contactID != other.contactID { (content.addressee, content.addresseeEmail) = (nil, nil) }
        if let binding = binding(reader, current: other) { (content.dealID, content.leadID) = binding }
        content.externalID = reader.text("external_id")
        if reader.has("note") { content.note = reader.text("note", limit: 5000) }
        return content
    }

    /// Changes to a document's lines and note; what was not sent stays as it is.
    static func content(_ reader: FieldReader, changing current: DocumentContent) -> DocumentContent {
        var content = current
        if reader.has("lines") { content.lines = lines(reader, currency: current.currency) }
        if reader.has("note") { content.note = reader.text("note", limit: 5000) }
        return content
    }

    private static func lines(_ reader: FieldReader, currency: Currency) -> [DocumentLine] {
        let lines = LineJSON.lines(reader, currency: currency)
        if lines.isEmpty { reader.refuse("lines", "has to hold at least one line") }
        return lines
    }

    /// To which deal or lead the document is to belong; nil when neither was sent. One takes the place of the other.
    static func binding(
        _ reader: FieldReader, current: DocumentContent? = nil
    ) -> (deal: Deal.ID?, lead: String?)? {
        guard reader.has("pipedrive_deal_id") || reader.has("pipedrive_lead_id") else { return nil }
        let (deal, lead) = (dealID(reader), leadID(reader))
        if deal != nil, lead != nil {
            reader.refuse("pipedrive_lead_id", "cannot stand beside pipedrive_deal_id")
        }
        if deal != nil || lead != nil { return (deal, lead) }
        return (
            reader.has("pipedrive_deal_id") ? nil : current?.dealID,
            reader.has("pipedrive_lead_id") ? nil : current?.leadID
        )
    }

    private static func dealID(_ reader: FieldReader) -> Deal.ID? {
        guard let number = reader.integer("pipedrive_deal_id") else { return nil }
        guard number > 0 else {
            reader.refuse("pipedrive_deal_id", "has to be above zero")
            return nil
        }
        return Deal.ID(number)
    }

    private static func leadID(_ reader: FieldReader) -> String? {
        let lead: Identifier<DocumentContent, UUID>? = reader.identifier("pipedrive_lead_id")
        return lead?.text
    }

    /// The status a document is to move to, in our words or PayDock's; nil when none was sent.
    static func status<Status: RawRepresentable<String> & CaseIterable>(
        _ reader: FieldReader, as type: Status.Type
    ) -> Status? {
        guard let word = reader.text("status").map(DocumentStatus.english) else { return nil }
        guard let status = Status(rawValue: word) else {
            reader.refuse("status", "has to be one of " + Status.allCases.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return status
    }
}
