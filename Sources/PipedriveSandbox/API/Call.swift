/// An authorised call of an API route, with what its answer may need.
struct Call: Sendable {
    let request: Request
    let parameters: [String: String]
    let user: User
    /// The scopes of the grant, separated by commas.
    let scope: String
    let now: Timestamp
    let sandbox: Sandbox
    let complaints: Complaints

    var store: Store { sandbox.store }
    var author: Author { Author(user: user, source: .api, now: now) }

    /// The whole number in the path; anything else is not a thing that exists.
    func id(_ name: String = "id") throws -> Int {
        guard let id = parameters[name].flatMap({ Int($0) }), id > 0 else {
            throw Refusal.bad("Parameter '\(name)' must be a positive integer")
        }
        return id
    }

    /// A whole number of the query, nil when absent.
    func number(_ name: String) throws -> Int? {
        guard let text = request.value(name) else { return nil }
        guard let number = Int(text) else { throw Refusal.bad("Parameter '\(name)' must be an integer") }
        return number
    }

    /// A boolean of the query, false when absent.
    func flag(_ name: String) throws -> Bool {
        guard let text = request.value(name) else { return false }
        guard text == "true" || text == "false" else { throw Refusal.bad("Parameter '\(name)' must be a boolean") }
        return text == "true"
    }

    /// `start` and `limit`, by which version 1 pages.
    func startAndLimit() throws -> (start: Int, limit: Int) {
        let start = try number("start") ?? 0
        let limit = try number("limit") ?? 100
        guard start >= 0 else { throw Refusal.bad("Parameter 'start' must not be negative") }
        guard (1...500).contains(limit) else { throw Refusal.bad("Parameter 'limit' must be from 1 to 500") }
        return (start, limit)
    }

    /// A time of the query, nil when absent.
    func time(_ name: String) throws -> Timestamp? {
        guard let text = request.value(name) else { return nil }
        guard text.utf8.count > 10, let time = Timestamp.parse(text) else {
            throw Refusal.bad("Parameter '\(name)' must be a time as in RFC 3339")
        }
        return time
    }

    /// Whole numbers separated by commas, nil when absent; more than 100 are refused.
    func numbers(_ name: String) throws -> [Int]? {
        guard let text = request.value(name) else { return nil }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0.trimmingSpaces()) }
        guard numbers.count == parts.count else {
            throw Refusal.bad("Parameter '\(name)' must be integers separated by commas")
        }
        guard numbers.count <= 100 else { throw Refusal.bad("Parameter '\(name)' takes at most 100 ids") }
        return numbers
    }

    /// The known members of the JSON object in the body, checked against their rules.
    ///
    /// As with the real API, unknown members are passed over; the traffic list shows them.
    func body(_ rules: BodyRules) throws -> JSONObject {
        guard case .object(let object) = try parsedBody() else {
            throw Refusal.bad("The request body must be an object")
        }
        for name in try rules.check(object) { complaints.add("unknown body member \(name)") }
        return object.only(Set(rules.members.keys))
    }

    /// The objects of the array in the body, at least one, checked likewise.
    func bodyList(_ rules: BodyRules) throws -> [JSONObject] {
        guard case .array(let list) = try parsedBody(), !list.isEmpty else {
            throw Refusal.bad("The request body must be an array with items")
        }
        return try list.enumerated().map { place, item in
            guard let object = item.members else { throw Refusal.bad("Item \(place) of the body must be an object") }
            for name in try rules.check(object, at: "[\(place)].") { complaints.add("unknown body member \(name)") }
            return object.only(Set(rules.members.keys))
        }
    }

    private func parsedBody() throws -> JSON {
        guard request.contentType == "application/json" else {
            throw Refusal(status: 415, message: "Content-Type must be application/json")
        }
        do { return try JSONParser.parse(request.body) } catch {
            throw Refusal.bad("Invalid JSON in the request body")
        }
    }
}
