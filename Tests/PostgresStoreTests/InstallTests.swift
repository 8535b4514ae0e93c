import Domain
import FoundationEssentials
import Postgres
import PostgresTestSupport
import Sodium
import Testing

@Suite(.enabled(if: TestDatabase.isAvailable, "\(TestDatabase.skipReason)"))
struct InstallTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let expiry = now.addingTimeInterval(600)

    @Test func `a state works once, for the session that asked`() throws {
        try withStores { stores throws in
            let (state, session) = (RandomBytes.make(32), RandomBytes.make(32))
            try stores.pages { try $0.installs.insert(stateHash: state, sessionHash: session, expiresAt: Self.expiry) }
            func take(_ hash: [UInt8]) throws -> [UInt8]? {
                try stores.pages { try $0.installs.take(stateHash: hash, now: Self.now) }
            }
            #expect(try take(RandomBytes.make(32)) == nil)
            #expect(try take(state) == session)
            #expect(try take(state) == nil)
        }
    }

    @Test func `of callbacks at the same time one gets the state`() throws {
        try withStores { stores throws in
            let state = RandomBytes.make(32)
            try stores.pages {
                try $0.installs.insert(stateHash: state, sessionHash: [1], expiresAt: Self.expiry)
            }
            let taken = race(8) { _ in try stores.pages { try $0.installs.take(stateHash: state, now: Self.now) } }
            #expect(taken.allSatisfy { $0.failure == nil })
            #expect(taken.compactMap { $0.value ?? nil } == [[1]])
        }
    }

    @Test func `an expired state is worth nothing, and is used up by the try`() throws {
        try withStores { stores throws in
            try stores.pages { try $0.installs.insert(stateHash: [1], sessionHash: [2], expiresAt: Self.expiry) }
            #expect(try stores.pages { try $0.installs.take(stateHash: [1], now: Self.expiry) } == nil)
            #expect(try stores.pages { try $0.installs.take(stateHash: [1], now: Self.now) } == nil)
        }
    }

    @Test func `a parked install is opened by its ticket until it expires or is thrown away`() throws {
        try withStores { stores throws in
            let (ticket, user) = (RandomBytes.make(32), PipedriveUser.number(5, isAdmin: false))
            try stores.pages {
                try $0.installs.park(.made("parked"), user: user, ticketHash: ticket, expiresAt: Self.expiry)
            }
            func parked(_ hash: [UInt8], _ now: Date = Self.now) throws -> (
                credentials: Credentials, user: PipedriveUser
            )? {
                try stores.pages { try $0.installs.parked(ticketHash: hash, now: now) }
            }
            for _ in 1...2 {
                let found = try #require(try parked(ticket))
                #expect(found.credentials == .made("parked"))
                #expect(found.user == user)
            }
            #expect(try parked(RandomBytes.make(32)) == nil)
            #expect(try parked(ticket, Self.expiry) == nil)
            try stores.pages { try $0.installs.discard(ticketHash: ticket) }
            #expect(try parked(ticket) == nil)
            #expect(try stores.number("select count(*) as value from vault.pending_install") == 0)
        }
    }

    @Test func `a parked install does not open under another ticket`() throws {
        try withStores { stores throws in
            for ticket in [[UInt8(1)], [2]] {
                try stores.pages {
                    try $0.installs.park(.made(), user: .number(5), ticketHash: ticket, expiresAt: Self.expiry)
                }
            }
            try stores.raw(
                """
                update vault.pending_install set access_token = other.access_token
                from vault.pending_install other
                where pending_install.ticket_hash = \([UInt8(1)]) and other.ticket_hash = \([UInt8(2)])
                """)
            #expect(throws: SodiumError.self) {
                try stores.pages { try $0.installs.parked(ticketHash: [1], now: Self.now) }
            }
            #expect(try stores.pages { try $0.installs.parked(ticketHash: [2], now: Self.now) } != nil)
        }
    }
}
