/// A JSON value whose numbers are kept as the decimal text they have, so that no amount passes through floating point.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number's text, as it is written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([(name: String, value: JSONValue)])

    static func integer(_ value: some BinaryInteger) -> JSONValue { .number(value.description) }

    static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    /// An object with one more member; any other value stays as it is.
    func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members + [(name, value)])
    }

    /// The value as JSON text, without white space.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The value as JSON text in UTF-8, without white space.
    var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(2048)
        write(to: &result)
        return result
    }

    private func write(to result: inout [UInt8]) {
        switch self {
        case .null: result.append(contentsOf: "null".utf8)
        case .bool(let value): result.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let digits): result.append(contentsOf: digits.utf8)
        case .string(let text): Self.write(text, to: &result)
        case .array(let elements):
            result.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { result.append(UInt8(ascii: ",")) }
                element.write(to: &result)
            }
            result.append(UInt8(ascii: "]"))
        case .object(let members):
            result.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { result.append(UInt8(ascii: ",")) }
                Self.write(member.name, to: &result)
                result.append(UInt8(ascii: ":"))
                member.value.write(to: &result)
            }
            result.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: String, to result: inout [UInt8]) {
        result.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            // Nearly every text can stand as it is.
            if bytes.allSatisfy(canStand) {
                result.append(contentsOf: bytes)
            } else {
                for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { write(scalar, to: &result) }
            }
        }
        result.append(UInt8(ascii: "\""))
    }

    // 0xE2 is where U+2028 and U+2029 begin.
    private static func canStand(_ byte: UInt8) -> Bool {
        byte >= 32 && byte != 0xE2 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            && byte != UInt8(ascii: "<")
    }

    private static func write(_ scalar: Unicode.Scalar, to result: inout [UInt8]) {
        switch scalar {
        case "\"": result.append(contentsOf: "\\\"".utf8)
        case "\\": result.append(contentsOf: "\\\\".utf8)
        case "\n": result.append(contentsOf: "\\n".utf8)
        case "\r": result.append(contentsOf: "\\r".utf8)
        case "\t": result.append(contentsOf: "\\t".utf8)
        // Harmless in JSON, not in a page that quotes it.
        case "<": result.append(contentsOf: "\\u003c".utf8)
        case "\u{2028}": result.append(contentsOf: "\\u2028".utf8)
        case "\u{2029}": result.append(contentsOf: "\\u2029".utf8)
        case _ where scalar.value < 32:
            let digits = String(scalar.value, radix: 16)
            result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
        default: result.append(contentsOf: String(scalar).utf8)
        }
    }
}
