import Domain
import Foundation
import Testing

@testable import Mail

/// What was written, read back by a parser that is not ours: Python's `email`, under its policy for mail of today.
struct ParsedMailTests {
    /// A letter as that parser understands it.
    private struct Parsed: Decodable, Equatable {
        /// Field names in order.
        let names: [String]
        let subject: String
        /// Display name and address of each recipient.
        let to: [[String]]
        let from: [[String]]
        let messageID: String
        let body: String
        let defects: Int
    }

    private static let parser = """
        import email, email.policy, json, sys
        out = []
        for text in json.load(sys.stdin):
            mail = email.message_from_bytes(text.encode(), policy=email.policy.default)
            party = lambda name: [[a.display_name, a.addr_spec] for a in mail[name].addresses]
            defects = list(mail.defects) + [d for _, v in mail.items() for d in v.defects]
            out.append({"names": mail.keys(), "subject": str(mail["Subject"]), "to": party("To"), "from": party("From"),
                "messageID": str(mail["Message-ID"]), "body": mail.get_content(), "defects": len(defects)})
        json.dump(out, sys.stdout)
        """

    private func parse(_ letters: [Letter]) async throws -> [Parsed] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "paydock-parse-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { _ = Result { try FileManager.default.removeItem(at: folder) } }
        let (input, output) = (folder.appending(path: "in"), folder.appending(path: "out"))
        let texts = try letters.map { String(decoding: try MIMEMessage($0).bytes, as: UTF8.self) }
        try JSONEncoder().encode(texts).write(to: input)
        let child = try ChildProcess(
            ["/bin/sh", "-c", "exec python3 -c \"$1\" < \"$2\" > \"$3\"", "sh", Self.parser, input.path, output.path],
            input: [])
        #expect(try await child.end(within: .seconds(60)) == .exited(0), "\(child.complaint())")
        return try JSONDecoder().decode([Parsed].self, from: Data(contentsOf: output))
    }

    private static let names = [
        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    ]

    /// What tries to end a field, to begin one, to end the head, or to be read as an encoded word or an address.
    private static let pieces = [
        "\r\n", "\n", "\r", "\r\n\r\n", "\u{0B}", "\u{0C}", "\u{1C}", "\u{85}", "\u{2028}", "\u{2029}", "\0", "\t", " ",
        "Bcc: all@victim.example", "Content-Type: text/html", "=?utf-8?Q?Bcc=3A_x?=", "=?utf-8?B?DQpCY2M6IHg=?=", "?=",
        "<eve@victim.example>", ",", ";", ":", "\"", "\\", "(", ")", "@", "é", "日本", "👩‍👧", "a", "Offerte", "=0D=0A",
        String(repeating: "x", count: 90), "\u{200D}", "\u{FEFF}", "%0d%0a",
    ]

    private static func spaced(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Character in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(scalars).split(separator: " ").joined(separator: " ")
    }

    @Test func `four hundred hostile letters have our fields only, our recipient, and say what they said`() async throws
    {
        var random = Dice()
        func text(_ most: Int) -> String {
            (0..<Int.random(in: 1...most, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }
                .joined()
        }
        let letters = (0..<400).map { _ in
            MIMEMessageTests.letter(subject: "S" + text(8), body: "B" + text(12) + ".", name: "N" + text(5))
        }
        for (letter, parsed) in zip(letters, try await parse(letters)) {
            #expect(parsed.names == Self.names && parsed.defects == 0, "\(letter)")
            #expect(Self.spaced(parsed.subject) == Self.spaced(letter.subject), "\(letter)")
            // That parser keeps the space between two encoded words of a name, which RFC 2047 has dropped.
            let name = parsed.to.first?.first?.filter { $0 != " " }
            #expect(name == Self.spaced(letter.recipient.name).filter { $0 != " " }, "\(letter)")
            #expect(parsed.to.map(\.last) == ["kim@acme.example"], "\(letter)")
            #expect(parsed.from == [["Bloem & Zn", "post@paydock.example"]], "\(letter)")
            #expect(parsed.messageID == "<\(letter.messageID)>", "\(letter)")
            let lines: (String) -> [Substring] = { $0.split(omittingEmptySubsequences: false) { $0.isNewline } }
            #expect(lines(parsed.body) == lines(letter.body + "\n"), "\(letter)")
        }
    }
}

/// The same throws in every run (SplitMix64).
private struct Dice: RandomNumberGenerator {
    private var state: UInt64 = 11

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
