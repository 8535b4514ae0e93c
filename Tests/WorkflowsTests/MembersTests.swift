import Domain
import DomainTestSupport
import FoundationEssentials
import Synchronization
import Testing
import Workflows

struct MembersTests {
    private let office = Office()
    private let owner = Session.fixture()
    private let outbox = Outbox()

    private final class Outbox: Mailer {
        private let letters = Mutex<[Letter]>([])
        var all: [Letter] { letters.withLock { $0 } }
        func send(_ letter: Letter) async -> MailOutcome {
            letters.withLock { $0.append(letter) }
            return .sent
        }
    }

    private func members(isMailing: Bool = true) -> Members {
        Members(
            storage: office.storage, secrets: office.secrets, accounts: office.accounts, isMailing: isMailing)
    }

    /// Hands the newest link's mail over, and gives the token that stands in it.
    private func token(_ path: String) async throws -> Secret {
        let subject = try #require(office.messages(.mail).last?.new.subject)
        let link = try #require(AccountLink.named(by: subject))
        let delivery = AccountLinkDelivery(
            storage: office.storage, mailer: outbox, secrets: office.secrets, senderAddress: "support@paydock.example",
            publicURL: "https://paydock.example", clock: { .fixture })
        #expect(try await delivery.deliver(link, company: office.company).isCompleted)
        let body = try #require(outbox.all.last?.body)
        let lines = body.split(separator: "\n").map(String.init)
        let address = try #require(lines.first { $0.hasPrefix("https://paydock.example\(path)/") })
        return Secret(try #require(address.split(separator: "/").last.map(String.init)))
    }

    @Test func `a forgotten password is replaced by a mailed link, once, and sessions end`() async throws {
        let login = try office.accounts.logIn(
            email: "anna@noord.example", password: Secret("correct-password"), remoteAddress: nil, now: .fixture)
        try members().forgot(email: " Anna@noord.example", remoteAddress: "192.0.2.1", now: .fixture)
        let token = try await token("/forgot")
        #expect(outbox.all.map(\.recipient.address) == ["anna@noord.example"])
        let short = await refusal {
            try members().use(token, purpose: .reset, password: Secret("short"), now: .fixture)
        }
        #expect(short?.code == .invalid)
        #expect(try members().link(token, purpose: .invitation, now: .fixture) == nil)
        let late = Date.fixture.addingTimeInterval(3600)
        #expect(try members().link(token, purpose: .reset, now: late) == nil)
        try members().use(token, purpose: .reset, password: Secret("another one"), now: .fixture)
        #expect(try office.accounts.session(cookie: login.cookie, now: .fixture) == nil)
        _ = try office.accounts.logIn(
            email: "anna@noord.example", password: Secret("another one"), remoteAddress: nil, now: .fixture)
        let again = await refusal {
            try members().use(token, purpose: .reset, password: Secret("a third one"), now: .fixture)
        }
        #expect(again?.code == .notFound)
    }

    @Test func `an unknown address is answered alike and mailed nothing, and asking is throttled`() async throws {
        for _ in 1...10 { try members().forgot(email: "nobody@x.example", remoteAddress: "192.0.2.1", now: .fixture) }
        #expect(office.messages(.mail).isEmpty)
        let closed = await refusal {
            try members().forgot(email: "anna@noord.example", remoteAddress: "192.0.2.1", now: .fixture)
        }
        #expect(closed?.code == .unavailable)
    }

    @Test func `a newer link takes the place of the one before`() async throws {
        try members().forgot(email: "anna@noord.example", remoteAddress: nil, now: .fixture)
        let first = try await token("/forgot")
        try members().forgot(email: "anna@noord.example", remoteAddress: nil, now: .fixture)
        #expect(try members().link(first, purpose: .reset, now: .fixture) == nil)
    }

    @Test func `an invited person chooses a password and is a member`() async throws {
        #expect(try members().invite(email: "Bo@x.example", role: .member, session: owner, now: .fixture) == nil)
        let token = try await token("/invitation")
        try members().use(token, purpose: .invitation, password: Secret("long enough"), now: .fixture)
        let login = try office.accounts.logIn(
            email: "bo@x.example", password: Secret("long enough"), remoteAddress: nil, now: .fixture)
        #expect(login.session.member.role == .member)
        #expect(login.session.company.id == office.company)
        let taken = await refusal {
            _ = try members().invite(email: "bo@x.example", role: .owner, session: owner, now: .fixture)
        }
        #expect(taken?.code == .conflict)
    }

    @Test func `without mail the invitation's token is shown, and no message waits`() throws {
        let token = try #require(
            try members(isMailing: false).invite(email: "bo@x.example", role: .member, session: owner, now: .fixture))
        #expect(office.messages(.mail).isEmpty)
        #expect(try members().link(token, purpose: .invitation, now: .fixture)?.link.email == "bo@x.example")
    }

    @Test func `only owners manage members, and an owner stays`() async throws {
        let plain = Session.fixture(member: .fixture(role: .member))
        for attempt in [
            { _ = try members().invite(email: "a@x.example", role: .member, session: plain, now: .fixture) },
            { try members().remove(owner.member.id, session: plain) },
            { try members().change(owner.member.id, to: .member, session: plain) },
        ] { #expect(await refusal { try attempt() }?.code == .forbidden) }
        #expect(await refusal { try members().remove(owner.member.id, session: owner) }?.code == .conflict)
        #expect(await refusal { try members().change(owner.member.id, to: .member, session: owner) }?.code == .conflict)
    }

    @Test func `a new password needs the old one, and ends the other sessions only`() async throws {
        func logIn() throws -> Accounts.Login {
            try office.accounts.logIn(
                email: "anna@noord.example", password: Secret("correct-password"), remoteAddress: nil, now: .fixture)
        }
        let (here, there) = (try logIn(), try logIn())
        let wrong = await refusal {
            try members().changePassword(
                from: Secret("wrong"), to: Secret("another one"), session: here.session, now: .fixture)
        }
        #expect(wrong?.code == .invalid)
        try members().changePassword(
            from: Secret("correct-password"), to: Secret("another one"), session: here.session, now: .fixture)
        #expect(try office.accounts.session(cookie: here.cookie, now: .fixture) != nil)
        #expect(try office.accounts.session(cookie: there.cookie, now: .fixture) == nil)
    }
}
