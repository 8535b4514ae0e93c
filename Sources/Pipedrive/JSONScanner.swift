/// Walks over JSON bytes once and notes where each value stands. Grammar of RFC 8259, section 2 to 7.
struct JSONScanner {
    private(set) var entries: [JSONDocument.Entry] = []
    private var position = 0

    private static let deepest = 64

    /// Whether the bytes are exactly one JSON value with blanks around it.
    mutating func scanDocument(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        entries.reserveCapacity(bytes.count / 12 + 4)
        skipBlanks(bytes)
        guard scanValue(bytes, depth: 0) else { return false }
        skipBlanks(bytes)
        return position == bytes.count
    }

    private mutating func scanValue(_ bytes: UnsafeBufferPointer<UInt8>, depth: Int) -> Bool {
        guard depth < Self.deepest, position < bytes.count else { return false }
        switch bytes[position] {
        case UInt8(ascii: "{"): return scanContainer(bytes, kind: .object, closing: UInt8(ascii: "}"), depth: depth)
        case UInt8(ascii: "["): return scanContainer(bytes, kind: .array, closing: UInt8(ascii: "]"), depth: depth)
        case UInt8(ascii: "\""): return scanString(bytes)
        case UInt8(ascii: "t"): return scanWord(bytes, "true", .yes)
        case UInt8(ascii: "f"): return scanWord(bytes, "false", .no)
        case UInt8(ascii: "n"): return scanWord(bytes, "null", .null)
        default: return scanNumber(bytes)
        }
    }

    private mutating func scanContainer(
        _ bytes: UnsafeBufferPointer<UInt8>, kind: JSONDocument.Kind, closing: UInt8, depth: Int
    ) -> Bool {
        let index = open(kind, at: position)
        position += 1
        skipBlanks(bytes)
        if take(closing, bytes) { return close(index) }
        while true {
            if kind == .object {
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), scanString(bytes) else {
                    return false
                }
                skipBlanks(bytes)
                guard take(UInt8(ascii: ":"), bytes) else { return false }
                skipBlanks(bytes)
            }
            guard scanValue(bytes, depth: depth + 1) else { return false }
            skipBlanks(bytes)
            if take(closing, bytes) { return close(index) }
            guard take(UInt8(ascii: ","), bytes) else { return false }
            skipBlanks(bytes)
        }
    }

    private mutating func scanString(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let index = open(.string, at: position + 1)
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                close(index)
                position += 1
                return true
            }
            if byte < 0x20 { return false }
            position += 1
            if byte == UInt8(ascii: "\\") {
                guard scanEscape(bytes) else { return false }
            }
        }
        return false
    }

    private mutating func scanEscape(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard position < bytes.count else { return false }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count else { return false }
            for offset in 0..<4 where JSONText.hexValue(bytes[position + offset]) == nil { return false }
            position += 4
            return true
        default: return JSONText.plainEscape(letter) != nil
        }
    }

    private mutating func scanNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let index = open(.number, at: position)
        _ = take(UInt8(ascii: "-"), bytes)
        let whole = position
        guard skipDigits(bytes), bytes[whole] != UInt8(ascii: "0") || position == whole + 1 else { return false }
        if take(UInt8(ascii: "."), bytes) {
            guard skipDigits(bytes) else { return false }
        }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            if !take(UInt8(ascii: "-"), bytes) { _ = take(UInt8(ascii: "+"), bytes) }
            guard skipDigits(bytes) else { return false }
        }
        return close(index)
    }

    private mutating func scanWord(
        _ bytes: UnsafeBufferPointer<UInt8>, _ word: StaticString, _ kind: JSONDocument.Kind
    ) -> Bool {
        let index = open(kind, at: position)
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        for letter in letters {
            guard take(letter, bytes) else { return false }
        }
        return close(index)
    }

    private mutating func skipDigits(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = position
        while position < bytes.count, (48...57).contains(bytes[position]) { position += 1 }
        return position > start
    }

    private mutating func skipBlanks(_ bytes: UnsafeBufferPointer<UInt8>) {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    private mutating func take(_ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func open(_ kind: JSONDocument.Kind, at start: Int) -> Int {
        entries.append(JSONDocument.Entry(kind: kind, start: Int32(start), end: 0, next: 0))
        return entries.count - 1
    }

    @discardableResult
    private mutating func close(_ index: Int) -> Bool {
        entries[index].end = Int32(position)
        entries[index].next = Int32(entries.count)
        return true
    }
}
