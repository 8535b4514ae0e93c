/// The members of a JSON object in the order they were written.
///
/// Two objects with the same members are equal.
struct JSONObject: Sendable {
    struct Member: Sendable {
        let key: String
        var value: JSON
    }

    private(set) var members: [Member]

    init(_ pairs: [(String, JSON)] = []) {
        members = []
        members.reserveCapacity(pairs.count)
        for (key, value) in pairs { self[key] = value }
    }

    var keys: [String] { members.map(\.key) }
    var isEmpty: Bool { members.isEmpty }

    /// Reads a member; setting replaces it in place, appends it, or removes it when set to nil.
    subscript(key: String) -> JSON? {
        get { members.first { $0.key == key }?.value }
        set {
            let place = members.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Sets every member of the other object here.
    mutating func merge(_ other: JSONObject) {
        for member in other.members { self[member.key] = member.value }
    }

    /// Only the named members, in their order here.
    func only(_ keys: Set<String>) -> JSONObject {
        JSONObject(members.filter { keys.contains($0.key) }.map { ($0.key, $0.value) })
    }
}

extension JSONObject: Equatable {
    static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.count == right.members.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
