public import Domain

/// Makes the customer of a Pipedrive record that no contact is linked to, or links one that is there: where the panel's
/// link leads.
public struct CustomerFromPanel: Sendable {
    private let storage: any Storage
    private let books: Books

    /// Wires the use case; `books` works under the pages' role.
    public init(storage: any Storage, books: Books) {
        self.storage = storage
        self.books = books
    }

    /// Where somebody came from: a page of a Pipedrive company.
    public struct Origin: Hashable, Sendable {
        /// The page's kind.
        public let resource: PanelSubject.Resource
        /// The record on it.
        public let recordID: Int64
        /// The Pipedrive company.
        public let companyID: PipedriveCompany.ID

        /// Makes an origin.
        public init(resource: PanelSubject.Resource, recordID: Int64, companyID: PipedriveCompany.ID) {
            self.resource = resource
            self.recordID = recordID
            self.companyID = companyID
        }
    }

    /// What there is to decide.
    public struct Proposal: Sendable {
        /// The contact that the record is linked to already.
        public let linked: Contact?
        /// What the form is filled in with; nil when nothing is known of the record yet.
        public let details: ContactDetails?
        /// The title of the deal.
        public let dealTitle: String?
        /// Whether the deal was looked at and has neither a person nor an organization: nothing to link.
        public let hasNobody: Bool
        /// Contacts with the same address or name, which may be the one; at most five.
        public let candidates: [Contact]
        /// The page in Pipedrive; nil when the connection has no live credentials.
        public let returnAddress: String?
    }

    /// What is known of the record. Throws `notFound` when it is of another Pipedrive company than the member's.
    public func proposal(_ origin: Origin, _ company: Company.ID) throws -> Proposal {
        try storage.transaction(.web(company)) { transaction in
            let connection = try Self.connection(origin, transaction)
            let deal = origin.resource == .deal ? try transaction.snapshots.deal(Deal.ID(origin.recordID)) : nil
            let target = Self.target(origin, deal)
            let linked = try target.flatMap { try transaction.sync.contact($0.kind, recordID: $0.id) }
            let details = try target.flatMap { try transaction.snapshots.details($0.kind, $0.id) }
            return Proposal(
                linked: try linked.flatMap { try transaction.contacts.contact($0) }, details: details,
                dealTitle: deal?.title, hasNobody: origin.resource == .deal && deal != nil && target == nil,
                candidates: try details.map { try Self.candidates($0, transaction) } ?? [],
                returnAddress: try Self.page(origin, connection, transaction))
        }
    }

    /// Makes the customer and links it; where a person has to look again, throws `conflict`, and nothing is made. Says
    /// where to go on: the page in Pipedrive, nil when that is not known.
    public func create(_ details: ContactDetails, _ origin: Origin, _ company: Company.ID) throws -> String? {
        try storage.transaction(.web(company)) { transaction in
            let inside = Books(
                storage: OpenTransaction(transaction, .web(company)), secrets: books.secrets,
                access: StorageAccess.web)
            let contact = try inside.addContact(details, company)
            return try Self.link(contact, origin, transaction)
        }
    }

    /// Links a contact that is there.
    public func link(_ id: Contact.ID, _ origin: Origin, _ company: Company.ID) throws -> String? {
        try storage.transaction(.web(company)) { transaction in
            guard let contact = try transaction.contacts.contact(id), !contact.isArchived else {
                throw Refusal(.notFound, "There is no such contact.")
            }
            return try Self.link(contact, origin, transaction)
        }
    }

    private static func link(
        _ contact: Contact, _ origin: Origin, _ transaction: any StorageTransaction
    ) throws -> String? {
        let connection = try connection(origin, transaction)
        let deal = origin.resource == .deal ? try transaction.snapshots.deal(Deal.ID(origin.recordID)) : nil
        guard origin.resource != .deal || deal != nil else {
            throw Refusal(
                .conflict, "What Pipedrive knows of this deal is still being fetched. Save again in a moment.")
        }
        // Without a person or organization there is nothing in Pipedrive that the customer could be linked to.
        if let target = target(origin, deal) {
            guard contact.details.kind.rawValue == target.kind.rawValue else {
                throw Refusal(
                    .invalid,
                    "Pipedrive has this record as \(target.kind == .person ? "a person" : "an organization").",
                    fields: ["kind": "has to be \(target.kind.rawValue)"])
            }
            guard try transaction.snapshots.link(target.kind, target.id, to: contact.id) else {
                throw Refusal(.conflict, "This record, or this contact, was linked meanwhile. Look again.")
            }
        }
        return try page(origin, connection, transaction)
    }

    /// A deal's customer is its organization where it has one, else its person.
    private static func target(_ origin: Origin, _ deal: DealGlance?) -> (kind: RecordKind, id: Int64)? {
        switch origin.resource {
        case .person: (.person, origin.recordID)
        case .organization: (.organization, origin.recordID)
        case .deal:
            deal?.organizationID.map { (.organization, $0.rawValue) } ?? deal?.personID.map { (.person, $0.rawValue) }
        }
    }

    private static func candidates(
        _ details: ContactDetails, _ transaction: any StorageTransaction
    ) throws -> [Contact] {
        var found: [Contact] = []
        for search in details.emails.prefix(3) + [details.name] where !search.isEmpty {
            let page = try transaction.contacts.list(search: search, page: PageRequest(limit: 5)).items
            let isName = search == details.name
            found += page.filter { contact in
                contact.details.kind == details.kind && !found.contains { $0.id == contact.id }
                    && (!isName || contact.details.name.lowercased() == search.lowercased())
            }
        }
        return Array(found.prefix(5))
    }

    private static func connection(
        _ origin: Origin, _ transaction: any StorageTransaction
    ) throws -> Connection {
        guard let connection = try transaction.connections.connection(), connection.state != .disconnected,
            connection.pipedriveCompanyID == origin.companyID
        else {
            throw Refusal(
                .notFound, "That Pipedrive company is not connected to the PayDock company you are logged in to.")
        }
        return connection
    }

    // The address is the connection's own, never the request's: nobody can be sent elsewhere.
    private static func page(
        _ origin: Origin, _ connection: Connection, _ transaction: any StorageTransaction
    ) throws -> String? {
        try transaction.connections.credentials(user: connection.ownerUserID).map {
            "\($0.apiOrigin.text)/\(origin.resource.rawValue)/\(origin.recordID)"
        }
    }
}
