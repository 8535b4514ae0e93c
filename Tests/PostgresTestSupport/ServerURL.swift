/// A `postgresql://` URL whose database can be replaced.
struct ServerURL {
    let text: String
    private let beforePath: Substring
    private let query: Substring

    init(_ text: String) throws {
        guard let scheme = text.firstRange(of: "://"), ["postgresql", "postgres"].contains(text[..<scheme.lowerBound])
        else { throw TestDatabaseError.malformedURL }
        let rest = text[scheme.upperBound...]
        let queryStart = rest.firstIndex(of: "?") ?? rest.endIndex
        let pathStart = rest[..<queryStart].firstIndex(of: "/") ?? queryStart
        self.text = text
        beforePath = text[..<pathStart]
        query = rest[queryStart...]
    }

    func replacingDatabase(with name: String) -> String {
        "\(beforePath)/\(name)\(query)"
    }
}
