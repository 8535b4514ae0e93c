/// The text form of a one-dimensional array: PostgreSQL manual, "Array Input and Output Syntax".
enum ArrayLiteral {
    static func text(of elements: [String]) -> String {
        "{" + elements.joined(separator: ",") + "}"
    }

    static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [quote]
        bytes.reserveCapacity(text.utf8.count + 2)
        for byte in text.utf8 {
            if byte == quote || byte == backslash { bytes.append(backslash) }
            bytes.append(byte)
        }
        bytes.append(quote)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The elements, nil for `NULL`.
    ///
    /// The whole is nil for a text that is no one-dimensional literal.
    static func elements(of text: String) -> [String?]? {
        var reader = Reader(bytes: Array(text.utf8))
        return reader.readArray()
    }

    private static let quote = UInt8(ascii: "\"")
    private static let backslash = UInt8(ascii: "\\")
    private static let comma = UInt8(ascii: ",")
    private static let opening = UInt8(ascii: "{")
    private static let closing = UInt8(ascii: "}")

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func readArray() -> [String?]? {
            guard next() == opening else { return nil }
            if bytes.count == 2, bytes[1] == closing { return [] }
            var elements: [String?] = []
            while true {
                guard let element = readElement() else { return nil }
                elements.append(element)
                switch next() {
                case comma: continue
                case closing: return index == bytes.count ? elements : nil
                default: return nil
                }
            }
        }

        /// The outer nil is a fault, the inner one is `NULL`.
        private mutating func readElement() -> String?? {
            guard index < bytes.count else { return nil }
            if bytes[index] == quote { return readQuoted().map { .some($0) } }
            let start = index
            while index < bytes.count, bytes[index] != comma, bytes[index] != closing {
                if bytes[index] == opening || bytes[index] == quote || bytes[index] == backslash { return nil }
                index += 1
            }
            guard index > start else { return nil }
            let word = String(decoding: bytes[start..<index], as: UTF8.self)
            return .some(word == "NULL" ? nil : word)
        }

        private mutating func readQuoted() -> String? {
            index += 1
            var content: [UInt8] = []
            while let byte = next() {
                switch byte {
                case quote: return String(decoding: content, as: UTF8.self)
                case backslash:
                    guard let escaped = next() else { return nil }
                    content.append(escaped)
                default: content.append(byte)
                }
            }
            return nil
        }

        private mutating func next() -> UInt8? {
            guard index < bytes.count else { return nil }
            defer { index += 1 }
            return bytes[index]
        }
    }
}
