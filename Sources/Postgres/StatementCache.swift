/// The prepared statements of one server session, by their text; the least recently used one makes room.
struct StatementCache {
    private struct Entry {
        let name: String
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [StatementText: Entry] = [:]
    private var clock: UInt64 = 0
    private var namedCount: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// A name that this session never had.
    mutating func nextName() -> String {
        namedCount += 1
        return "p\(namedCount)"
    }

    mutating func name(for text: StatementText) -> String? {
        guard let index = entries.index(forKey: text) else { return nil }
        clock += 1
        entries.values[index].lastUse = clock
        return entries.values[index].name
    }

    /// Keeps a statement the server has prepared, and returns the name of one to deallocate.
    mutating func insert(_ text: StatementText, name: String) -> String? {
        clock += 1
        let replaced = entries.updateValue(Entry(name: name, lastUse: clock), forKey: text)?.name
        guard entries.count > capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return replaced }
        entries[oldest.key] = nil
        return oldest.value.name
    }

    /// Forgets a statement and returns its name.
    mutating func remove(_ text: StatementText) -> String? {
        entries.removeValue(forKey: text)?.name
    }

    mutating func removeAll() {
        entries.removeAll()
    }
}
