public import Domain
public import FoundationEssentials
import Synchronization

/// A Pipedrive that answers by its script and records what it was asked.
public final class ScriptedPipedrive: CRM, DealListing, DealGlancing, LeadConversions, OAuthProvider, CRMWebhooks,
    Sendable
{
    /// What it holds, and what it will refuse.
    public struct Script: Sendable {
        /// Failures per method name, used up one by one before the method works.
        public var failures: [String: [CRMFailure]] = [:]
        /// Whether a failing `postNote` posts the note all the same: a time-out after the fact.
        public var postsDespiteFailure = false
        /// Access tokens that are answered with 401.
        public var refusedTokens: Set<String> = []
        /// Pages per kind; the cursor of a page is its position.
        public var pages: [RecordKind: [RecordPage]] = [:]
        /// Variations by the product's number.
        public var variations: [Int64: [CatalogItem]] = [:]
        /// Custom fields per kind.
        public var customFields: [RecordKind: [CustomField]] = [:]
        /// Cursors that are answered with an error of the server.
        public var refusedPages: Set<String> = []
        /// Records that were made or changed, with what was written.
        public var writes: [String] = []
        /// Whether a failing `create` makes the record all the same: a time-out after the fact.
        public var createsDespiteFailure = false
        /// Single records by `kind:id`.
        public var records: [String: RecordPage] = [:]
        /// Deals.
        public var deals: [Deal.ID: DealContext] = [:]
        /// Deals as lists show them.
        public var staged: [StagedDeal] = []
        /// Pipelines.
        public var pipelines: [Pipeline] = []
        /// Notes that were posted.
        public var notes: [Note] = []
        /// Where leads went: to a deal, or nowhere.
        public var leads: [String: NoteTarget?] = [:]
        /// Webhooks that were subscribed.
        public var webhooks: [WebhookSubscription] = []
        /// What a delivered body reads as.
        public var decoded: [[UInt8]: WebhookEvent] = [:]
        /// Who the credentials belong to.
        public var user = PipedriveUser.fixture()
        /// Credentials that exchanges and refreshes hand out.
        public var credentials = Credentials.fixture(
            accessToken: Secret("access-2"), refreshToken: Secret("refresh-2"))
        /// Every call, in order.
        public var calls: [String] = []

        /// An empty script.
        public init() {}
    }

    /// A posted note.
    public struct Note: Hashable, Sendable {
        /// Its HTML.
        public let html: String
        /// Where it stands.
        public let target: NoteTarget
    }

    private let script: Mutex<Script>

    /// Starts with a script.
    public init(_ script: Script = Script()) {
        self.script = Mutex(script)
    }

    /// Looks at the script or changes it.
    public func edit<Value: Sendable>(_ body: (inout Script) -> Value) -> Value {
        script.withLock { script in body(&script) }
    }

    /// Every call, in order.
    public var calls: [String] { edit { $0.calls } }
    /// The posted notes.
    public var notes: [Note] { edit { $0.notes } }

    /// How often a method was called.
    public func count(_ method: String) -> Int { calls.filter { $0 == method || $0.hasPrefix("\(method) ") }.count }

    func begin(_ method: String, _ detail: String = "", access: PipedriveAccess? = nil) throws {
        let failure: CRMFailure? = edit { script in
            script.calls.append(detail.isEmpty ? method : "\(method) \(detail)")
            if let access, script.refusedTokens.contains(access.accessToken.reveal()) {
                return CRMFailure(.unauthorized, status: 401, reason: "The token was refused")
            }
            guard var list = script.failures[method], !list.isEmpty else { return nil }
            let next = list.removeFirst()
            script.failures[method] = list
            return next
        }
        if let failure { throw failure }
    }

    // MARK: OAuth

    /// The consent page, with the state in it.
    public func authorizeURL(state: String) -> String { "https://oauth.pipedrive.com/oauth/authorize?state=\(state)" }

    /// The script's credentials.
    public func exchange(code: Secret, now: Date) async throws -> Credentials {
        try begin("exchange", code.reveal())
        return edit { $0.credentials }
    }

    /// The script's credentials.
    public func refresh(_ refreshToken: Secret, now: Date) async throws -> Credentials {
        try begin("refresh", refreshToken.reveal())
        return edit { $0.credentials }
    }

    /// Only recorded.
    public func revoke(_ refreshToken: Secret) async throws { try begin("revoke", refreshToken.reveal()) }

    /// The script's user.
    public func currentUser(_ access: PipedriveAccess) async throws -> PipedriveUser {
        try begin("currentUser", access: access)
        return edit { $0.user }
    }

    // MARK: Records, deals and notes

    /// Asks for the call first, as every request does. A page by its position; the cursor is the next one's.
    public func page(_ kind: RecordKind, cursor: String?, access: PipedriveAccess) async throws -> FetchedPage {
        try await access.allowance?.spend(tokens: 10)
        try begin("page", "\(kind.rawValue) \(cursor ?? "first")", access: access)
        if let cursor, edit({ $0.refusedPages.contains(cursor) }) {
            throw CRMFailure(
                .transient(mayHaveTakenEffect: false, retryAfterSeconds: nil), status: 503, reason: "Not available")
        }
        let position = cursor.flatMap { Int($0) } ?? 0
        let pages = edit { $0.pages[kind] } ?? []
        let empty: RecordPage =
            switch kind {
            case .organization: .organizations([])
            case .person: .persons([])
            case .product: .products([])
            }
        let next = position + 1 < pages.count ? "\(position + 1)" : nil
        return FetchedPage(
            page: pages.indices.contains(position) ? pages[position] : empty, nextCursor: next, tokenCost: 10)
    }

    /// The script's record; an empty page for any other.
    public func record(_ kind: RecordKind, id: Int64, access: PipedriveAccess) async throws -> RecordPage {
        try begin("record", "\(kind.rawValue):\(id)", access: access)
        return edit { $0.records["\(kind.rawValue):\(id)"] } ?? .persons([])
    }

    /// The script's deal.
    public func dealContext(_ id: Deal.ID, access: PipedriveAccess) async throws -> DealContext? {
        try begin("dealContext", "\(id)", access: access)
        return edit { $0.deals[id] }
    }

    /// The script's deal, in short.
    public func glance(_ id: Deal.ID, access: PipedriveAccess) async throws -> DealGlance? {
        try begin("glance", "\(id)", access: access)
        return edit { script in
            script.deals[id].map {
                DealGlance(
                    id: id, title: $0.deal.title, personID: $0.deal.personID, organizationID: $0.deal.organizationID)
            }
        }
    }

    /// The script's deals.
    public func deals(
        in pipeline: Pipeline.ID?, updatedSince: Date, access: PipedriveAccess
    ) async throws -> [StagedDeal] {
        let place = pipeline.map { "\($0)" } ?? "all"
        try begin("deals", "\(place) \(Int(updatedSince.timeIntervalSince1970))", access: access)
        return edit { $0.staged }
    }

    /// Those of the script's deals.
    public func deals(_ ids: [Deal.ID], access: PipedriveAccess) async throws -> [StagedDeal] {
        try begin("dealsByID", ids.map { "\($0)" }.joined(separator: ","), access: access)
        return edit { script in script.staged.filter { ids.contains($0.id) } }
    }

    /// The script's pipelines.
    public func pipelines(access: PipedriveAccess) async throws -> [Pipeline] {
        try begin("pipelines", access: access)
        return edit { $0.pipelines }
    }

    /// Asks for the call first, as every request does; keeps the note.
    public func postNote(html: String, target: NoteTarget, access: PipedriveAccess) async throws -> Int64 {
        try await access.allowance?.spend(tokens: 10)
        do {
            try begin("postNote", access: access)
        } catch {
            edit { if $0.postsDespiteFailure { $0.notes.append(Note(html: html, target: target)) } }
            throw error
        }
        return edit { script in
            script.notes.append(Note(html: html, target: target))
            return Int64(script.notes.count)
        }
    }

    /// The position of the note that holds the text, counted from 1.
    public func findNote(containing text: String, target: NoteTarget, access: PipedriveAccess) async throws -> Int64? {
        try begin("findNote", text, access: access)
        return edit { script in
            script.notes.firstIndex { $0.target == target && $0.html.contains(text) }.map { Int64($0 + 1) }
        }
    }

    /// Where the script says that the lead went; the lead itself otherwise.
    public func target(ofLead id: String, access: PipedriveAccess) async throws -> NoteTarget? {
        try begin("lead", id, access: access)
        return edit { $0.leads[id] } ?? .lead(id)
    }

    // MARK: Webhooks

    /// Keeps the subscription.
    public func subscribe(
        object: String, url: String, endpoint: WebhookEndpoint, access: PipedriveAccess
    ) async throws -> WebhookSubscription {
        try begin("subscribe", object, access: access)
        return edit { script in
            let made = WebhookSubscription(
                id: WebhookSubscription.ID(Int64(100 + script.calls.count)), object: object, url: url)
            script.webhooks.append(made)
            return made
        }
    }

    /// What is subscribed.
    public func subscriptions(access: PipedriveAccess) async throws -> [WebhookSubscription] {
        try begin("subscriptions", access: access)
        return edit { $0.webhooks }
    }

    /// Forgets the subscription.
    public func unsubscribe(_ id: WebhookSubscription.ID, access: PipedriveAccess) async throws {
        try begin("unsubscribe", "\(id)", access: access)
        edit { script in script.webhooks.removeAll { $0.id == id } }
    }

    /// What the script says the body reads as.
    public func decode(_ body: [UInt8]) -> WebhookEvent? { edit { $0.decoded[body] } }
}
