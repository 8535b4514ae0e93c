/// Records in ascending order of id, with sorted orders kept until the next change.
struct Table: Sendable {
    private(set) var records: [Record] = []
    private(set) var nextID = 1
    private var places: [Int: Int] = [:]
    private var orders: [SortOrder.Field: [Int]] = [:]

    var count: Int { records.count }

    subscript(id: Int) -> Record? { places[id].map { records[$0] } }

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
            orders = orders.filter { field, _ in
                let order = SortOrder(field: field)
                return order.key(of: old) == order.key(of: record)
            }
        } else {
            places[record.id] = records.count
            records.append(record)
            nextID = max(nextID, record.id + 1)
            orders = [:]
        }
    }

    mutating func remove(_ id: Int) {
        guard let place = places[id] else { return }
        records.remove(at: place)
        places = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($1.id, $0) })
        orders = [:]
    }

    /// Walks in the order asked for, from just after `start`, until `visit` answers false.
    mutating func walk(_ order: SortOrder, after start: SortOrder.Key?, visit: (Record) -> Bool) {
        let places = ascendingPlaces(order.field)
        let first = start.map { boundary(in: places, order: order, key: $0) } ?? 0
        for step in first..<max(first, records.count) {
            let place = order.isDescending ? records.count - 1 - step : step
            if !visit(records[places?[place] ?? place]) { return }
        }
    }

    private mutating func ascendingPlaces(_ field: SortOrder.Field) -> [Int]? {
        if field == .id { return nil }
        if let known = orders[field] { return known }
        let order = SortOrder(field: field)
        let keys = records.map { order.key(of: $0) }
        let sorted = Array(records.indices).sorted { keys[$0] < keys[$1] }
        orders[field] = sorted
        return sorted
    }

    /// How many records come at or before the key in this order.
    private func boundary(in places: [Int]?, order: SortOrder, key: SortOrder.Key) -> Int {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            let place = order.isDescending ? records.count - 1 - middle : middle
            let candidate = order.key(of: records[places?[place] ?? place])
            let isPassed = order.isDescending ? candidate >= key : candidate <= key
            if isPassed { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
