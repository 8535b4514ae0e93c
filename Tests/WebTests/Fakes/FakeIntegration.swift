import Domain
import FoundationEssentials

struct FakeAccounts: DirectoryStore, AccountStore {
    let tables: Tables

    private func company(if isKnown: Bool) -> Company.ID? { isKnown ? tables.company.id : nil }

    func company(apiKeyHash: [UInt8]) throws -> Company.ID? {
        company(if: apiKeyHash == FakeSecrets.hash(Tables.apiKey))
    }
    func company(loginEmail: String) throws -> Company.ID? { company(if: loginEmail == tables.member.email) }
    func company(sessionHash: [UInt8]) throws -> Company.ID? { company(if: tables.sessions[sessionHash] != nil) }
    func company(publicTokenHash: [UInt8]) throws -> Company.ID? {
        let tokens = tables.quotes.map(\.publicToken) + tables.invoices.map(\.publicToken)
        return company(if: tokens.contains { FakeSecrets.hash($0) == publicTokenHash })
    }
    func company(webhookPath: String) throws -> Company.ID? { company(if: webhookPath == Tables.webhookPath) }
    func company(linkHash: [UInt8]) throws -> Company.ID? {
        company(if: tables.accountLinks.contains { $0.tokenHash == linkHash })
    }
    func company(pipedriveCompany: PipedriveCompany.ID) throws -> Company.ID? {
        company(if: pipedriveCompany.rawValue == 77)
    }
    func claim(pipedriveCompany: PipedriveCompany.ID) throws {}

    func create(company: Company, owner: Member, passwordHash: Secret, apiKeyHash: [UInt8]) throws {
        guard owner.email != tables.member.email else {
            throw Refusal(.conflict, "This e-mail address has a login already.")
        }
        throw NotServed()
    }
    func company() throws -> Company? { tables.company }
    func member(email: String) throws -> (member: Member, passwordHash: Secret)? {
        email == tables.member.email ? (tables.member, Secret("hash of secret-password")) : nil
    }
    func insert(
        session tokenHash: [UInt8], csrfToken: Secret, member: Member.ID, now: Date, expiresAt: Date
    ) throws {
        tables.sessions[tokenHash] = Session(
            member: tables.member, company: tables.company, csrfToken: csrfToken, tokenHash: tokenHash)
    }
    func session(tokenHash: [UInt8], now: Date, idleSeconds: Double) throws -> Session? { tables.sessions[tokenHash] }
    func delete(session tokenHash: [UInt8]) throws { tables.sessions[tokenHash] = nil }
    func countLoginFailure(key: String, now: Date) throws -> Int {
        tables.loginFailures += 1
        return tables.loginFailures
    }
    func loginFailures(key: String, now: Date) throws -> Int { tables.loginFailures }
}

struct FakeInstalls: InstallStore {
    let tables: Tables

    func insert(stateHash: [UInt8], sessionHash: [UInt8], expiresAt: Date) throws {
        tables.states[stateHash] = sessionHash
    }
    func take(stateHash: [UInt8], now: Date) throws -> [UInt8]? { tables.states.removeValue(forKey: stateHash) }
    func park(_ credentials: Credentials, user: PipedriveUser, ticketHash: [UInt8], expiresAt: Date) throws {
        tables.parked[ticketHash] = user
    }
    func parked(ticketHash: [UInt8], now: Date) throws -> (credentials: Credentials, user: PipedriveUser)? {
        tables.parked[ticketHash].map { (FakeOAuth.credentials, $0) }
    }
    func discard(ticketHash: [UInt8]) throws { tables.parked[ticketHash] = nil }
}

struct FakeConnections: ConnectionStore {
    let tables: Tables

    func connection() throws -> Connection? { tables.connection }
    func connect(user: PipedriveUser, credentials: Credentials) throws -> Connection {
        let connection = Connection(
            id: Connection.ID(tables.freshID()), companyID: tables.company.id, pipedriveCompanyID: user.companyID,
            pipedriveCompanyName: user.companyName, ownerUserID: user.id, state: .live, connectedAt: tables.now)
        tables.connection = connection
        return connection
    }
    func grants() throws -> [Grant] {
        tables.connection.map {
            [Grant(userID: $0.ownerUserID, userName: "Bo", isAdmin: tables.grantIsAdmin, state: .live)]
        } ?? []
    }
    func markReconnect(user: PipedriveUser.ID, refused: Secret) throws -> Connection? { throw NotServed() }
    func endGrant(user: PipedriveUser.ID) throws -> Connection? {
        tables.connection = nil
        return nil
    }
    func disconnect() throws -> Bool {
        defer { tables.connection = nil }
        return tables.connection != nil
    }
    func credentials(user: PipedriveUser.ID) throws -> Credentials? { FakeOAuth.credentials }
    func audit(_ action: String, detail: String) throws {}
}

