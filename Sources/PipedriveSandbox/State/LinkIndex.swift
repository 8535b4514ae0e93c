/// Which records of a table belong to which other thing, by the members that name it.
struct LinkIndex: Sendable {
    private var ids: [String: [String: [Int]]] = [:]

    init(_ names: [String]) { for name in names { ids[name] = [:] } }

    /// The ids in ascending order; nil when no index is kept of this member.
    func ids(_ name: String, _ value: JSON) -> [Int]? {
        guard let index = ids[name] else { return nil }
        return Self.key(value).flatMap { index[$0] } ?? []
    }

    /// Follows a record from what it named before to what it names now; nil when it was or is not there.
    mutating func move(_ id: Int, from old: Record?, to new: Record?) {
        for name in ids.keys {
            let before = old.flatMap { Self.key($0[name]) }
            let after = new.flatMap { Self.key($0[name]) }
            if before == after { continue }
            if let before { ids[name]?[before]?.removeAll { $0 == id } }
            if let after { Self.insert(id, into: &ids[name, default: [:]][after, default: []]) }
        }
    }

    /// New records have the highest id, so most go to the end.
    private static func insert(_ id: Int, into list: inout [Int]) {
        let place = list.lastIndex { $0 < id }.map { $0 + 1 } ?? 0
        list.insert(id, at: place)
    }

    private static func key(_ value: JSON) -> String? {
        value.text ?? value.whole.map { String($0) }
    }
}
