import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct UpkeepTests {
    @Test func `the sweep's place only moves on`() throws {
        try withStores { stores throws in
            let (early, late) = (Date(timeIntervalSince1970: 1_000), Date(timeIntervalSince1970: 2_000))
            try stores.web { try $0.settings.save(.initial) }
            #expect(try stores.cron { try $0.upkeep.sweptThrough() } == nil)
            for (moment, expected) in [(early, early), (late, late), (early, late)] {
                try stores.cron { try $0.upkeep.save(sweptThrough: moment) }
                #expect(try stores.cron { try $0.upkeep.sweptThrough() } == expected)
            }
            try stores.web { try $0.settings.save(.initial) }
            #expect(try stores.cron { try $0.upkeep.sweptThrough() } == late)
        }
    }

    @Test func `live grants that were not refreshed for long are found`() throws {
        try withStores { stores throws in
            for id in [Int64(1), 2, 3] { try stores.connect(.number(id)) }
            func idle() throws -> [Int64] {
                try stores.cron { try $0.upkeep.idleGrants(seconds: 3_600) }.map(\.rawValue)
            }
            #expect(try idle() == [])
            try stores.raw(
                "update vault.credentials set updated_at = clock_timestamp() - interval '2 hours' where user_id <> 2")
            #expect(try idle() == [1, 3])
            try stores.cron {
                _ = try $0.connections.markReconnect(
                    user: PipedriveUser.ID(3), refused: Credentials.made().refreshToken)
            }
            #expect(try idle() == [1])
            try stores.connect(.number(1))
            #expect(try idle() == [])
            try stores.raw("update vault.credentials set updated_at = clock_timestamp() - interval '2 hours'")
            _ = try stores.web { try $0.connections.disconnect() }
            #expect(try idle() == [])
        }
    }

    @Test func `the audit trail is shown newest first`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            try stores.web(other) { try $0.connections.audit("theirs", detail: "") }
            for action in ["one", "two", "three"] {
                try stores.web { try $0.connections.audit(action, detail: "detail of \(action)") }
            }
            let lines = try stores.web { try $0.upkeep.audit(limit: 2) }
            #expect(lines.map(\.action) == ["three", "two"])
            #expect(lines.map(\.detail) == ["detail of three", "detail of two"])
        }
    }

    @Test func `records that wait for a person are counted and grouped by reason`() throws {
        try withStores { stores throws in
            try stores.connect()
            _ = try stores.web { try $0.addContact("Linked", emails: ["linked@example.com"]) }
            try stores.sync(.persons([.number(1, "Linked", emails: ["linked@example.com"])]))
            try stores.sync(
                .persons([
                    .number(2, "Zoe", emails: ["info@example.com"]),
                    .number(3, "Taken", emails: ["linked@example.com"]),
                    .number(4, "Bob", emails: ["info@example.com"]),
                ]))
            #expect(try stores.web { try $0.attention.count() } == 3)
            let records = try stores.web { try $0.attention.records(limit: 9) }
            #expect(records.map(\.name) == ["Bob", "Zoe", "Taken"])
            #expect(records.map(\.recordID) == [4, 2, 3] && records.allSatisfy { $0.kind == .person })
            #expect(records[0].reason == records[1].reason && records[1].reason != records[2].reason)
            #expect(try stores.web { try $0.attention.records(limit: 1) }.count == 1)
            let other = try stores.makeCompany()
            #expect(try stores.web(other) { try $0.attention.count() } == 0)
        }
    }

    @Test func `a replaced password ends the member's sessions, and nobody else's`() throws {
        try withStores { stores throws in
            let other = try stores.makeCompany()
            func email(_ company: Company.ID) -> String { "owner@\(company.text).example" }
            let tokens = [stores.company: RandomBytes.make(32), other: RandomBytes.make(32)]
            let now = Date(timeIntervalSince1970: 1_800_000_000)
            for (company, token) in tokens {
                try stores.web(company) { transaction throws in
                    let member = try #require(try transaction.accounts.member(email: email(company))).member
                    try transaction.accounts.insert(
                        session: token, csrfToken: Secret("c"), member: member.id, now: now,
                        expiresAt: now.addingTimeInterval(60))
                }
            }
            #expect(
                try stores.cron { try $0.members.replacePassword(email: email(other), hash: Secret("x"), keeping: nil) }
                    == false)
            #expect(
                try stores.cron {
                    try $0.members.replacePassword(email: email(stores.company), hash: Secret("new"), keeping: nil)
                })
            let member = try stores.web { try $0.accounts.member(email: email(stores.company)) }
            #expect(member?.passwordHash == Secret("new"))
            for (company, token) in tokens {
                let session = try stores.web(company) {
                    try $0.accounts.session(tokenHash: token, now: now, idleSeconds: 3600)
                }
                #expect((session != nil) == (company == other))
                let found = try stores.pages { try $0.directory.company(sessionHash: token) }
                #expect(found == (company == other ? other : nil))
            }
        }
    }
}
