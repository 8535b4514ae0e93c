import Domain
import Foundation
import Testing

@testable import Mail

struct MIMEMessageTests {
    static func letter(
        subject: String = "Offer", body: String = "Hello", name: String = "Kim", address: String = "kim@acme.example",
        messageID: String = "7d2e@paydock.example"
    ) -> Letter {
        Letter(
            messageID: messageID, sender: Letter.Party(name: "Bloem & Zn", address: "post@paydock.example"),
            replyTo: nil, recipient: Letter.Party(name: name, address: address), subject: subject, body: body,
            date: Date(timeIntervalSince1970: 1_795_493_760))
    }

    private func text(_ letter: Letter) throws -> String {
        String(decoding: try MIMEMessage(letter).bytes, as: UTF8.self)
    }

    @Test func `a plain letter is written as the standards say`() throws {
        #expect(
            try text(Self.letter()) == """
                Date: Tue, 24 Nov 2026 04:16:00 +0000
                From: "Bloem & Zn"
                 <post@paydock.example>
                To: "Kim"
                 <kim@acme.example>
                Subject: Offer
                Message-ID: <7d2e@paydock.example>
                MIME-Version: 1.0
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                Hello

                """)
    }

    @Test(arguments: [
        "Hi\r\nBcc: all@victim.example", "Hi\nBcc: all@victim.example", "Hi\rBcc: x@victim.example",
        "Hi\u{2028}Bcc: x@victim.example", "Hi\u{85}Bcc: x@victim.example", "Hi\u{0B}Bcc: x", "Hi\0\nBcc: x",
    ])
    func `no subject and no name adds a field`(hostile: String) throws {
        for letter in [Self.letter(subject: hostile), Self.letter(name: hostile)] {
            let head = try #require(try text(letter).components(separatedBy: "\n\n").first)
            let names = head.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
            #expect(
                names == [
                    "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type",
                    "Content-Transfer-Encoding",
                ])
        }
    }

    @Test(arguments: [
        "a@b\nBcc: x@y.example", "two@parts@x.example", "no-at", "a b@x.example", "a@x.example, b@x.example",
        "<a@x.example>", "\"q q\"@x.example", "-@ü.example", "a..b@x.example", "@x.example", "a@", "",
    ])
    func `an address that needs quoting is refused`(address: String) {
        #expect(throws: MIMEMessage.Failure.address) { try MIMEMessage(Self.letter(address: address)) }
        #expect(throws: MIMEMessage.Failure.address) { try MIMEMessage(Self.letter(messageID: address)) }
    }

    @Test func `no line is longer than 76 bytes and every byte is ASCII`() throws {
        let long = String(repeating: "één €uro für 日本 ", count: 60)
        let bytes = try MIMEMessage(Self.letter(subject: long, body: long, name: long)).bytes
        #expect(bytes.allSatisfy { $0 < 127 && ($0 >= 32 || $0 == 10) })
        #expect(bytes.split(separator: 10).allSatisfy { $0.count <= 76 })
    }

    @Test func `encoded words hold whole characters and decode to the subject`() throws {
        let subject = String(repeating: "Offerte voor café ☕ nr 12 · ", count: 5).trimmingCharacters(in: .whitespaces)
        let message = try text(Self.letter(subject: subject))
        let field = try #require(message.range(of: "Subject: (.|\n )+", options: .regularExpression))
        var decoded = ""
        for word in message[field].dropFirst("Subject: ".count).components(separatedBy: "\n ") {
            let inside = word.dropFirst("=?utf-8?B?".count).dropLast(2)
            decoded += String(decoding: try #require(Data(base64Encoded: String(inside))), as: UTF8.self)
        }
        #expect(decoded == subject && !decoded.contains("\u{FFFD}"))
    }

    @Test func `the body comes out as it went in`() throws {
        let body = ".\n.dot\nFrom here\ntrailing \ntab\t\n= 100 %\n\n" + String(repeating: "x", count: 300) + "é\n"
        let encoded = String(decoding: QuotedPrintable.encode(body), as: UTF8.self)
        #expect(!encoded.split(separator: "\n").contains { $0.hasPrefix(".") || $0.hasPrefix("From ") })
        var bytes: [UInt8] = []
        var rest = Substring(encoded.replacingOccurrences(of: "=\n", with: ""))
        while let character = rest.utf8.first {
            if character == UInt8(ascii: "=") {
                bytes.append(try #require(UInt8(rest.dropFirst().prefix(2), radix: 16)))
                rest = rest.dropFirst(3)
            } else {
                bytes.append(character)
                rest = rest.dropFirst()
            }
        }
        #expect(String(decoding: bytes, as: UTF8.self) == body)
    }
}
