public import Domain
public import FoundationEssentials
public import Workflows

/// The use cases that the web side serves, wired by whoever starts the process.
public struct UseCases: Sendable {
    let storage: any Storage
    let secrets: any SecretSource
    let accounts: Accounts
    let members: Members
    let installs: Installs
    let intake: WebhookIntake
    let panel: Panel
    let customerFromPanel: CustomerFromPanel
    let integration: Integration
    let customerPages: CustomerPages
    /// The queue over all companies, for the metrics.
    let messages: Messages
    /// For the members' pages.
    let books: Books
    /// Keys of the regular API.
    let apiKeys: APIKeys
    /// Requests of the regular API, under its own database role.
    let apiRequests: APIRequests
    /// Scheme and host that browsers use; set with the web's configuration.
    private(set) var publicURL = ""
    /// The model that drafts quotes; nil while the built-in drafter does.
    let draftingModel: String?
    let now: @Sendable () -> Date

    /// Takes the use cases that need the outside world and makes those that only need the database.
    public init(
        storage: any Storage, secrets: any SecretSource, installs: Installs, panel: Panel, intake: WebhookIntake,
        mailing: Mailing? = nil, draftingModel: String? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.storage = storage
        self.secrets = secrets
        self.installs = installs
        self.panel = panel
        self.intake = intake
        self.draftingModel = draftingModel
        self.now = now
        accounts = Accounts(storage: storage, secrets: secrets)
        members = Members(storage: storage, secrets: secrets, accounts: accounts, isMailing: mailing != nil)
        integration = Integration(storage: storage)
        messages = Messages(storage: storage)
        customerPages = CustomerPages(storage: storage, secrets: secrets)
        books = Books(storage: storage, secrets: secrets, mailing: mailing, access: StorageAccess.web)
        customerFromPanel = CustomerFromPanel(storage: storage, books: books)
        apiKeys = APIKeys(storage: storage, secrets: secrets)
        apiRequests = APIRequests(storage: storage, secrets: secrets, mailing: mailing)
    }

    func at(_ publicURL: String) -> UseCases {
        var copy = self
        copy.publicURL = publicURL
        return copy
    }

    /// Throws what the database throws when it does not answer.
    func probeDatabase() throws {
        _ = try storage.transaction(.web(nil)) { try $0.directory.company(webhookPath: "") }
    }

    /// Names of contacts for a list, in one transaction.
    func contactNames(_ ids: Set<Contact.ID>, _ company: Company.ID) throws -> [Contact.ID: String] {
        guard !ids.isEmpty else { return [:] }
        return try storage.transaction(.web(company)) { transaction in
            var names: [Contact.ID: String] = [:]
            for id in ids { names[id] = try transaction.contacts.contact(id)?.details.name }
            return names
        }
    }
}
