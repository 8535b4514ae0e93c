import Domain
import DomainTestSupport
import FoundationEssentials
import Testing

struct EmailAddressTests {
    @Test(arguments: [
        ("Anna@Klant.Example", "anna@klant.example"), ("  a@b.nl\r\n", "a@b.nl"), ("JÖRG@Müller.DE", "jörg@müller.de"),
        ("a+tag@b.co", "a+tag@b.co"), ("\u{a0}a@b.nl\u{a0}", "a@b.nl"),
    ])
    func `addresses are compared trimmed and case folded`(_ text: String, _ expected: String) {
        #expect(EmailAddress.normalized(text) == expected)
    }

    @Test(arguments: [
        "", "anna", "@b.nl", "anna@", "anna@nl", "a@b@c.nl", "a b@c.nl", "a@b c.nl", "a\u{0}@b.nl", "a\n@b.nl",
        "a\u{a0}b@c.nl", "a\u{85}b@c.nl", "a\u{2028}b@c.nl",
    ])
    func `what cannot be an address is none`(_ text: String) {
        #expect(EmailAddress.normalized(text) == nil)
    }

    @Test func `an address is at most 254 bytes`() {
        let domain = "@example.com"
        #expect(EmailAddress.normalized(String(repeating: "a", count: 254 - domain.count) + domain) != nil)
        #expect(EmailAddress.normalized(String(repeating: "a", count: 255 - domain.count) + domain) == nil)
    }
}

struct EventReferenceTests {
    @Test func `a reference is stable and has its form`() throws {
        let id = try #require(BookEvent.ID(text: "01890a5d-ac96-774b-bcce-b302099a8057"))
        #expect(EventReference(id).code == "084S-N02Q")
        #expect(EventReference(id) == EventReference(id))
        #expect(EventReference(.numbered(0)).description == "Ref 0000-0000")
        #expect(EventReference(.numbered(1)).description == "Ref 0000-0001")
        #expect(EventReference(.numbered(32)).description == "Ref 0000-0010")
        #expect(EventReference(.numbered(31)).description == "Ref 0000-000Z")
    }

    @Test func `references use Crockford's letters only, and differ`() {
        var random = SeededRandom(seed: 5)
        var seen: Set<String> = []
        for _ in 0..<5000 {
            func byte() -> UInt8 { UInt8.random(in: 0...255, using: &random) }
            let uuid = UUID(
                uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, byte(), byte(), byte(), byte(), byte()))
            let code = EventReference(BookEvent.ID(uuid)).code
            #expect(code.count == 9 && code.dropFirst(4).first == "-")
            #expect(code.allSatisfy { "0123456789ABCDEFGHJKMNPQRSTVWXYZ-".contains($0) }, "\(code)")
            seen.insert(code)
        }
        #expect(seen.count == 5000)
    }
}

struct NoteContentTests {
    private func html(_ kind: BookEvent.Kind, _ document: EventDocument = .fixture()) -> String? {
        NoteContent.html(
            kind: kind, document: document, link: "https://paydock.example/q/t?a=1&b=2",
            reference: EventReference(.numbered(1)))
    }

    @Test(arguments: [
        (BookEvent.Kind.quoteSent, "📧 Quote sent"), (.quoteViewed, "👁️ Quote viewed"),
        (.quoteAccepted, "Quote accepted"), (.invoiceSent, "📨 Invoice sent"), (.invoicePaid, "💰 Payment received"),
        (.invoiceOverdue, "⚠️ Invoice overdue"),
    ])
    func `a note starts with exactly the event's text`(_ kind: BookEvent.Kind, _ text: String) throws {
        let note = try #require(html(kind))
        #expect(note.utf8.starts(with: "\(text)<br>".utf8))
    }

    @Test func `number, amount, customer, link and reference follow`() {
        #expect(
            html(.quoteSent) == "📧 Quote sent<br><b>Q2026-0001</b> · € 121,00<br>Anna de Vries<br>"
                + "<a href=\"https://paydock.example/q/t?a=1&amp;b=2\">Open quote</a><br>Ref 0000-0001")
        #expect(html(.invoicePaid, .fixture(isQuote: false))?.contains(">Open invoice</a>") == true)
    }

    @Test func `other events are never posted`() {
        for kind in BookEvent.Kind.allCases where kind.noteText == nil { #expect(html(kind) == nil) }
        #expect(BookEvent.Kind.allCases.filter { $0.noteText != nil }.count == 6)
    }

    @Test func `customer text cannot become markup`() throws {
        let note = try #require(html(.quoteSent, .fixture(contactName: "<script>alert('1')</script> & \"Co\"")))
        #expect(note.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;Co&quot;"))
        #expect(!note.contains("<script"))
    }

    @Test func `a sign is escaped also when a combining mark follows it`() {
        #expect(NoteContent.escape("\"\u{301}") == "&quot;\u{301}")
        #expect(NoteContent.escape("<\u{200D}b>") == "&lt;\u{200D}b&gt;")
    }
}

struct SecretTests {
    @Test func `a secret never shows itself`() {
        let secret = Secret("sesame")
        var dumped = ""
        dump(secret, to: &dumped)
        let credentials = Credentials.fixture(accessToken: secret, refreshToken: secret)
        var nested = ""
        dump(credentials, to: &nested)
        let texts = [
            "\(secret)", secret.description, secret.debugDescription, String(reflecting: secret), dumped,
            "\(credentials)", String(reflecting: credentials), nested, "\(Optional(secret) as Any)",
            "\([secret])", "\(Mirror(reflecting: secret).children.map { "\($0)" })",
        ]
        for text in texts { #expect(!text.contains("sesame"), "\(text)") }
        #expect("\(secret)" == "<redacted>")
        #expect(secret.reveal() == "sesame")
        #expect(secret == Secret("sesame"))
    }
}