struct FakeSettings: SettingsStore {
    let tables: Tables

    func settings() throws -> IntegrationSettings { tables.settings }
    func save(_ settings: IntegrationSettings) throws { tables.settings = settings }
    func pipelines() throws -> [Pipeline] { tables.pipelines }
    func save(pipelines: [Pipeline]) throws { tables.pipelines = pipelines }
    func webhookEndpoint(new: WebhookEndpoint) throws -> WebhookEndpoint { new }
    func save(subscriptions: [WebhookSubscription]) throws {}
    func subscriptions() throws -> [WebhookSubscription] { [] }
}

struct FakeInbox: InboxStore {
    let tables: Tables

    func body(_ id: Int64) throws -> [UInt8]? { throw NotServed() }
    func isFirst(eventID: String) throws -> Bool { throw NotServed() }
}

extension FakeStorage: WebhookStore {
    func receive(path: String, basicHash: [UInt8]?, body: [UInt8]) throws -> WebhookVerdict {
        if tables.isDown { throw Down() }
        if let refusal = tables.refusal { throw refusal }
        guard path == Tables.webhookPath else { return .unknown }
        guard tables.webhookIsLive else { return .ignored }
        guard basicHash == FakeSecrets.hash("hook:secret") else { return .unauthorized }
        tables.webhookBodies.append(body)
        return .stored
    }
}

struct FakeSync: SyncStore, SyncLogStore {
    let tables: Tables

    func start(_ cause: SyncRun.Cause, mode: SyncRun.Mode, plan: SyncRun.ID?) throws -> SyncRun.ID? {
        guard !(tables.runs + tables.previews).contains(where: { $0.state == .running }) else { return nil }
        tables.started.append("\(mode.rawValue)\(plan.map { " of \($0.text)" } ?? "")")
        return SyncRun.ID(tables.freshID())
    }
    func run(_ id: SyncRun.ID) throws -> SyncRun? { (tables.runs + tables.previews).first { $0.id == id } }
    func preview() throws -> SyncRun? { tables.previews.first }
    func isCurrent(_ preview: SyncRun.ID) throws -> Bool { tables.currentPreview == preview }
    func changes(of run: SyncRun.ID?, after: Int64?, limit: Int) throws -> [SyncChange] {
        let ours = tables.changes[run] ?? []
        return Array(ours.filter { change in after.map { change.id > $0 } ?? true }.prefix(limit))
    }
    func samples(of run: SyncRun, limit: Int) throws -> [SyncChange] { tables.changes[run.id] ?? [] }
    func position(_ id: SyncRun.ID) throws -> SyncPosition? { throw NotServed() }
    func stage(_ page: RecordPage, run: SyncRun.ID, readAt: Date, next: SyncCheckpoint, tokenCost: Int) throws {
        throw NotServed()
    }
    func restart(_ id: SyncRun.ID, _ kind: RecordKind) throws -> Bool { throw NotServed() }
    func move(_ id: SyncRun.ID, to next: SyncCheckpoint, tokenCost: Int) throws { throw NotServed() }
    func finish(_ id: SyncRun.ID, _ state: SyncRun.State, outcome: String?) throws { throw NotServed() }
    func wait(_ id: SyncRun.ID, for reason: String) throws { throw NotServed() }
    func recentRuns() throws -> [SyncRun] { tables.runs }
    func forgetLists() throws {
        // No page shows which lists were read.
    }
    func forgetOutdatedPairs() throws {
        // No page shows what was last synced.
    }
    func contact(_ kind: RecordKind, recordID: Int64) throws -> Contact.ID? {
        tables.links["\(kind.rawValue):\(recordID)"]
    }
}

