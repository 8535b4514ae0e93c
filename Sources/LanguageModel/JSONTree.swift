/// JSON as a tree whose numbers keep their digits: what is sent to a model, and what comes back.
indirect enum JSONTree: Hashable, Sendable {
    case object([Member])
    case array([JSONTree])
    case string(String)
    case number(String)
    case flag(Bool)
    case null

    /// A name with its value.
    struct Member: Hashable, Sendable {
        let name: String
        let value: JSONTree
    }

    /// An object of these members, in this order.
    static func members(_ pairs: KeyValuePairs<String, JSONTree>) -> JSONTree {
        .object(pairs.map { Member(name: $0.key, value: $0.value) })
    }

    /// The member's value; nil where there is none, or this is no object.
    subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var text: String? { if case .string(let text) = self { text } else { nil } }
    var elements: [JSONTree]? { if case .array(let elements) = self { elements } else { nil } }
    var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    var integer: Int? { if case .number(let digits) = self { Int(digits) } else { nil } }

    /// The text of it, without blanks.
    var written: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.name)):\($0.value.written)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.written).joined(separator: ",") + "]"
        case .string(let text): Self.quoted(text)
        case .number(let digits): digits
        case .flag(let flag): flag ? "true" : "false"
        case .null: "null"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Reads JSON strictly: one value, no name twice in an object, at most 32 levels.
struct JSONTreeReader {
    /// What is wrong with a text, fit to be said to a model.
    struct Problem: Error, Equatable {
        let sentence: String
    }

    private static let depthLimit = 32
    private let bytes: [UInt8]
    private var place = 0

    /// Reads the whole text. Throws `Problem`.
    static func read(_ text: String) throws(Problem) -> JSONTree {
        var reader = JSONTreeReader(bytes: Array(text.utf8))
        let tree = try reader.value(0)
        reader.skipBlanks()
        guard reader.place == reader.bytes.count else { throw Problem(sentence: "something stands after the JSON") }
        return tree
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { place += 1 }
    }

    private func wrong() -> Problem { Problem(sentence: "it is not JSON from byte \(place) on") }

    private mutating func expect(_ byte: UInt8) throws(Problem) {
        skipBlanks()
        guard next == byte else { throw wrong() }
        place += 1
    }

    private mutating func value(_ depth: Int) throws(Problem) -> JSONTree {
        guard depth < Self.depthLimit else { throw Problem(sentence: "it is nested too deeply") }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .flag(true))
        case UInt8(ascii: "f"): return try word("false", .flag(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ tree: JSONTree) throws(Problem) -> JSONTree {
        guard bytes[place...].starts(with: word.utf8) else { throw wrong() }
        place += word.utf8.count
        return tree
    }

    private mutating func object(_ depth: Int) throws(Problem) -> JSONTree {
        place += 1
        var members: [JSONTree.Member] = []
        var names: Set<String> = []
        skipBlanks()
        if next == UInt8(ascii: "}") {
            place += 1
            return .object([])
        }
        while true {
            skipBlanks()
            let name = try string()
            guard names.insert(name).inserted else { throw Problem(sentence: "a name stands twice in an object") }
            try expect(UInt8(ascii: ":"))
            members.append(JSONTree.Member(name: name, value: try value(depth + 1)))
            skipBlanks()
            if next == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try expect(UInt8(ascii: "}"))
            return .object(members)
        }
    }

    private mutating func array(_ depth: Int) throws(Problem) -> JSONTree {
        place += 1
        var elements: [JSONTree] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            place += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth + 1))
            skipBlanks()
            if next == UInt8(ascii: ",") {
                place += 1
                continue
            }
            try expect(UInt8(ascii: "]"))
            return .array(elements)
        }
    }

    private mutating func number() throws(Problem) -> JSONTree {
        let start = place
        while let byte = next, (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte) { place += 1 }
        let digits = String(decoding: bytes[start..<place], as: UTF8.self)
        guard digits.wholeMatch(of: #/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/#) != nil else {
            place = start
            throw wrong()
        }
        return .number(digits)
    }

    private mutating func string() throws(Problem) -> String {
        guard next == UInt8(ascii: "\"") else { throw wrong() }
        place += 1
        var result: [UInt8] = []
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: result, as: UTF8.self) else { throw wrong() }
                return text
            case UInt8(ascii: "\\"): result += try escape()
            case 0..<32: throw wrong()
            default: result.append(byte)
            }
        }
        throw Problem(sentence: "it ends in the middle of a text")
    }

    private mutating func escape() throws(Problem) -> [UInt8] {
        guard let byte = next else { throw wrong() }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: throw wrong()
        }
    }

    private mutating func scalar() throws(Problem) -> Unicode.Scalar {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), next == UInt8(ascii: "\\") else { throw wrong() }
        place += 1
        guard next == UInt8(ascii: "u") else { throw wrong() }
        place += 1
        let second = try unit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw wrong() }
        return scalar
    }

    private mutating func unit() throws(Problem) -> UInt32 {
        guard place + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw wrong() }
        place += 4
        return value
    }
}
