/// The claims of a token as nearly every sender writes them: one flat JSON object of texts without escapes, numbers and
/// words.
///
/// The panel reads a token at each request, and a general decoder takes longer for it than the database for the figures.
/// What is written in any other way is left to that decoder: this either knows, or says nothing.
struct PlainClaims {
    private(set) var companyID: Int64?
    private(set) var userID: Int64?
    /// Seconds since 1970.
    private(set) var expiresAt: Double?

    private var rest: ArraySlice<UInt8>

    /// Nil for whatever is not exactly of that form, or says one of the three twice.
    init?(_ json: [UInt8]) {
        rest = json[...]
        guard skip(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let name = text(), skip(UInt8(ascii: ":")), let value = value(), keep(value, as: name) else {
                return nil
            }
        } while skip(UInt8(ascii: ","))
        guard skip(UInt8(ascii: "}")) else { return nil }
        skipBlanks()
        guard rest.isEmpty else { return nil }
    }

    private enum Value {
        case text(Substring)
        case number(Substring)
        case word
    }

    private mutating func keep(_ value: Value, as name: Substring) -> Bool {
        switch name {
        case "companyId":
            guard companyID == nil, let id = Self.id(value) else { return false }
            companyID = id
        case "userId":
            guard userID == nil, let id = Self.id(value) else { return false }
            userID = id
        case "exp":
            guard expiresAt == nil, case .number(let digits) = value, let seconds = Double(digits) else { return false }
            expiresAt = seconds
        default: break
        }
        return true
    }

    // Pipedrive's samples have the ids both as numbers and as texts.
    private static func id(_ value: Value) -> Int64? {
        switch value {
        case .text(let digits), .number(let digits): Int64(digits)
        case .word: nil
        }
    }

    private mutating func value() -> Value? {
        skipBlanks()
        guard let first = rest.first else { return nil }
        switch first {
        case UInt8(ascii: "\""): return text().map { .text($0) }
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let digits = taken { $0 == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            // A fraction or an exponent is left to the decoder, as is what JSON does not take for a number.
            guard Int64(digits).map(String.init) == String(digits) else { return nil }
            return .number(digits)
        default:
            let word = taken { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            return ["true", "false", "null"].contains(word) ? .word : nil
        }
    }

    /// The text between quotation marks.
    private mutating func text() -> Substring? {
        guard skip(UInt8(ascii: "\"")) else { return nil }
        let text = taken { (32..<127).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        return text
    }

    private mutating func taken(while isMeant: (UInt8) -> Bool) -> Substring {
        let bytes = rest.prefix(while: isMeant)
        rest = rest[bytes.endIndex...]
        return Substring(decoding: bytes, as: UTF8.self)
    }

    /// Whether this comes next, after blanks; then it is behind us.
    private mutating func skip(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 32 || $0 == 9 || $0 == 10 || $0 == 13 }
    }
}
