/// A list of records as version 2 gives it: filtered, sorted by one field, a page at a time behind an opaque cursor.
struct Listing {
    static let query: Set<String> = ["limit", "cursor", "sort_by", "sort_direction"]
    private static let limitRange = 1...500
    private static let defaultLimit = 100

    private var order: SortOrder
    private let limit: Int
    private let start: SortOrder.Key?

    /// Reads `limit`, `cursor`, `sort_by` and `sort_direction`; anything out of range is refused.
    init(_ call: Call, sortBy allowed: [SortOrder.Field] = [.id, .updatedAt, .addedAt]) throws {
        limit = try call.number("limit") ?? Self.defaultLimit
        guard Self.limitRange.contains(limit) else { throw Refusal.bad("Parameter 'limit' must be from 1 to 500") }
        order = SortOrder()
        if let word = call.request.value("sort_by") {
            guard let field = SortOrder.Field(rawValue: word), allowed.contains(field) else {
                throw Refusal.bad(
                    "Parameter 'sort_by' must be one of \(allowed.map(\.rawValue).joined(separator: ", "))")
            }
            order.field = field
        }
        if let word = call.request.value("sort_direction") {
            guard word == "asc" || word == "desc" else {
                throw Refusal.bad("Parameter 'sort_direction' must be asc or desc")
            }
            order.isDescending = word == "desc"
        }
        start = try call.request.value("cursor").map { [order] in try Self.key(cursor: $0, order: order) }
    }

    /// The page of records that pass the filter and that the user may see.
    func page(
        of entity: Entity, in state: inout State, for user: User, as view: RecordView? = nil,
        where isWanted: (Record) -> Bool
    ) -> Reply {
        // What records are shown with and judged by; nil when neither the view nor the user asks for more.
        let whole = view?.isPlain == false || !user.isAdmin ? state : nil
        var body = Array(#"{"success":true,"data":["#.utf8)
        var count = 0
        var last: Record?
        var hasMore = false
        state[entity].walk(order, after: start) { record in
            guard isWanted(record), whole?.isVisible(record, entity, to: user) ?? true else { return true }
            if count == limit {
                hasMore = true
                return false
            }
            if count > 0 { body.append(UInt8(ascii: ",")) }
            body += whole.flatMap { view?.bytes(record, in: $0) } ?? record.encoded
            count += 1
            last = record
            return true
        }
        let next = hasMore ? last.map { cursor(after: $0) } : nil
        body +=
            Array(#"],"additional_data":{"next_cursor":"#.utf8) + JSONWriter.bytes(.optional(next)) + Array("}}".utf8)
        return .json(body)
    }

    private func cursor(after record: Record) -> String {
        let key = order.key(of: record)
        let value: JSON = order.field == .name ? .string(key.text) : .int(key.number)
        let direction: JSON = order.isDescending ? "desc" : "asc"
        return Base64URL.encode(
            JSONWriter.bytes([
                "field": .string(order.field.rawValue), "fieldValue": value, "sortDirection": direction,
                "id": .int(key.id),
            ]))
    }

    private static func key(cursor: String, order: SortOrder) throws -> SortOrder.Key {
        let refusal = Refusal.bad("Parameter 'cursor' is invalid")
        guard let bytes = Base64URL.decode(cursor) else { throw refusal }
        let value: JSON
        do { value = try JSONParser.parse(bytes) } catch { throw refusal }
        guard value["field"].text == order.field.rawValue,
            value["sortDirection"].text == (order.isDescending ? "desc" : "asc"), let id = value["id"].whole
        else { throw refusal }
        return SortOrder.Key(number: value["fieldValue"].whole ?? 0, text: value["fieldValue"].text ?? "", id: id)
    }
}
