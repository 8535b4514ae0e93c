/// A route of the API: what it answers, what it costs, and which query parameters it knows.
struct APIRoute: Sendable {
    let method: String
    let path: String
    /// Tokens of the daily budget, from `x-token-cost` in the OpenAPI files.
    let cost: Int
    let query: Set<String>
    let isSearch: Bool
    let answer: @Sendable (Call) throws -> Reply

    init(
        _ method: String, _ path: String, cost: Int, query: Set<String> = [], isSearch: Bool = false,
        answer: @escaping @Sendable (Call) throws -> Reply
    ) {
        self.method = method
        self.path = path
        self.cost = cost
        self.query = query
        self.isSearch = isSearch
        self.answer = answer
    }

    /// The parameters in the path when the segments fit, nil when they do not.
    func match(_ segments: [String]) -> [String: String]? {
        let pattern = path.split(separator: "/")
        guard pattern.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (expected, segment) in zip(pattern, segments) {
            if expected.hasPrefix("{") {
                parameters[String(expected.dropFirst().dropLast())] = segment
            } else if expected != segment {
                return nil
            }
        }
        return parameters
    }

    /// Every route.
    ///
    /// Those with fixed words come before those with a parameter at the same place.
    static let all: [APIRoute] =
        DealRoutes.all + DealProductRoutes.all + PersonRoutes.all + OrganizationRoutes.all + ProductRoutes.all
        + PipelineRoutes.all + FieldRoutes.all + SearchRoutes.all + UserRoutes.all + WebhookRoutes.all
        + NoteRoutes.all + LeadRoutes.all + ScopeRoutes.all
}
