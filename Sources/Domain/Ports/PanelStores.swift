public import FoundationEssentials

/// What the panel reads: the one question that is asked before the company is known, and answered in one round trip.
public protocol PanelStore: Sendable {
    /// What the panel shows a user of a Pipedrive company beside these records, in their order. Finds the company, the
    /// grant, the customers and their figures at once. Throws `unavailable`.
    func panelView(
        _ subject: PanelSubject, company: PipedriveCompany.ID, user: PipedriveUser.ID, now: Date?
    ) throws -> PanelView
}

/// What the panel's query found.
public enum PanelView: Hashable, Sendable {
    /// The company is not known, or has no live connection to this Pipedrive company.
    case disconnected
    /// The user has no live grant.
    case notGranted
    /// What is known of each record.
    case records(Company.ID, [PanelRecord])
}

/// The figures that the books keep up for the panel, over all companies.
public protocol FigureStore {
    /// How many contacts show another figure or another latest invoice than their documents give: none, unless
    /// something is broken. Reads every document.
    func differing() throws -> Int
    /// Makes all figures anew from the documents; how many lines they have. Writes to the books wait meanwhile.
    func rebuild() throws -> Int
    /// Adds up under one date what has been due for more than a week; says how many lines that were.
    func foldPast() throws -> Int
}

/// What was seen of records that no contact is linked to, and the links that people make from there.
public protocol SnapshotStore {
    /// Keeps what a deal is: tells the panel whose it is.
    func keep(_ deal: DealGlance) throws
    /// Keeps persons and organizations as they were seen; products are left out.
    func keep(_ page: RecordPage) throws
    /// A deal as it was last seen; nil when it never was.
    func deal(_ id: Deal.ID) throws -> DealGlance?
    /// What a person or an organization was when it was last seen, as a contact's details; nil when it never was. The
    /// organization is filled in where its contact is linked.
    func details(_ kind: RecordKind, _ id: Int64) throws -> ContactDetails?
    /// Links a record to a contact; false when either is linked already. A link that rests, of this record, takes the
    /// contact.
    func link(_ kind: RecordKind, _ id: Int64, to contact: Contact.ID) throws -> Bool
    /// Forgets what was seen more than 30 days ago, for all companies; says how many.
    func forget(now: Date?) throws -> Int
}

/// What the panel has to know of a deal.
public struct DealGlance: Hashable, Sendable {
    /// The deal.
    public let id: Deal.ID
    /// Its title.
    public let title: String
    /// Its person.
    public let personID: Person.ID?
    /// Its organization.
    public let organizationID: Organization.ID?

    /// Makes a glance.
    public init(id: Deal.ID, title: String, personID: Person.ID?, organizationID: Organization.ID?) {
        self.id = id
        self.title = title
        self.personID = personID
        self.organizationID = organizationID
    }
}

/// Looks at a deal. Throws `CRMFailure`.
public protocol DealGlancing: Sendable {
    /// A deal in one cheap request; nil when it is not there or not visible.
    func glance(_ id: Deal.ID, access: PipedriveAccess) async throws -> DealGlance?
}
