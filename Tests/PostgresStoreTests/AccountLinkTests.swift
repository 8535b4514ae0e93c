import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Testing

/// Links that let a person in, and what is forgotten when its time is over.
@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct AccountLinkTests {
    private static let now = Date()
    private static let later = now.addingTimeInterval(3_600)

    private static func made(
        _ purpose: AccountLink.Purpose = .invitation, _ email: String = "bo@example.com",
        _ state: AccountLink.State = .waiting, until expiry: Date = later
    ) -> AccountLink {
        AccountLink(
            id: AccountLink.ID(UUID()), purpose: purpose, email: email,
            role: purpose == .invitation ? .member : nil, state: state, expiresAt: expiry)
    }

    private static func holder(_ hash: [UInt8], _ stores: Stores) throws -> Company.ID? {
        try stores.pages { try $0.directory.company(linkHash: hash) }
    }

    @Test func `a waiting link queues its mail, gets its token once, and is settled once`() throws {
        try withStores { stores throws in
            let link = Self.made()
            try stores.web { try $0.accountLinks.insert(link, tokenHash: nil) }
            #expect(
                try stores.text("select subject as value from queue.message where kind = 'mail'") == link.mailSubject)
            #expect(try stores.cron { try $0.accountLinks.arm(link.id, tokenHash: [1]) }?.state == .sending)
            #expect(try stores.cron { try $0.accountLinks.arm(link.id, tokenHash: [2]) } == nil)
            try stores.cron { try $0.accountLinks.settle(link.id, .sent, reason: nil) }
            try stores.cron { try $0.accountLinks.settle(link.id, .failed, reason: "late") }
            let found = try stores.web { try $0.accountLinks.link(tokenHash: [1], now: Self.now) }
            #expect(found?.state == .sent && found?.email == link.email && found?.role == .member)
            #expect(try stores.web { try $0.accountLinks.link(tokenHash: [1], now: Self.later) } == nil, "it has ended")
            #expect(try Self.holder([1], stores) == stores.company)
            #expect(try Self.holder([2], stores) == nil)
        }
    }

    @Test func `a newer link takes the earlier one's place, and its token is worth nothing`() throws {
        try withStores { stores throws in
            let (first, second) = (Self.made(.reset, until: Self.later), Self.made(.reset, until: Self.later))
            try stores.web { try $0.accountLinks.insert(first, tokenHash: nil) }
            _ = try stores.cron { try $0.accountLinks.arm(first.id, tokenHash: [1]) }
            try stores.web { try $0.accountLinks.insert(second, tokenHash: nil) }
            #expect(try stores.web { try $0.accountLinks.link(first.id) } == nil)
            #expect(try Self.holder([1], stores) == nil)
            let races = race(6) { index in
                try stores.web { try $0.accountLinks.insert(Self.made(.reset), tokenHash: [UInt8(10 + index)]) }
            }
            #expect(races.contains { $0.failure == nil })
            #expect(try stores.number("select count(*) as value from web.account_link") == 1)
        }
    }

    @Test func `a used link is gone with its token, and no company sees another's`() throws {
        try withStores { stores throws in
            let (link, other) = (Self.made(.invitation, "bo@example.com", .shown), try stores.makeCompany())
            try stores.web { try $0.accountLinks.insert(link, tokenHash: [3]) }
            try stores.web(other) { transaction throws in
                #expect(try transaction.accountLinks.link(link.id) == nil)
                #expect(try transaction.accountLinks.link(tokenHash: [3], now: Self.now) == nil)
                #expect(try transaction.accountLinks.invitations().isEmpty)
                #expect(try !transaction.accountLinks.remove(link.id))
            }
            #expect(try stores.web { try $0.accountLinks.invitations() }.map(\.id) == [link.id])
            #expect(try stores.web { try $0.accountLinks.remove(link.id) })
            #expect(try Self.holder([3], stores) == nil)
            #expect(try stores.web { try !$0.accountLinks.remove(link.id) })
        }
    }

    @Test func `what has run out is forgotten for all companies, with its sealed tokens; the rest stays`() throws {
        try withStores { stores throws in
            let (gone, other) = (Self.now.addingTimeInterval(-1), try stores.makeCompany())
            try stores.pages { transaction throws in
                for (hash, expiry) in [([UInt8(1)], gone), ([2], Self.later)] {
                    try transaction.installs.insert(stateHash: hash, sessionHash: [], expiresAt: expiry)
                    try transaction.installs.park(.made(), user: .number(5), ticketHash: hash, expiresAt: expiry)
                }
            }
            let weekAgo = Self.now.addingTimeInterval(-8 * 24 * 3_600)
            for (company, expiry) in [(stores.company, weekAgo), (other, Self.later)] {
                try stores.web(company) {
                    try $0.accountLinks.insert(
                        Self.made(.invitation, "\(company.text)@example.com", .shown, until: expiry),
                        tokenHash: Array(company.text.utf8))
                }
            }
            let forgotten = try stores.everywhere { try $0.accountLinks.forgetExpired(idleSeconds: 3_600) }
            #expect(forgotten == 3, "a state, a parked install, an old invitation")
            for table in ["web.oauth_state", "web.pending_install", "vault.pending_install", "web.account_link"] {
                #expect(try stores.number("select count(*) as value from \(unsafe: table)") == 1, "\(table)")
            }
            #expect(try Self.holder(Array(stores.company.text.utf8), stores) == nil)
            #expect(try Self.holder(Array(other.text.utf8), stores) == other)
        }
    }
}
