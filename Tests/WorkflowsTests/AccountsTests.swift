import Domain
import DomainTestSupport
import FoundationEssentials
import Testing
import Workflows

struct AccountsTests {
    private let office = Office()

    private func logIn(_ email: String, _ password: String, from address: String = "192.0.2.1", at now: Date = .fixture)
        throws -> Accounts.Login
    {
        try office.accounts.logIn(email: email, password: Secret(password), remoteAddress: address, now: now)
    }

    @Test func `the right password opens a session for 14 days`() throws {
        let login = try logIn(" Anna@Noord.example ", "correct-password")
        let find: (Double) throws -> Session? = { days in
            try office.accounts.session(cookie: login.cookie, now: .fixture.addingTimeInterval(days * 86_400))
        }
        for day in [2.9, 5.8, 8.7, 11.6, 13.9] { #expect(try find(day) == login.session) }
        #expect(try find(14) == nil)
        #expect(login.session.member.email == "anna@noord.example")
        try office.accounts.logOut(login.session)
        #expect(try find(0) == nil)
        try office.accounts.logOut(login.session)
    }

    @Test func `a session that nobody uses for three days ends`() throws {
        let login = try logIn("anna@noord.example", "correct-password")
        #expect(try office.accounts.session(cookie: login.cookie, now: .fixture.addingTimeInterval(259_200)) == nil)
    }

    @Test func `an unknown address and a wrong password get one and the same sentence`() async {
        let unknown = await refusal { _ = try logIn("nobody@noord.example", "correct-password") }
        let wrong = await refusal { _ = try logIn("anna@noord.example", "wrong-password") }
        let malformed = await refusal { _ = try logIn("anna", "correct-password") }
        #expect(unknown?.code == .unauthorized)
        #expect(unknown == wrong)
        #expect(unknown == malformed)
    }

    @Test func `ten failures close the door for the account, from any address, for 15 minutes`() async throws {
        for round in 1...10 {
            let failed = await refusal { _ = try logIn("anna@noord.example", "wrong", from: "192.0.2.\(round)") }
            #expect(failed?.code == .unauthorized)
        }
        let closed = await refusal { _ = try logIn("anna@noord.example", "correct-password", from: "198.51.100.1") }
        #expect(closed?.code == .unavailable)
        _ = try logIn("anna@noord.example", "correct-password", at: .fixture.addingTimeInterval(901))
    }

    @Test func `ten failures close the door for the address, for any account`() async {
        for round in 1...10 { _ = await refusal { _ = try logIn("user\(round)@noord.example", "wrong") } }
        let closed = await refusal { _ = try logIn("anna@noord.example", "correct-password") }
        #expect(closed?.code == .unavailable)
    }

    @Test func `a new company has an owner, an API key and a login`() throws {
        let made = try office.accounts.createCompany(
            name: "Bloem", email: "Owner@Bloem.example", password: Secret("long enough"), currency: "usd", country: "de"
        )
        #expect(made.email == "owner@bloem.example")
        #expect(made.apiKey.reveal().hasPrefix("ftj_"))
        #expect(try office.accounts.company(apiKey: made.apiKey) == made.id)
        #expect(try office.accounts.company(apiKey: Secret("ftj_other")) == nil)
        let login = try logIn("owner@bloem.example", "long enough")
        #expect(login.session.company.id == made.id)
        #expect(login.session.company.currency == .usd)
        #expect(login.session.company.country == "DE")
        #expect(login.session.member.role == .owner)
    }

    @Test(arguments: [
        ("Bloem", "no address", "long enough", "EUR", "NL", "email"),
        ("Bloem", "a@b.nl", "short", "EUR", "NL", "password"),
        ("", "a@b.nl", "long enough", "EUR", "NL", "name"), ("  ", "a@b.nl", "long enough", "EUR", "NL", "name"),
        ("Bloem", "a@b.nl", "long enough", "EURO", "NL", "currency"),
        ("Bloem", "a@b.nl", "long enough", "EUR", "N1", "country"),
    ])
    func `what is wrong with a new company is named`(
        _ name: String, _ email: String, _ password: String, _ currency: String, _ country: String, _ field: String
    ) async {
        let failed = await refusal {
            _ = try office.accounts.createCompany(
                name: name, email: email, password: Secret(password), currency: currency, country: country)
        }
        #expect(failed?.code == .invalid)
        #expect(failed?.fields.keys.sorted() == [field])
        #expect(office.storage.read { $0.tenants.count } == 1)
    }

    @Test func `an address has one account, and a refused company leaves nothing behind`() async {
        let failed = await refusal {
            _ = try office.accounts.createCompany(
                name: "Twin", email: "ANNA@noord.example", password: Secret("long enough"))
        }
        #expect(failed?.code == .conflict)
        #expect(office.storage.read { $0.tenants.count } == 1)
    }

    @Test func `a new password ends the member's sessions`() throws {
        let login = try logIn("anna@noord.example", "correct-password")
        try office.accounts.resetPassword(email: "Anna@noord.example", password: Secret("another one"))
        #expect(try office.accounts.session(cookie: login.cookie, now: .fixture) == nil)
        _ = try logIn("anna@noord.example", "another one")
        #expect(throws: Refusal.self) { try logIn("anna@noord.example", "correct-password") }
    }

    @Test func `signing up logs in, and is throttled by address`() async throws {
        for round in 1...10 {
            let login = try office.accounts.signUp(
                company: "C\(round)", email: "c\(round)@x.example", password: Secret("long enough"),
                remoteAddress: "192.0.2.7", now: .fixture)
            #expect(login.session.company.name == "C\(round)")
        }
        let closed = await refusal {
            _ = try office.accounts.signUp(
                company: "C", email: "c@x.example", password: Secret("long enough"), remoteAddress: "192.0.2.7",
                now: .fixture)
        }
        #expect(closed?.code == .unavailable)
    }
}
