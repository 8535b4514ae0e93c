import Domain
import FoundationEssentials
import Postgres
import PostgresStore
import PostgresTestSupport
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct ConnectionTests {
    private static func user(_ id: Int64) -> PipedriveUser.ID { PipedriveUser.ID(id) }

    @Test func `a company without a connection has none of anything`() throws {
        try withStores { stores throws in
            try stores.web { transaction throws in
                #expect(try transaction.connections.connection() == nil)
                #expect(try transaction.connections.grants() == [])
                #expect(try transaction.connections.credentials(user: Self.user(1)) == nil)
                #expect(try transaction.connections.endGrant(user: Self.user(1)) == nil)
                #expect(try transaction.connections.disconnect() == false)
            }
            #expect(try stores.everywhere { try $0.schedule.connected() } == [])
        }
    }

    @Test func `the first user owns the connection, a second one adds a grant`() throws {
        try withStores { stores throws in
            let first = try stores.connect(.number(1), credentials: .made("one"))
            #expect(first.companyID == stores.company)
            #expect(first.pipedriveCompanyID == PipedriveCompany.ID(77) && first.pipedriveCompanyName == "Acme 77")
            #expect(first.ownerUserID == Self.user(1) && first.state == .live)
            let second = try stores.connect(.number(2, isAdmin: false), credentials: .made("two"))
            #expect(second == first)
            try stores.web { transaction throws in
                #expect(try transaction.connections.connection() == first)
                #expect(
                    try transaction.connections.grants() == [
                        Grant(userID: Self.user(1), userName: "User 1", isAdmin: true, state: .live),
                        Grant(userID: Self.user(2), userName: "User 2", isAdmin: false, state: .live),
                    ])
                #expect(try transaction.connections.credentials(user: Self.user(1)) == .made("one"))
                #expect(try transaction.connections.credentials(user: Self.user(2)) == .made("two"))
            }
            #expect(try stores.everywhere { try $0.schedule.connected() } == [stores.company])
        }
    }

    @Test func `installing again is harmless and takes the new credentials`() throws {
        try withStores { stores throws in
            let first = try stores.connect(credentials: .made("old"))
            #expect(try stores.connect(credentials: .made("new")) == first)
            try stores.web { transaction throws in
                #expect(try transaction.connections.grants().count == 1)
                #expect(try transaction.connections.credentials(user: Self.user(1)) == .made("new"))
            }
        }
    }

    @Test func `a refused owner has to reconnect, and whoever does is the owner`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1))
            try stores.connect(.number(2))
            try stores.cron {
                _ = try $0.connections.markReconnect(user: Self.user(2), refused: Credentials.made().refreshToken)
            }
            #expect(try stores.web { try $0.connections.connection() }?.state == .live)
            try stores.cron {
                _ = try $0.connections.markReconnect(user: Self.user(1), refused: Credentials.made().refreshToken)
            }
            try stores.web { transaction throws in
                #expect(try transaction.connections.connection()?.state == .reconnect)
                #expect(try transaction.connections.grants().map(\.state) == [.dead, .dead])
            }
            #expect(try stores.everywhere { try $0.schedule.connected() } == [])
            let renewed = try stores.connect(.number(2))
            #expect(renewed.state == .live && renewed.ownerUserID == Self.user(2))
            #expect(try stores.web { try $0.connections.grants() }.map(\.state) == [.live, .dead])
        }
    }

    @Test func `when the owner's grant ends, the oldest live admin takes over`() throws {
        try withStores { stores throws in
            for (id, isAdmin) in [(9, true), (8, false), (7, true), (6, true)] as [(Int64, Bool)] {
                try stores.connect(.number(id, isAdmin: isAdmin))
            }
            try stores.cron {
                _ = try $0.connections.markReconnect(user: Self.user(7), refused: Credentials.made().refreshToken)
            }
            let after = try stores.web { try $0.connections.endGrant(user: Self.user(9)) }
            #expect(after?.ownerUserID == Self.user(6) && after?.state == .live)
            try stores.web { transaction throws in
                #expect(try transaction.connections.credentials(user: Self.user(9)) == nil)
                #expect(try transaction.connections.credentials(user: Self.user(6)) != nil)
                #expect(try transaction.connections.grants().map(\.userID.rawValue) == [6, 9, 8, 7])
                #expect(try transaction.connections.grants().map(\.state) == [.live, .ended, .live, .dead])
            }
        }
    }

    @Test func `the end of another's grant leaves the owner, and with no admin left the connection is over`() throws {
        try withStores { stores throws in
            for (id, isAdmin) in [(1, true), (2, false), (3, true)] as [(Int64, Bool)] {
                try stores.connect(.number(id, isAdmin: isAdmin))
            }
            try stores.web { transaction throws in
                #expect(try transaction.connections.endGrant(user: Self.user(3))?.ownerUserID == Self.user(1))
                let after = try transaction.connections.endGrant(user: Self.user(1))
                #expect(after?.state == .disconnected)
            }
            #expect(try stores.everywhere { try $0.schedule.connected() } == [])
        }
    }

    @Test func `disconnecting ends all of it once, and connecting again revives it`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1))
            try stores.connect(.number(2))
            let endpoint = WebhookEndpoint(path: "p", user: Secret("u"), password: Secret("w"))
            try stores.web { transaction throws in
                _ = try transaction.settings.webhookEndpoint(new: endpoint)
                try transaction.settings.save(subscriptions: [
                    WebhookSubscription(id: WebhookSubscription.ID(4), object: "deal", url: "https://x")
                ])
            }
            let run = try stores.cron {
                try $0.sync.start(.manual, mode: .full)
            }
            try stores.web { transaction throws in
                #expect(try transaction.connections.disconnect())
                #expect(try !transaction.connections.disconnect())
                #expect(try transaction.connections.connection()?.state == .disconnected)
                #expect(try transaction.connections.grants().map(\.state) == [.ended, .ended])
                #expect(try transaction.settings.subscriptions() == [])
            }
            #expect(try stores.storage.receive(path: "p", basicHash: nil, body: []) == .ignored)
            #expect(try stores.number("select count(*) as value from vault.credentials") == 0)
            #expect(try stores.cron { try $0.sync.recentRuns() }.map(\.state) == [.cancelled])
            #expect(try stores.cron { try $0.sync.position(try #require(run)) } == nil)
            let again = try stores.connect(.number(2))
            #expect(again.state == .live && again.ownerUserID == Self.user(2))
            #expect(try stores.storage.receive(path: "p", basicHash: nil, body: []) == .unauthorized)
            #expect(try stores.web { try $0.connections.grants() }.map(\.state) == [.live, .ended])
        }
    }

    @Test func `another Pipedrive company has grants and an owner of its own`() throws {
        try withStores { stores throws in
            try stores.connect(.number(1, company: 77))
            let other = try stores.connect(.number(2, company: 88))
            #expect(other.pipedriveCompanyID == PipedriveCompany.ID(88) && other.ownerUserID == Self.user(2))
            #expect(try stores.web { try $0.connections.grants() }.map(\.userID) == [Self.user(2)])
        }
    }

    @Test func `installs at the same time make one connection with one owner`() throws {
        try withStores { stores throws in
            let made = race(8) { index in try stores.connect(.number(Int64(index) + 1)) }
            #expect(made.allSatisfy { $0.failure == nil })
            #expect(Set(made.compactMap { $0.value?.id }).count == 1)
            #expect(Set(made.compactMap { $0.value?.ownerUserID }).count == 1)
            #expect(try stores.web { try $0.connections.grants() }.count == 8)
        }
    }

    @Test func `the audit trail keeps what happened`() throws {
        try withStores { stores throws in
            try stores.web { try $0.connections.audit("connected", detail: "by user 1") }
            try stores.cron { try $0.connections.audit("refresh refused", detail: "expired") }
            let lines = try stores.raw("select action, detail from pipedrive.audit order by id")
            #expect(try lines.map { try $0.string("action") } == ["connected", "refresh refused"])
            #expect(try lines.map { try $0.string("detail") } == ["by user 1", "expired"])
        }
    }
}
