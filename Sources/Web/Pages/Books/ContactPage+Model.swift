import Domain

/// One customer with its documents, or a new one.
struct ContactPage: Page {
    let title: String
    let section: NavigationSection? = .contacts
    let isNew: Bool
    let isArchived: Bool
    let origin: String?
    let organizationPath: String?
    let problem: String?
    let form: ContactForm
    let documents: [Document]
    let hasDocuments: Bool
    let deletePath: String?

    struct Document: Sendable {
        let path: String
        let label: String
        let state: String
        let tone: String
    }

    /// The form of a new contact. `pipedriveRecord` is `person:12`, where the sidebar led here.
    init(new details: ContactDetails, pipedriveRecord: String?, problem: String? = nil) {
        title = "New contact"
        isNew = true
        isArchived = false
        origin = pipedriveRecord.flatMap(Self.origin)
        organizationPath = nil
        self.problem = problem
        form = ContactForm(details, action: "/contacts", buttonLabel: "Create contact")
        documents = []
        hasDocuments = false
        deletePath = nil
    }

    init(_ contact: Contact, details: ContactDetails? = nil, quotes: [Quote], invoices: [Invoice], problem: String?) {
        title = contact.details.name
        isNew = false
        isArchived = contact.isArchived
        origin = nil
        organizationPath = contact.details.organizationID.map { "/contacts/\($0.text)" }
        self.problem = problem
        let path = "/contacts/\(contact.id.text)"
        form = ContactForm(details ?? contact.details, action: path, buttonLabel: "Save")
        documents =
            quotes.map { quote in
                let word = DocumentWords.quote(quote.state)
                return Document(
                    path: "/quotes/\(quote.id.text)", label: "Quote \(quote.number)", state: word.text, tone: word.tone)
            }
            + invoices.map { invoice in
                let word = DocumentWords.invoice(invoice)
                return Document(
                    path: "/invoices/\(invoice.id.text)", label: "Invoice \(invoice.number)", state: word.text,
                    tone: word.tone)
            }
        hasDocuments = !documents.isEmpty
        deletePath = contact.isArchived ? nil : "\(path)/delete"
    }

    private static func origin(_ record: String) -> String? {
        let parts = record.split(separator: ":")
        guard parts.count == 2, ["deal", "person", "organization"].contains(parts[0]), let id = Int64(parts[1]) else {
            return nil
        }
        return "Pipedrive \(parts[0]) \(id)"
    }
}
