/// Records in ascending order of id, with the orders and links that lists have asked for kept up to date.
struct Table: Sendable {
    private(set) var records: [Record] = []
    private(set) var nextID = 1
    private var places: [Int: Int] = [:]
    private var orders: [SortOrder.Field: [SortOrder.Key]] = [:]
    private var links: LinkIndex

    /// Records are found at once by what the named members hold.
    init(linkedBy names: [String] = []) { links = LinkIndex(names) }

    var count: Int { records.count }

    subscript(id: Int) -> Record? { places[id].map { records[$0] } }

    /// The records whose member of this name holds the value, in ascending order of id.
    func records(where name: String, is value: JSON) -> [Record] {
        if let ids = links.ids(name, value) { return ids.compactMap { self[$0] } }
        return records.filter { $0[name] == value }
    }

    /// A new id, never given out before.
    mutating func takeID() -> Int {
        defer { nextID += 1 }
        return nextID
    }

    /// Makes sure that ids below this one are not given out again.
    mutating func reserve(nextID id: Int) { nextID = max(nextID, id) }

    /// Adds a record, whose id must be higher than every other, or replaces the record with its id.
    mutating func put(_ record: Record) {
        if let place = places[record.id] {
            let old = records[place]
            records[place] = record
            links.move(record.id, from: old, to: record)
            reorder(from: old, to: record)
        } else {
            places[record.id] = records.count
            records.append(record)
            nextID = max(nextID, record.id + 1)
            links.move(record.id, from: nil, to: record)
            reorder(from: nil, to: record)
        }
    }

    mutating func remove(_ id: Int) { remove(where: { $0.id == id }) }

    /// Removes many at once; the rest keeps its order.
    mutating func remove(where isGone: (Record) -> Bool) {
        let gone = records.filter(isGone)
        if gone.isEmpty { return }
        for record in gone { links.move(record.id, from: record, to: nil) }
        let ids = Set(gone.map(\.id))
        records.removeAll { ids.contains($0.id) }
        places = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($1.id, $0) })
        for field in knownOrders { orders[field]?.removeAll { ids.contains($0.id) } }
    }

    /// Walks in the order asked for, from just after `start`, until `visit` answers false.
    mutating func walk(_ order: SortOrder, after start: SortOrder.Key?, visit: (Record) -> Bool) {
        let keys = ascendingKeys(order.field)
        let first = start.map { boundary(in: keys, order: order, key: $0) } ?? 0
        for step in first..<max(first, records.count) {
            let place = order.isDescending ? records.count - 1 - step : step
            let record = keys.flatMap { self[$0[place].id] } ?? records[place]
            if !visit(record) { return }
        }
    }

    /// Not `orders.keys`, which would share the orders and so have each change copy them.
    private var knownOrders: [SortOrder.Field] { SortOrder.Field.allCases.filter { orders[$0] != nil } }

    private mutating func ascendingKeys(_ field: SortOrder.Field) -> [SortOrder.Key]? {
        if field == .id { return nil }
        if let known = orders[field] { return known }
        let order = SortOrder(field: field)
        let sorted = records.map { order.key(of: $0) }.sorted()
        orders[field] = sorted
        return sorted
    }

    /// Takes the old key out of every known order and puts the new one in its place, without sorting anew.
    private mutating func reorder(from old: Record?, to new: Record) {
        for field in knownOrders {
            let order = SortOrder(field: field)
            let key = order.key(of: new)
            let oldKey = old.map { order.key(of: $0) }
            if key == oldKey { continue }
            if let oldKey, let place = orders[field]?.place(of: oldKey) { orders[field]?.remove(at: place) }
            if let place = orders[field]?.place(of: key) { orders[field]?.insert(key, at: place) }
        }
    }

    /// How many records come at or before the key in this order.
    private func boundary(in keys: [SortOrder.Key]?, order: SortOrder, key: SortOrder.Key) -> Int {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            let place = order.isDescending ? records.count - 1 - middle : middle
            let candidate = keys?[place] ?? order.key(of: records[place])
            let isPassed = order.isDescending ? candidate >= key : candidate <= key
            if isPassed { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [SortOrder.Key] {
    /// Where the key stands in these ascending keys, or would stand.
    fileprivate func place(of key: SortOrder.Key) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
