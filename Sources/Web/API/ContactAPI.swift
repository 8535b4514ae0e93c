import Domain
import HTTPTypes
import Workflows

/// `/api/v1/contacts`.
struct ContactAPI: Sendable {
    let useCases: UseCases

    var routes: [Route] {
        [
            useCases.apiRoute(.get, "contacts") { call in
                let page = try ListQuery.strictPage(call.query)
                let listing = try call.books.contacts(call.id, search: call.query.trimmed("search"), page: page)
                return .list(listing, page: page, ContactJSON.value)
            },
            useCases.apiRoute(.post, "contacts", body: .json) { call in
                let contact = try call.books.addContact(try ContactJSON.details(call.body), call.id)
                return .created(ContactJSON.value(contact), at: "contacts/\(contact.id.text)")
            },
            useCases.apiRoute(.get, "contacts/{id}") { call in
                .json(ContactJSON.value(try call.books.contact(try call.identifier("contact"), call.id)))
            },
            useCases.apiRoute(.put, "contacts/{id}", body: .json) { call in
                let current = try call.books.contact(try call.identifier("contact"), call.id)
                let details = try ContactJSON.details(call.body, replacing: current.details)
                return .json(ContactJSON.value(try call.books.changeContact(current.id, details, call.id)))
            },
            // A contact with documents is refused and archived all the same.
            useCases.apiRoute(.delete, "contacts/{id}", inSteps: true) { call in
                try call.books.removeContact(try call.identifier("contact"), call.id)
                return .empty(.noContent)
            },
        ]
    }
}
