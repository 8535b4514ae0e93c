import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct InstallsTests {
    private let office = Office()
    private let session = Session.fixture()
    private let code = Secret("code-1")

    private func begin(_ session: Session?) throws -> String {
        let url = try office.installs.authorizeURL(session: session, now: .fixture)
        return String(url.drop { $0 != "=" }.dropFirst())
    }
    private func callback(
        _ state: String?, _ session: Session?, at now: Date = .fixture
    ) async throws -> Installs.Outcome {
        try await office.installs.callback(code: code, state: state, session: session, now: now)
    }
    private func park() async throws -> Secret {
        guard case .pending(let ticket) = try await callback(nil, nil) else {
            Issue.record("The install was not parked")
            return Secret("")
        }
        return ticket
    }

    @Test func `an install from PayDock connects, makes the webhooks' endpoint and asks for them`() async throws {
        guard case .connected(let connection) = try await callback(try begin(session), session) else {
            Issue.record("It was parked")
            return
        }
        let tenant = office.storage.tenant
        #expect(connection.state == .live)
        #expect(tenant.connection == connection)
        #expect(tenant.credentials[PipedriveUser.ID(5)]?.accessToken == Secret("access-2"))
        #expect(tenant.endpoint != nil)
        #expect(office.messages(.subscribe).map(\.new.subject) == [connection.id.text, "fields"])
        #expect(tenant.runs.isEmpty)
        #expect(tenant.audit.map(\.action) == ["connected"])
        #expect(office.pipedrive.calls == ["exchange code-1", "currentUser"])
    }

    @Test func `a connection that nothing was synced with yet is previewed at once`() async throws {
        office.storage.tenant.isApplied = false
        _ = try await callback(try begin(session), session)
        #expect(office.storage.tenant.runs.map(\.mode) == [.preview])
        #expect(office.messages(.sync).count == 1)
    }

    @Test func `a state works once`() async throws {
        let state = try begin(session)
        _ = try await callback(state, session)
        guard case .already = try await callback(state, session) else {
            Issue.record("A reload connected once more")
            return
        }
        #expect(office.pipedrive.count("exchange") == 1)
    }

    @Test func `a state is good for ten minutes, and an unknown one for nothing`() async throws {
        let state = try begin(session)
        let late = Date.fixture.addingTimeInterval(600)
        #expect(await refusal { _ = try await callback(state, session, at: late) }?.code == .invalid)
        #expect(await refusal { _ = try await callback("made up", session) }?.code == .invalid)
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test func `another session cannot finish an install, nor can the first one afterwards`() async throws {
        let state = try begin(session)
        let foreign = Session.fixture(tokenHash: [9])
        #expect(await refusal { _ = try await callback(state, foreign) }?.code == .forbidden)
        #expect(await refusal { _ = try await callback(state, session) }?.code == .invalid)
        let other = try begin(session)
        #expect(await refusal { _ = try await callback(other, nil) }?.code == .forbidden)
        #expect(office.storage.tenant.connection == nil)
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a callback without our session's state parks, even when somebody is logged in`(
        _ isLoggedIn: Bool
    ) async throws {
        let state = isLoggedIn ? nil : try begin(nil)
        guard case .pending(let ticket) = try await callback(state, isLoggedIn ? session : nil) else {
            Issue.record("It was joined without asking")
            return
        }
        #expect(office.storage.tenant.connection == nil)
        let pending: (Double) throws -> PipedriveUser? = {
            try office.installs.pending(ticket: ticket, now: .fixture.addingTimeInterval($0))
        }
        #expect(try pending(3599)?.companyName == "Acme Pipes")
        #expect(try pending(3600) == nil)
    }

    @Test func `a confirmed install is joined, once`() async throws {
        let ticket = try await park()
        let connection = try office.installs.confirm(ticket: ticket, session: session, now: .fixture)
        #expect(connection.pipedriveCompanyID == PipedriveCompany.ID(77))
        #expect(office.storage.tenant.connection?.state == .live)
        #expect(office.storage.read { $0.parked.isEmpty })
        let again = await refusal {
            _ = try office.installs.confirm(ticket: ticket, session: session, now: .fixture)
        }
        #expect(again?.code == .notFound)
    }

    @Test func `only an owner connects`() async throws {
        let member = Session.fixture(member: .fixture(role: .member))
        let ticket = try await park()
        let refused = await refusal { _ = try office.installs.confirm(ticket: ticket, session: member, now: .fixture) }
        #expect(refused?.code == .forbidden)
        #expect(office.storage.tenant.connection == nil)
    }

    @Test func `another Pipedrive company than the connected one conflicts, and changes nothing`() async throws {
        office.storage.connect(.fixture(pipedriveCompanyID: PipedriveCompany.ID(78), pipedriveCompanyName: "Other"))
        let refused = await refusal { _ = try await callback(try begin(session), session) }
        #expect(refused?.code == .conflict)
        #expect(refused?.message.contains("Other") == true)
        #expect(office.storage.tenant.connection?.pipedriveCompanyID == PipedriveCompany.ID(78))
        #expect(office.messages(.subscribe).isEmpty)
    }

    @Test func `a Pipedrive company belongs to one PayDock company`() async throws {
        let other = Company.ID.numbered(9)
        office.storage.edit { $0.tenants[other] = Tenant(company: .fixture(id: other)) }
        office.storage.connect(.fixture(companyID: other, ownerUserID: PipedriveUser.ID(6)))
        #expect(await refusal { _ = try await callback(try begin(session), session) }?.code == .conflict)
        #expect(office.storage.tenant.connection == nil)
        #expect(office.storage.tenant.credentials.isEmpty)
        #expect(office.storage.tenant.revocations.values.map { $0.reveal() } == ["refresh-2"], "nobody may use it")
        office.storage.connect(.fixture(companyID: other, ownerUserID: PipedriveUser.ID(5)))
        #expect(await refusal { _ = try await callback(try begin(session), session) }?.code == .conflict)
        let renewed = office.storage.read { $0.tenants[other]?.credentials[PipedriveUser.ID(5)] }
        #expect(renewed?.refreshToken == Secret("refresh-2"), "authorising again made the other company's worthless")
    }

    @Test func `another Pipedrive company than last time is asked about, and its trigger starts afresh`() async throws {
        office.storage.connect(
            .fixture(pipedriveCompanyID: PipedriveCompany.ID(78), pipedriveCompanyName: "Old", state: .disconnected))
        office.storage.tenant.triggers = [.fixture()]
        office.storage.tenant.mapping = FieldMapping(vatNumber: "vat")
        office.storage.tenant.customFields = [
            .organization: [CustomField(kind: .organization, code: "vat", name: "BTW", type: "varchar", options: [])]
        ]
        guard case .pending(let ticket) = try await callback(try begin(session), session) else {
            Issue.record("It was joined without asking")
            return
        }
        #expect(office.storage.tenant.connection?.pipedriveCompanyID == PipedriveCompany.ID(78))
        let user = try #require(try office.installs.pending(ticket: ticket, now: .fixture))
        #expect(try office.installs.replaced(by: user, session: session) == "Old")
        _ = try office.installs.confirm(ticket: ticket, session: session, now: .fixture)
        #expect(office.storage.tenant.connection?.pipedriveCompanyID == PipedriveCompany.ID(77))
        #expect(office.storage.tenant.triggers.isEmpty)
        #expect(office.storage.tenant.mapping == FieldMapping(), "the codes of the other company's fields mean nothing")
        #expect(office.storage.tenant.customFields.values.filter { !$0.isEmpty }.isEmpty)
        #expect(office.storage.tenant.outdatedPairs == 1)
        #expect(office.storage.tenant.forgottenLists == 1)
    }

    @Test func `after a disconnect all lists are read again, at once`() async throws {
        office.storage.connect(.fixture(state: .disconnected))
        office.storage.tenant.triggers = [.fixture()]
        office.storage.tenant.mapping = FieldMapping(vatNumber: "vat")
        _ = try await callback(try begin(session), session)
        let tenant = office.storage.tenant
        #expect(tenant.forgottenLists == 1)
        #expect(tenant.runs.map(\.mode) == [.full] && office.messages(.sync).count == 1)
        #expect(office.messages(.sweep).count == 1)
        #expect(tenant.outdatedPairs == 0 && tenant.mapping.vatNumber == "vat" && tenant.triggers.count == 1)
    }

    @Test func `after a disconnect before anything was applied there is a preview still`() async throws {
        office.storage.connect(.fixture(state: .disconnected))
        office.storage.tenant.isApplied = false
        _ = try await callback(try begin(session), session)
        #expect(office.storage.tenant.runs.map(\.mode) == [.preview])
    }

    @Test func `a member adds a grant to a working connection, and makes none`() async throws {
        let member = Session.fixture(member: .fixture(role: .member))
        #expect(await refusal { _ = try begin(member) }?.code == .forbidden)
        office.storage.connect(.fixture(ownerUserID: PipedriveUser.ID(6)))
        guard case .connected(let connection) = try await callback(try begin(member), member) else {
            Issue.record("It was parked")
            return
        }
        #expect(connection.ownerUserID == PipedriveUser.ID(6))
        #expect(office.storage.tenant.forgottenLists == 0 && office.storage.tenant.runs.isEmpty)
    }

    @Test func `a reconnect lets waiting messages go on`() async throws {
        office.storage.connect(.fixture(state: .reconnect))
        try office.queue(.note, "1")
        office.storage.edit { $0.messages[0].dueInSeconds = 60 }
        _ = try await callback(try begin(session), session)
        #expect(office.messages(.note).first?.dueInSeconds == 0)
        #expect(office.storage.tenant.connection?.state == .live)
    }

    @Test func `a refused exchange is a sentence that helps`() async throws {
        office.pipedrive.edit { $0.failures["exchange"] = [.refusedGrant, .serverError] }
        let used = await refusal { _ = try await callback(try begin(session), session) }
        #expect(used?.code == .invalid)
        #expect(used?.message.contains("was used before") == true)
        let down = await refusal { _ = try await callback(try begin(session), session) }
        #expect(down?.code == .unavailable)
        #expect(down?.message.contains("Not available") == true)
    }
}

struct EndingTests {
    private let office = Office.connected()
    private let session = Session.fixture()

    private func uninstall(_ authorization: String?, company: Int64 = 77, user: Int64 = 5) throws {
        try office.installs.uninstalled(
            authorization: authorization, companyID: PipedriveCompany.ID(company), userID: PipedriveUser.ID(user))
    }

    @Test(arguments: [nil, "", "Bearer x", basic("client:wrong"), basic("client"), "Basic !!!"])
    func `an uninstall without the client's credentials is refused`(_ header: String?) async {
        #expect(await refusal { try uninstall(header) }?.code == .unauthorized)
        #expect(office.storage.tenant.connection?.state == .live)
    }

    @Test func `an uninstall ends the connection, cancels what waits, and may come twice`() throws {
        try office.queue(.note, "1")
        try uninstall(basic("client:secret"))
        #expect(office.storage.tenant.connection?.state == .disconnected)
        #expect(office.storage.tenant.credentials.isEmpty)
        #expect(office.messages(.note).map(\.state) == [.cancelled])
        try uninstall(basic("client:secret"))
        try uninstall(basic("client:secret"), company: 4711)
    }

    @Test func `an admin's grant takes over: webhooks are made anew and a run catches up`() throws {
        office.storage.tenant.grants += [
            .fixture(userID: PipedriveUser.ID(6), isAdmin: false), .fixture(userID: PipedriveUser.ID(7)),
        ]
        try uninstall(basic("client:secret"))
        #expect(office.storage.tenant.connection?.state == .live)
        #expect(office.storage.tenant.connection?.ownerUserID == PipedriveUser.ID(7))
        #expect(office.messages(.subscribe).count == 1)
        #expect(office.storage.tenant.runs.map(\.state) == [.running])
    }

    @Test func `the end of another user's grant changes nothing else`() throws {
        office.storage.tenant.grants.append(.fixture(userID: PipedriveUser.ID(6)))
        try uninstall(basic("client:secret"), user: 6)
        #expect(office.storage.tenant.connection?.ownerUserID == PipedriveUser.ID(5))
        #expect(office.messages(.subscribe).isEmpty)
    }

    @Test func `a disconnect deletes the webhooks, revokes, and deletes the credentials`() async throws {
        office.storage.tenant.webhooks = [
            WebhookSubscription(id: WebhookSubscription.ID(1), object: "deal", url: "u"),
            WebhookSubscription(id: WebhookSubscription.ID(2), object: "person", url: "u"),
        ]
        try office.queue(.note, "1")
        #expect(try await office.installs.disconnect(session: session))
        #expect(office.pipedrive.calls.sorted() == ["revoke refresh-1", "unsubscribe 1", "unsubscribe 2"])
        #expect(office.storage.tenant.connection?.state == .disconnected)
        #expect(office.storage.tenant.credentials.isEmpty)
        #expect(office.storage.tenant.revocations.isEmpty)
        #expect(office.messages(.note).map(\.state) == [.cancelled])
        #expect(
            try await office.installs.disconnect(session: session), "twice is no error, and nothing is left to tell")
        #expect(office.pipedrive.count("revoke") == 1)
    }

    @Test func `what other users granted is revoked too, later`() async throws {
        office.storage.tenant.grants.append(.fixture(userID: PipedriveUser.ID(6)))
        office.storage.tenant.credentials[PipedriveUser.ID(6)] = .fixture(refreshToken: Secret("refresh-6"))
        #expect(try await !office.installs.disconnect(session: session))
        #expect(office.storage.tenant.revocations.values.map { $0.reveal() } == ["refresh-6"])
    }

    private func enter(_ deal: Int64) throws -> EntryOutcome {
        try office.storage.transaction(.cron(office.company)) {
            try $0.drafts.enter(DealEntry(dealID: Deal.ID(deal), triggerID: .numbered(60)), flood: FloodRule())
        }
    }

    @Test(arguments: [true, false])
    func `quotes that were asked for fail with the connection, and are asked for again after the next`(
        isUninstall: Bool
    ) async throws {
        #expect(try enter(7) == .requested)
        if isUninstall {
            try uninstall(basic("client:secret"))
        } else {
            _ = try await office.installs.disconnect(session: session)
        }
        #expect(office.messages(.draft).map(\.state) == [.cancelled])
        #expect(office.storage.tenant.drafts.map(\.state) == [.failed])
        #expect(office.storage.tenant.drafts.first?.reason?.hasPrefix("The connection was ended") == true)
        office.storage.connect()
        let staged = StagedDeal(
            id: Deal.ID(7), status: .open, stageID: Stage.ID(3), enteredAt: Date.fixture.addingTimeInterval(-60))
        office.pipedrive.edit { $0.staged = [staged] }
        _ = try await office.sweep.sweep(company: office.company)
        #expect(office.storage.tenant.drafts.map(\.state) == [.requested])
        #expect(office.messages(.draft).map(\.state) == [.cancelled, .available])
    }

    @Test func `a draft that finds its connection ended fails, and may be asked for again`() async throws {
        #expect(try enter(7) == .requested)
        office.storage.connect(.fixture(state: .disconnected))
        try await office.drainOnce()
        #expect(office.messages(.draft).map(\.state) == [.cancelled])
        #expect(office.storage.tenant.drafts.map(\.state) == [.failed])
        office.storage.connect()
        #expect(try enter(7) == .requested)
    }

    @Test func `held deals stay held while nothing is connected, and may be dropped`() async throws {
        try office.storage.transaction(.cron(office.company)) {
            _ = try $0.drafts.enter(DealEntry(dealID: Deal.ID(7)), flood: FloodRule(count: 0))
        }
        _ = try await office.installs.disconnect(session: session)
        let refused = await refusal { _ = try office.integration.answerFlood(drafts: true, company: office.company) }
        #expect(refused?.code == .conflict)
        #expect(office.storage.tenant.drafts.map(\.state) == [.held])
        #expect(office.messages(.draft).isEmpty)
        #expect(try office.integration.answerFlood(drafts: false, company: office.company) == 1)
        #expect(office.storage.tenant.drafts.map(\.state) == [.failed])
    }

    @Test func `a disconnect leaves mails alone`() async throws {
        try office.queue(.mail, "1")
        try office.queue(.note, "2")
        _ = try await office.installs.disconnect(session: session)
        #expect(office.messages(.mail).map(\.state) == [.available])
        #expect(office.messages(.note).map(\.state) == [.cancelled])
    }

    @Test func `a disconnect with Pipedrive down deletes the credentials all the same`() async throws {
        office.pipedrive.edit { $0.failures["revoke"] = [.serverError] }
        #expect(try await !office.installs.disconnect(session: session))
        #expect(office.storage.tenant.credentials.isEmpty)
        #expect(office.storage.tenant.connection?.state == .disconnected)
        #expect(office.storage.tenant.revocations.values.map { $0.reveal() } == ["refresh-1"])
        #expect(office.messages(.revoke).map(\.state) == [.available])
    }

    @Test func `an old access token does not keep the grant from being revoked`() async throws {
        office.storage.tenant.webhooks = [
            WebhookSubscription(id: WebhookSubscription.ID(1), object: "deal", url: "u")
        ]
        office.pipedrive.edit { $0.refusedTokens = ["access-1"] }
        #expect(try await office.installs.disconnect(session: session))
        #expect(office.pipedrive.count("revoke") == 1)
    }

    @Test func `only an owner disconnects`() async {
        let member = Session.fixture(member: .fixture(role: .member))
        #expect(await refusal { _ = try await office.installs.disconnect(session: member) }?.code == .forbidden)
        #expect(office.storage.tenant.connection?.state == .live)
    }

    @Test func `a kept token is revoked later, and destroyed only when Pipedrive was told`() async throws {
        office.storage.tenant.revocations = ["r": Secret("refresh-9")]
        office.pipedrive.edit { $0.failures["revoke"] = [.serverError] }
        guard case .snoozed = try await office.revoking.revoke("r", company: office.company) else {
            Issue.record("It did not wait")
            return
        }
        #expect(office.storage.tenant.revocations.count == 1)
        #expect(try await office.revoking.revoke("r", company: office.company).isCompleted)
        #expect(office.storage.tenant.revocations.isEmpty)
        #expect(try await office.revoking.revoke("r", company: office.company).words == "The token is gone")
        #expect(office.pipedrive.count("revoke") == 2)
    }
}