/// What the drainers do, and what the pages ask them for.
struct FakeSyncWork: SyncPolicyStore, PairStore, SyncTaskStore, TouchedRecordStore, VariationStore {
    let tables: Tables

    func due(_ run: SyncRun.ID, limit: Int) throws -> [CatalogItem] { throw NotServed() }
    func due(_ products: [CatalogItem]) throws -> [CatalogItem] { throw NotServed() }
    func linked(_ products: [Int64]) throws -> [Int64] { throw NotServed() }
    func keep(asked products: [CatalogItem], having: Set<Int64>, run: SyncRun.ID?) throws { throw NotServed() }
    func spare(_ preview: SyncRun.ID) throws { throw NotServed() }

    func policy() throws -> SyncPolicy? {
        guard tables.connection != nil else { return nil }
        return SyncPolicy(
            rules: tables.settings.directions.mapValues { SyncRule($0, since: tables.now) }, mapping: tables.mapping,
            customFields: tables.customFields, isApplied: tables.isApplied)
    }
    func save(mapping: FieldMapping) throws { tables.mapping = mapping }
    func save(customFields: [CustomField], of kind: RecordKind) throws {
        tables.customFields = tables.customFields.filter { $0.kind != kind } + customFields
    }
    func markApplied() throws { throw NotServed() }
    func clock() throws -> Date { throw NotServed() }
    func decide(_ kind: RecordKind, run: SyncRun.ID, after: Int64?, limit: Int) throws -> Int64? { throw NotServed() }
    func takeOver(_ fresh: FreshRecords) throws -> TakenOver { throw NotServed() }
    func unknown(_ kind: RecordKind, _ ids: [Int64]) throws -> [Int64] { throw NotServed() }
    func standing(_ local: UUID) throws -> LocalStanding? { throw NotServed() }
    func reserve(_ kind: RecordKind, locals: [UUID]) throws -> [RemoteCreation] { throw NotServed() }
    func settle(_ change: RemoteChange, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws { throw NotServed() }
    func settle(_ creation: RemoteCreation, _ outcome: RemoteOutcome, run: SyncRun.ID?) throws { throw NotServed() }
    func plan(_ kind: RecordKind, run: SyncRun.ID) throws { throw NotServed() }
    func tasks(_ kind: RecordKind, run: SyncRun.ID, creates: Bool, limit: Int) throws -> [SyncTask] {
        throw NotServed()
    }
    func finish(_ tasks: [SyncTask], of kind: RecordKind, run: SyncRun.ID) throws { throw NotServed() }
    func touch(_ kind: RecordKind, _ id: Int64, occurredAt: Date?) throws {
        tables.queued.append("record \(kind.rawValue) \(id)")
    }
    func take(_ kind: RecordKind, limit: Int) throws -> [TouchedRecord] { throw NotServed() }
    func isWaiting(_ kind: RecordKind) throws -> Bool { throw NotServed() }
    func forget(_ kind: RecordKind, _ records: [TouchedRecord]) throws { throw NotServed() }
    func letGo(_ kind: RecordKind, _ records: [TouchedRecord]) throws { throw NotServed() }
    func requeue() throws { throw NotServed() }
    func merge(_ kind: RecordKind, from loser: Int64, into survivor: Int64) throws { throw NotServed() }
}

struct FakeTriggers: TriggerStore {
    let tables: Tables

    func triggers() throws -> [QuoteTrigger] { tables.triggers }
    func save(_ trigger: QuoteTrigger) throws {
        guard tables.triggers.allSatisfy({ $0.id == trigger.id || $0.stageIDs.isDisjoint(with: trigger.stageIDs) })
        else { throw Refusal(.conflict, "Another trigger has one of these stages already.") }
        tables.triggers = tables.triggers.filter { $0.id != trigger.id } + [trigger]
    }
    func delete(_ id: QuoteTrigger.ID) throws -> Bool {
        defer { tables.triggers.removeAll { $0.id == id } }
        return tables.triggers.contains { $0.id == id }
    }
}

struct FakeDrafts: DraftStore, DraftRecordStore, DraftSpendStore {
    let tables: Tables

