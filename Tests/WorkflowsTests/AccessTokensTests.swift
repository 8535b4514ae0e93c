import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct AccessTokensTests {
    private func office(secondsLeft: Double) -> Office {
        .connected(credentials: .fixture(expiresAt: .fixture.addingTimeInterval(secondsLeft)))
    }

    private func failure(_ body: () async throws -> Void) async -> CRMFailure? {
        await #expect(throws: CRMFailure.self) { try await body() }
    }

    @Test(arguments: [(300.0, "access-1", 0), (299.9, "access-2", 1), (-100, "access-2", 1)])
    func `a token within five minutes of its end is refreshed before it is used`(
        _ seconds: Double, _ token: String, _ refreshes: Int
    ) async throws {
        let office = office(secondsLeft: seconds)
        let access = try await office.tokens.access(company: office.company)
        #expect(access.accessToken == Secret(token))
        #expect(office.pipedrive.calls == Array(repeating: "refresh refresh-1", count: refreshes))
        #expect(
            office.storage.tenant.credentials[PipedriveUser.ID(5)]?.refreshToken.reveal()
                == (refreshes == 1 ? "refresh-2" : "refresh-1"))
    }

    @Test func `the origin of the API is taken over from each answer`() async throws {
        let office = office(secondsLeft: 0)
        let moved = APIOrigin(checked: "https://new.pipedrive.com")
        office.pipedrive.edit { $0.credentials = .fixture(accessToken: Secret("access-2"), apiOrigin: moved) }
        #expect(try await office.tokens.access(company: office.company).apiOrigin == moved)
    }

    @Test func `a refused token is refreshed once, and the call tried once more`() async throws {
        let office = office(secondsLeft: 3600)
        office.pipedrive.edit { $0.refusedTokens = ["access-1"] }
        let crm = office.pipedrive
        _ = try await office.tokens.calling(office.company) { try await crm.pipelines(access: $0) }
        #expect(office.pipedrive.calls == ["pipelines", "refresh refresh-1", "pipelines"])
    }

    @Test func `a token that is refused again ends the call, not the grant`() async throws {
        let office = office(secondsLeft: 3600)
        office.pipedrive.edit { $0.refusedTokens = ["access-1", "access-2"] }
        let crm = office.pipedrive
        let thrown = await failure {
            _ = try await office.tokens.calling(office.company) { try await crm.pipelines(access: $0) }
        }
        #expect(thrown?.kind == .unauthorized)
        #expect(office.pipedrive.calls == ["pipelines", "refresh refresh-1", "pipelines"])
        #expect(office.storage.tenant.connection?.state == .live)
    }

    @Test func `a token that somebody else refreshed meanwhile is not refreshed again`() async throws {
        let office = office(secondsLeft: 3600)
        let access = try await office.tokens.access(company: office.company, refused: Secret("access-0"))
        #expect(access.accessToken == Secret("access-1"))
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test func `a refused refresh asks for a reconnect`() async throws {
        let office = office(secondsLeft: 0)
        office.pipedrive.edit { $0.failures["refresh"] = [.refusedGrant] }
        let thrown = await failure { _ = try await office.tokens.access(company: office.company) }
        #expect(thrown?.kind == .unauthorized)
        #expect(office.storage.tenant.connection?.state == .reconnect)
        #expect(office.storage.tenant.grants.map(\.state) == [.dead])
        #expect(office.storage.tenant.audit.map(\.action) == ["refresh refused"])
        let later = await failure { _ = try await office.tokens.access(company: office.company) }
        #expect(later?.kind == .unauthorized)
        #expect(office.pipedrive.count("refresh") == 1)
    }

    @Test(arguments: [CRMFailure.serverError, .timeOut, CRMFailure(.wait(seconds: 9), status: 429, reason: "Slow")])
    func `a server in trouble never ends the grant`(_ trouble: CRMFailure) async throws {
        let office = office(secondsLeft: 0)
        office.pipedrive.edit { $0.failures["refresh"] = [trouble] }
        #expect(await failure { _ = try await office.tokens.access(company: office.company) } == trouble)
        #expect(office.storage.tenant.connection?.state == .live)
        #expect(office.storage.tenant.grants.map(\.state) == [.live])
        #expect(try await office.tokens.access(company: office.company).accessToken == Secret("access-2"))
    }

    @Test func `a connection that has to be made again gives no access`() async {
        let office = Office.connected()
        office.storage.connect(.fixture(state: .reconnect))
        #expect(await failure { _ = try await office.tokens.access(company: office.company) }?.kind == .unauthorized)
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test func `what still wants to call for an ended connection is cancelled`() async throws {
        let office = Office.connected()
        office.storage.connect(.fixture(state: .disconnected))
        try office.queue(.subscribe, "x")
        try await office.drainOnce()
        #expect(office.messages(.subscribe).map(\.state) == [.cancelled])
        #expect(office.pipedrive.calls.isEmpty)
    }

    @Test func `when the owner's token is refused, another admin's grant takes over and catches up`() async throws {
        let office = office(secondsLeft: 0)
        office.storage.tenant.grants.append(.fixture(userID: PipedriveUser.ID(7)))
        office.storage.tenant.credentials[PipedriveUser.ID(7)] = .fixture(accessToken: Secret("access-7"))
        office.pipedrive.edit { $0.failures["refresh"] = [.refusedGrant] }
        _ = await failure { _ = try await office.tokens.access(company: office.company) }
        #expect(office.storage.tenant.connection?.ownerUserID == PipedriveUser.ID(7))
        #expect(office.storage.tenant.connection?.state == .live)
        #expect(office.messages(.subscribe).count == 1)
        #expect(office.storage.tenant.runs.map(\.state) == [.running])
        #expect(try await office.tokens.access(company: office.company).accessToken == Secret("access-7"))
    }

    @Test func `an answer that names a host that is not allowed costs no message`() async {
        let office = office(secondsLeft: 0)
        office.pipedrive.edit { $0.failures["refresh"] = [CRMFailure(.rejected, status: 200, reason: "Host")] }
        let thrown = await failure { _ = try await office.tokens.access(company: office.company) }
        #expect(thrown?.kind == .wait(seconds: 900))
        #expect(office.storage.tenant.connection?.state == .live)
    }

    @Test func `an idle grant is refreshed before its time, and a dead one marked`() async throws {
        let office = office(secondsLeft: 3600)
        let user = PipedriveUser.ID(5)
        #expect(try await office.tokens.keepAlive(company: office.company, user: user).isCompleted)
        #expect(office.storage.tenant.credentials[user]?.accessToken == Secret("access-2"))
        office.pipedrive.edit { $0.failures["refresh"] = [.refusedGrant] }
        #expect(try await office.tokens.keepAlive(company: office.company, user: user).isCompleted)
        #expect(office.storage.tenant.connection?.state == .reconnect)
        let gone = try await office.tokens.keepAlive(company: office.company, user: PipedriveUser.ID(99))
        #expect(gone.words == "The grant has ended")
    }
}
