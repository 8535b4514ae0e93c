public import Domain
import FoundationEssentials

/// A letter as the bytes that the sendmail interface reads: RFC 5322 with the encodings of RFC 2045 and 2047.
///
/// Nothing in a letter can add a header field: control characters never reach one, and addresses that would need
/// quoting are refused. Lines end in LF, as the interface has it; none is longer than 76 bytes but an address's.
public struct MIMEMessage: Hashable, Sendable {
    /// The whole message.
    public let bytes: [UInt8]

    /// Why a letter can't become a message.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// The address is none, or one that only quoting could carry.
        case address

        /// One line; without the address.
        public var description: String { "The e-mail address can't stand in a mail" }
    }

    /// Writes a letter. Throws `Failure`.
    public init(_ letter: Letter) throws(Failure) {
        var fields = [
            "Date: \(MailDate.text(letter.date))",
            "From: \(try Self.party(letter.sender))",
            "To: \(try Self.party(letter.recipient))",
        ]
        if let replyTo = letter.replyTo { fields.append("Reply-To: \(try Self.party(replyTo))") }
        guard Self.isPlain(letter.messageID) else { throw .address }
        fields += [
            "Subject: \(HeaderText.unstructured(letter.subject))",
            "Message-ID: <\(letter.messageID)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        bytes = Array((fields.joined(separator: "\n") + "\n\n").utf8) + QuotedPrintable.encode(letter.body)
    }

    private static func party(_ party: Letter.Party) throws(Failure) -> String {
        guard isPlain(party.address) else { throw .address }
        let phrase = HeaderText.phrase(party.name)
        return phrase.isEmpty ? party.address : "\(phrase)\n <\(party.address)>"
    }

    // A dot-atom on both sides of one @, as RFC 5322 has it without quoting; at most the 254 bytes of RFC 5321.
    private static func isPlain(_ address: String) -> Bool {
        let sides = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return address.utf8.count <= 254 && sides.count == 2
            && sides.allSatisfy { side in
                side.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                    .allSatisfy { !$0.isEmpty && $0.allSatisfy(HeaderText.isAtomByte) }
            }
    }
}

/// Text inside header fields.
enum HeaderText {
    /// The subject: as it is where that is safe, else as encoded words.
    static func unstructured(_ text: String) -> String {
        let line = oneLine(text)
        return fits(line) ? line : encodedWords(line)
    }

    /// A name: quoted where that is enough, else as encoded words.
    static func phrase(_ text: String) -> String {
        let line = oneLine(text)
        guard !line.isEmpty else { return "" }
        guard fits(line) else { return encodedWords(line) }
        let quoted = line.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(quoted)\""
    }

    /// Every control character and line end becomes a space; of spaces one stays.
    private static func oneLine(_ text: String) -> String {
        let spaced = text.unicodeScalars.map { scalar -> Character in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(spaced).split(separator: " ").joined(separator: " ")
    }

    private static func fits(_ line: String) -> Bool {
        line.utf8.count <= 60 && !line.contains("=?") && line.utf8.allSatisfy { (32...126).contains($0) }
    }

    // RFC 2047: words of at most 75 bytes, never split inside a character, folded between words. 39 bytes of text make
    // a word of 64 bytes, so that the field's name fits on the first line too.
    private static func encodedWords(_ line: String) -> String {
        var words: [[UInt8]] = [[]]
        for scalar in line.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > 39 { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { "=?utf-8?B?\(Data($0).base64EncodedString())?=" }.joined(separator: "\n ")
    }

    /// RFC 5322's atext, ASCII only.
    static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }
}

/// RFC 2045, section 6.7.
enum QuotedPrintable {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes text; any kind of line end becomes LF, and the text ends in one.
    static func encode(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            append(Array(line.utf8), to: &result)
            result.append(UInt8(ascii: "\n"))
        }
        return result
    }

    private static func append(_ line: [UInt8], to result: inout [UInt8]) {
        // Lines that begin so are changed by mail programs on their way.
        let isTouchy = line.first == UInt8(ascii: ".") || line.starts(with: "From ".utf8)
        var width = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            let isPlain =
                isBlank ? !isLast : (33...126).contains(byte) && byte != UInt8(ascii: "=") && !(isTouchy && index == 0)
            let piece = isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            if width + piece.count > (isLast ? 76 : 75) {
                result += [UInt8(ascii: "="), UInt8(ascii: "\n")]
                width = 0
            }
            result += piece
            width += piece.count
        }
    }
}

/// The date of a header: `Tue, 24 Nov 2026 04:16:00 +0000`.
enum MailDate {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970.rounded(.down))
        let day = CalendarDay(dayNumber: Int((Double(seconds) / 86_400).rounded(.down)))
        let parts = day.description.split(separator: "-").compactMap { Int($0) }
        let ofDay = seconds - day.dayNumber * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let weekday = days[((day.dayNumber + 4) % 7 + 7) % 7]
        return "\(weekday), \(parts[2]) \(months[parts[1] - 1]) \(parts[0]) "
            + "\(two(ofDay / 3600)):\(two(ofDay / 60 % 60)):\(two(ofDay % 60)) +0000"
    }
}
