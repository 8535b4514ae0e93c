import Domain

/// One value of a parsed JSON text. Reading is tolerant where Pipedrive's answers are known to vary: an id may come
/// as a number or a string, a flag as a word or a digit.
struct JSONNode: Sendable {
    let document: JSONDocument
    let index: Int

    private var entry: JSONDocument.Entry { document.entries[index] }

    /// The bytes between its first and last character, quotes left out.
    private var content: ArraySlice<UInt8> { document.bytes[Int(entry.start)..<Int(entry.end)] }

    var isNull: Bool { entry.kind == .null }
    var isObject: Bool { entry.kind == .object }
    var isArray: Bool { entry.kind == .array }

    /// The member with this name; nil when it is missing or null, or when this is no object.
    subscript(_ name: StaticString) -> JSONNode? {
        guard let node = member(name), !node.isNull else { return nil }
        return node
    }

    /// The member with this name, null included.
    func member(_ name: StaticString) -> JSONNode? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        return firstMember { $0.elementsEqual(wanted) }
    }

    /// The member with a name that is only known while running, such as a custom field's code, null included.
    func member(named name: String) -> JSONNode? { firstMember { $0.elementsEqual(name.utf8) } }

    private func firstMember(where isWanted: (ArraySlice<UInt8>) -> Bool) -> JSONNode? {
        guard isObject else { return nil }
        var key = index + 1
        while key < Int(entry.next) {
            let found = document.entries[key]
            if isWanted(document.bytes[Int(found.start)..<Int(found.end)]) {
                return JSONNode(document: document, index: key + 1)
            }
            key = Int(document.entries[key + 1].next)
        }
        return nil
    }

    /// Names and values of an object, in their order; empty for anything else.
    var members: [(name: String, value: JSONNode)] {
        guard isObject else { return [] }
        var result: [(name: String, value: JSONNode)] = []
        var key = index + 1
        while key < Int(entry.next) {
            let name = JSONNode(document: document, index: key).text ?? ""
            result.append((name, JSONNode(document: document, index: key + 1)))
            key = Int(document.entries[key + 1].next)
        }
        return result
    }

    /// The elements of an array, in their order; empty for anything else.
    var elements: [JSONNode] {
        guard isArray else { return [] }
        var result: [JSONNode] = []
        var element = index + 1
        while element < Int(entry.next) {
            result.append(JSONNode(document: document, index: element))
            element = Int(document.entries[element].next)
        }
        return result
    }

    /// A string's text; nil for anything else.
    var text: String? { entry.kind == .string ? JSONText.decode(content) : nil }

    /// A string's text, or a number's digits as they were sent.
    var textOrDigits: String? {
        entry.kind == .number ? String(decoding: content, as: UTF8.self) : text
    }

    /// A whole number, sent as a number or as a string.
    var integer: Int64? {
        guard entry.kind == .number || entry.kind == .string else { return nil }
        return Int64(String(decoding: content, as: UTF8.self))
    }

    /// An exact decimal, sent as a number or as a string.
    var decimal: ScaledDecimal? {
        guard entry.kind == .number || entry.kind == .string else { return nil }
        return ScaledDecimal(String(decoding: content, as: UTF8.self))
    }

    /// A yes or no, sent as a word or as 1 and 0.
    var flag: Bool? {
        switch entry.kind {
        case .yes: true
        case .no: false
        case .number: integer.map { $0 != 0 }
        default: nil
        }
    }
}
