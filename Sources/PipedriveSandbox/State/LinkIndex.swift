/// Which records of a table belong to which other thing, by the members that name it.
struct LinkIndex: Sendable {
    private let names: [String]
    /// For each name what its values lead to.
    private var indexes: [[String: [Int]]]

    init(_ names: [String]) {
        self.names = names
        indexes = names.map { _ in [:] }
    }

    /// The ids in ascending order; nil when no index is kept of this member.
    func ids(_ name: String, _ value: JSON) -> [Int]? {
        guard let place = names.firstIndex(of: name) else { return nil }
        return Self.key(value).flatMap { indexes[place][$0] } ?? []
    }

    /// Follows a record from what it named before to what it names now; nil when it was or is not there.
    mutating func move(_ id: Int, from old: Record?, to new: Record?) {
        for (place, name) in names.enumerated() {
            let before = old.flatMap { Self.key($0[name]) }
            let after = new.flatMap { Self.key($0[name]) }
            if before == after { continue }
            if let before { indexes[place][before]?.removeAll { $0 == id } }
            if let after { Self.insert(id, into: &indexes[place][after, default: []]) }
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
