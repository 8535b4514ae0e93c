/// The filters that lists of version 2 share.
struct RecordFilter {
    private let ids: Set<Int>?
    private let links: [(field: String, id: Int)]
    private let since: Timestamp?
    private let until: Timestamp?

    private let saved: SampleFilter?

    /// Reads `filter_id`, which overrides the others, `ids`, `updated_since`, `updated_until` and the given fields that hold an id.
    init(_ call: Call, of entity: Entity, links names: [String]) throws {
        saved = try call.number("filter_id").map { id in
            guard let filter = SampleFilter.all.first(where: { $0.id == id && $0.entity == entity }) else {
                throw Refusal.bad("Parameter 'filter_id': filter \(id) does not exist")
            }
            return filter
        }
        ids = try call.numbers("ids").map { Set($0) }
        links = try names.compactMap { name in try call.number(name).map { (name, $0) } }
        since = try call.time("updated_since")
        until = try call.time("updated_until")
    }

    func admits(_ record: Record) -> Bool {
        if let saved { return saved.admits(record) }
        if let ids, !ids.contains(record.id) { return false }
        if let since, record.updatedAt < since { return false }
        if let until, record.updatedAt > until { return false }
        return links.allSatisfy { record[$0.field] == .int($0.id) }
    }
}
