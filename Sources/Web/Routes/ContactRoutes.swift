import Domain
import HTTPTypes
import Workflows

/// Contacts, for members.
struct ContactRoutes: Sendable {
    let useCases: UseCases
    let frame: PageFrame

    var routes: [Route] {
        [
            Route(.get, "/contacts", .member) { try list($0) },
            Route(.post, "/contacts", .member, body: .form) { try create($0) },
            Route(.get, "/contacts/new", .member) { call in
                let details = ContactForm.details(call.query)
                return try frame.answer(
                    ContactPage(new: details, pipedriveRecord: call.query["pipedrive"]), to: call)
            },
            Route(.get, "/contacts/{id}", .member) { try show($0, try contact($0)) },
            Route(.post, "/contacts/{id}", .member, body: .form) { try change($0) },
            Route(.post, "/contacts/{id}/delete", .member, body: .form) { try delete($0) },
        ]
    }

    private func list(_ call: Call) throws -> WebResponse {
        let (search, page) = (call.query.trimmed("search"), ListQuery.page(call.query))
        let listing = try useCases.books.contacts(try call.member().company.id, search: search, page: page)
        return try frame.answer(ContactListPage(listing, search: search, page: page), to: call)
    }

    private func contact(_ call: Call) throws -> Contact {
        try useCases.books.contact(try call.identifier("id", of: "contact"), try call.member().company.id)
    }

    private func show(
        _ call: Call, _ contact: Contact, details: ContactDetails? = nil, problem: String? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> WebResponse {
        let (company, page) = (try call.member().company.id, PageRequest(limit: 20))
        let quotes = try useCases.books.quotes(company, state: nil, contact: contact.id, page: page)
        let invoices = try useCases.books.invoices(company, status: nil, contact: contact.id, page: page)
        return try frame.answer(
            ContactPage(
                contact, details: details, quotes: quotes.items, invoices: invoices.items, problem: problem),
            to: call, status: status)
    }

    private func create(_ call: Call) throws -> WebResponse {
        let details = ContactForm.details(call.form)
        do {
            let contact = try useCases.books.addContact(details, try call.member().company.id)
            return .redirect("/contacts/\(contact.id.text)?done=\(Notice.created.rawValue)")
        } catch let refusal as Refusal where refusal.code == .invalid {
            let page = ContactPage(new: details, pipedriveRecord: nil, problem: Self.sentence(refusal))
            return try frame.answer(page, to: call, status: .unprocessableContent)
        }
    }

    private func change(_ call: Call) throws -> WebResponse {
        let current = try contact(call)
        let details = ContactForm.details(call.form, changing: current.details)
        do {
            _ = try useCases.books.changeContact(current.id, details, try call.member().company.id)
            return .redirect("/contacts/\(current.id.text)?done=\(Notice.saved.rawValue)")
        } catch let refusal as Refusal where refusal.code == .invalid {
            return try show(
                call, current, details: details, problem: Self.sentence(refusal), status: .unprocessableContent)
        }
    }

    private func delete(_ call: Call) throws -> WebResponse {
        let current = try contact(call)
        do {
            try useCases.books.removeContact(current.id, try call.member().company.id)
            return .redirect("/contacts?done=\(Notice.deleted.rawValue)")
        } catch let refusal as Refusal where refusal.code == .conflict {
            return try show(call, try contact(call), problem: refusal.message, status: .conflict)
        }
    }

    /// `Some fields are wrong: name needs 1 to 255 characters.`
    static func sentence(_ refusal: Refusal) -> String {
        let parts = refusal.fields.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return parts.isEmpty ? refusal.message : "\(refusal.message) \(parts.joined(separator: "; "))."
    }
}
