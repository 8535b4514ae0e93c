import Domain

/// Customers by name.
struct ContactListPage: Page {
    let title = "Contacts"
    let section: NavigationSection? = .contacts
    let search: String
    let rows: [Row]
    let isEmpty: Bool
    let isSearching: Bool
    let pager: Pager?

    struct Row: Sendable {
        let path: String
        let name: String
        let kind: String
        let email: String
        let city: String
    }

    init(_ listing: Listing<Contact>, search: String?, page: PageRequest) {
        self.search = search ?? ""
        isSearching = search != nil
        rows = listing.items.map { contact in
            Row(
                path: "/contacts/\(contact.id.text)", name: contact.details.name,
                kind: DocumentWords.label(contact.details.kind.rawValue), email: contact.details.emails.first ?? "",
                city: contact.details.address.city ?? "")
        }
        isEmpty = rows.isEmpty
        pager = Pager(path: "/contacts", filters: [("search", search)], page: page, total: listing.total)
    }
}
