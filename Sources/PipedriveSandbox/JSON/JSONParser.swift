/// Reads one JSON document (RFC 8259) from bytes.
struct JSONParser {
    /// Where the text stopped being JSON.
    struct Failure: Error, CustomStringConvertible {
        let offset: Int
        let reason: String
        var description: String { "Invalid JSON at byte \(offset): \(reason)" }
    }

    private static let depthLimit = 128

    private let bytes: [UInt8]
    private var at = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value the bytes hold; throws `Failure` when they are not exactly one JSON value.
    static func parse(_ bytes: [UInt8]) throws -> JSON {
        var parser = JSONParser(bytes)
        let value = try parser.value()
        parser.skipSpace()
        guard parser.at == bytes.count else { throw parser.failure("text after the value") }
        return value
    }

    private mutating func value() throws -> JSON {
        skipSpace()
        guard at < bytes.count else { throw failure("no value") }
        switch bytes[at] {
        case UInt8(ascii: "{"): return try nested { try $0.object() }
        case UInt8(ascii: "["): return try nested { try $0.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(_ read: (inout JSONParser) throws -> JSON) throws -> JSON {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw failure("nested too deeply") }
        return try read(&self)
    }

    private mutating func object() throws -> JSON {
        var object = JSONObject()
        at += 1
        skipSpace()
        if take("}") { return .object(object) }
        repeat {
            skipSpace()
            guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw failure("a member needs a name") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("a colon is missing") }
            object[key] = try value()
            skipSpace()
        } while take(",")
        guard take("}") else { throw failure("the object does not end") }
        return .object(object)
    }

    private mutating func array() throws -> JSON {
        var list: [JSON] = []
        at += 1
        skipSpace()
        if take("]") { return .array(list) }
        repeat {
            list.append(try value())
            skipSpace()
        } while take(",")
        guard take("]") else { throw failure("the array does not end") }
        return .array(list)
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
        let matches = word.withUTF8Buffer { letters in
            bytes.count - at >= letters.count && bytes[at..<at + letters.count].elementsEqual(letters)
        }
        guard matches else { throw failure("unknown word") }
        at += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws -> JSON {
        let start = at
        var isFraction = false
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                isFraction = true
            } else if !(byte >= 48 && byte <= 57 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")) {
                break
            }
            at += 1
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        let isPlain =
            digits.first?.isNumber == true && !(digits.hasPrefix("0") && digits.dropFirst().first?.isNumber == true)
        guard isPlain, let last = text.last, last.isNumber else { throw failure("not a number") }
        if !isFraction, let whole = Int(text) { return .int(whole) }
        guard let decimal = Double(text), decimal.isFinite else { throw failure("not a number") }
        return .amount(decimal)
    }

    private mutating func string() throws -> String {
        at += 1
        let start = at
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\"), bytes[at] >= 32 {
            at += 1
        }
        guard at < bytes.count else { throw failure("the string does not end") }
        if bytes[at] == UInt8(ascii: "\"") {
            at += 1
            return String(decoding: bytes[start..<at - 1], as: UTF8.self)
        }
        var text = Array(bytes[start..<at])
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<32: throw failure("a control character in a string")
            default: text.append(byte)
            }
        }
        throw failure("the string does not end")
    }

    private mutating func escape(into text: inout [UInt8]) throws {
        guard at < bytes.count else { throw failure("the string does not end") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "u"): text.append(contentsOf: Array(String(try scalar()).utf8))
        default: throw failure("unknown escape")
        }
    }

    private mutating func scalar() throws -> Character {
        var code = try hex()
        if (0xD800..<0xDC00).contains(code) {
            guard take("\\"), take("u") else { throw failure("half a surrogate pair") }
            let low = try hex()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("half a surrogate pair") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("not a character") }
        return Character(scalar)
    }

    private mutating func hex() throws -> UInt32 {
        guard at + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits are missing") }
        at += 4
        return code
    }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 32 || bytes[at] == 10 || bytes[at] == 13 || bytes[at] == 9 { at += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private func failure(_ reason: String) -> Failure { Failure(offset: at, reason: reason) }
}
