/// A parsed JSON text: its bytes, and a flat list of where each value stands.
///
/// Numbers stay the digits that were sent, so no amount ever passes through floating point, and strings are decoded
/// only when somebody asks for them, which keeps a page of 500 records cheap. Read it through `root`.
final class JSONDocument: Sendable {
    /// What stands at a place.
    enum Kind: UInt8, Sendable {
        case object
        case array
        case string
        case number
        case yes
        case no
        case null
    }

    /// One value. `start` and `end` are byte offsets of its content, `next` is the entry after all that it holds.
    struct Entry: Sendable {
        let kind: Kind
        let start: Int32
        var end: Int32
        var next: Int32
    }

    let bytes: [UInt8]
    let entries: [Entry]

    /// Parses; nil for anything that is not exactly one JSON value, nested at most 64 deep.
    init?(_ bytes: [UInt8]) {
        guard bytes.count < Int(Int32.max) else { return nil }
        var scanner = JSONScanner()
        let isWhole = bytes.withUnsafeBufferPointer { scanner.scanDocument($0) }
        guard isWhole else { return nil }
        self.bytes = bytes
        entries = scanner.entries
    }

    /// The outermost value.
    var root: JSONNode { JSONNode(document: self, index: 0) }
}
