import Domain
import HTTPTypes
import Workflows

/// `/api/v1/contacts`.
struct ContactAPI: Sendable {
    let useCases: UseCases

    var routes: [Route] {
        let books = useCases.apiBooks
        return [
            useCases.apiRoute(.get, "contacts") { call, company in
                let page = try ListQuery.strictPage(call.query)
                let listing = try books.contacts(company, search: call.query.trimmed("search"), page: page)
                return .list(listing, page: page, ContactJSON.value)
            },
            useCases.apiRoute(.post, "contacts", body: .json) { call, company in
                let contact = try books.addContact(try ContactJSON.details(call.request.body), company)
                return .created(ContactJSON.value(contact), at: "contacts/\(contact.id.text)")
            },
            useCases.apiRoute(.get, "contacts/{id}") { call, company in
                .json(ContactJSON.value(try books.contact(try call.identifier("id", of: "contact"), company)))
            },
            useCases.apiRoute(.put, "contacts/{id}", body: .json) { call, company in
                let current = try books.contact(try call.identifier("id", of: "contact"), company)
                let details = try ContactJSON.details(call.request.body, changing: current.details)
                return .json(ContactJSON.value(try books.changeContact(current.id, details, company)))
            },
            useCases.apiRoute(.delete, "contacts/{id}") { call, company in
                try books.removeContact(try call.identifier("id", of: "contact"), company)
                return .empty(.noContent)
            },
        ]
    }
}
