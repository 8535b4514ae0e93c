/// Names and values of a query or of a submitted form, in their order.
struct FormFields: Sendable {
    private(set) var pairs: [(name: String, value: String)] = []

    /// A form with more fields than this is not one of ours.
    private static let limit = 2000

    init() {}

    /// Reads `application/x-www-form-urlencoded`; nil when there are absurdly many fields.
    init?(encoded bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "&")) ?? bytes.count
            let pair = bytes[start..<end]
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            if !pair.isEmpty {
                let value = equals.map { pair[($0 + 1)...] } ?? []
                pairs.append((Self.decoded(pair[..<(equals ?? end)]), Self.decoded(value)))
            }
            guard pairs.count <= Self.limit else { return nil }
            start = end + 1
        }
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String {
        PercentCoding.decode(bytes, plusIsSpace: true)
    }

    /// The first value of a name.
    subscript(_ name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values of a name.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// The first value without white space around it; nil when nothing is left.
    func trimmed(_ name: String) -> String? { self[name].flatMap { Self.trimmed($0) } }

    static func trimmed(_ text: String) -> String? {
        var rest = text[...].drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest.isEmpty ? nil : String(rest)
    }
}