    func enter(_ entry: DealEntry, flood: FloodRule) throws -> EntryOutcome { throw NotServed() }
    func wake(_ deal: Deal.ID) throws -> Bool { throw NotServed() }
    func waiting(limit: Int) throws -> [WaitingDeal] { throw NotServed() }
    func release(dropping reason: String?) throws -> Int {
        tables.floodAnswers.append(reason)
        return tables.drafts.filter { $0.state == .held }.count
    }
    func draft(of deal: Deal.ID) throws -> QuoteDraft? { tables.drafts.first { $0.dealID == deal } }
    func ready(_ deal: Deal.ID, quote: Quote.ID, context: DealContext, drafter: String) throws { throw NotServed() }
    func fail(_ deal: Deal.ID, reason: String, waitsForContact: DealContext?) throws { throw NotServed() }
    func abandon(reason: String) throws -> Int { 0 }
    func recent() throws -> [QuoteDraft] { tables.drafts }
    func heldCount() throws -> Int { tables.drafts.filter { $0.state == .held }.count }

    func ask(_ deal: Deal.ID, comparedWith quote: Quote.ID?) throws -> DraftRecord.ID {
        guard tables.connection?.state == .live else { throw Refusal(.conflict, "Connect Pipedrive first.") }
        let id = DraftRecord.ID(tables.freshID())
        let record = DraftRecord(
            id: id, dealID: deal, purpose: quote == nil ? .trial : .comparison, state: .requested, quoteID: quote,
            requestedAt: tables.now)
        tables.draftRecords.insert(record, at: 0)
        return id
    }
    func record(_ id: DraftRecord.ID) throws -> DraftRecord? { tables.draftRecords.first { $0.id == id } }
    func keep(_ outcome: DraftOutcome, deal: Deal.ID, quote: Quote.ID) throws { throw NotServed() }
    func finish(_ id: DraftRecord.ID, _ outcome: DraftOutcome) throws -> Bool { throw NotServed() }
    func fail(_ id: DraftRecord.ID, reason: String) throws { throw NotServed() }
    func records(of quote: Quote.ID) throws -> [DraftRecord] { tables.draftRecords.filter { $0.quoteID == quote } }
    func trials() throws -> [DraftRecord] { tables.draftRecords.filter { $0.purpose == .trial } }
    func reserve(_ tokens: Int, limit: Int) throws -> Bool { throw NotServed() }
    func settle(reserved: Int, spent: Int) throws { throw NotServed() }
    func today() throws -> DraftSpend { DraftSpend(tokens: 0, questions: 0) }
}

extension FakeStorage: PanelStore {
    func panelView(
        _ subject: PanelSubject, company: PipedriveCompany.ID, user: PipedriveUser.ID, now: Date?
    ) throws -> PanelView {
        tables.panelSubject = subject
        return company.rawValue == 77 ? tables.panelView ?? .records(tables.company.id, []) : .disconnected
    }
}

struct FakeSnapshots: SnapshotStore, FigureStore {
    let tables: Tables

    func keep(_ deal: DealGlance) throws { throw NotServed() }
    func keep(_ page: RecordPage) throws { throw NotServed() }
    func deal(_ id: Deal.ID) throws -> DealGlance? { tables.dealGlance }
    func details(_ kind: RecordKind, _ id: Int64) throws -> ContactDetails? { tables.seenDetails }
    func link(_ kind: RecordKind, _ id: Int64, to contact: Contact.ID) throws -> Bool {
        guard tables.links["\(kind.rawValue):\(id)"] == nil else { return false }
        tables.links["\(kind.rawValue):\(id)"] = contact
        return true
    }
    func forget(now: Date?) throws -> Int { throw NotServed() }
    func differing() throws -> Int { throw NotServed() }
    func rebuild() throws -> Int { throw NotServed() }
    func foldPast() throws -> Int { throw NotServed() }
}

struct FakeQueue: QueueStore, ScheduleStore, ChoreStore {
    let tables: Tables

    func add(_ message: NewMessage) throws -> Bool {
        tables.queued.append("\(message.kind.rawValue) \(message.subject)")
        return true
    }
    func cancelWaiting(reason: String) throws -> Int { 0 }
    func wake() throws {}
    func connected() throws -> [Company.ID] { throw NotServed() }
    func withLapsedDocuments(now: Date?) throws -> [Company.ID] { throw NotServed() }
    func claim(_ name: String, everySeconds: Int) throws -> Bool { throw NotServed() }
    func secondsOverdue(_ name: String) throws -> Double? { throw NotServed() }
}
