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

    /// The scopes of which a grant needs one, nil when every grant will do.
    ///
    /// Webhooks take `webhooks:full` as the changelog has it; notes take either of two.
    var scopes: [String]? {
        let word = path.split(separator: "/").dropFirst(2).first.map { String($0) } ?? ""
        switch word {
        case "deals", "dealFields", "pipelines", "stages": return ["deals:full", "deals:read"]
        case "persons", "organizations", "personFields", "organizationFields":
            return ["contacts:full", "contacts:read"]
        case "products", "productFields": return ["products:full", "products:read"]
        case "notes": return ["deals:full", "contacts:full"]
        case "webhooks": return ["webhooks:full", "admin"]
        case "users": return path.hasSuffix("/me") ? nil : ["users:read"]
        case "leads": return ["leads:full", "leads:read"]
        default: return nil
        }
    }

    /// Whether the scopes of a grant open the route; a scope to read opens no writing.
    func isOpen(to granted: String) -> Bool {
        guard let scopes else { return true }
        let granted = Set(granted.split(separator: ",").map { String($0) })
        return scopes.contains { granted.contains($0) && (method == "GET" || !$0.hasSuffix(":read")) }
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
        DealRoutes.all + DealProductRoutes.all + DealLineRoutes.all + DiscountRoutes.all + PersonRoutes.all
        + OrganizationRoutes.all + ProductRoutes.all
        + VariationRoutes.all + MergeRoutes.all + LeadWriteRoutes.all + PipelineRoutes.all + FieldRoutes.all
        + SearchRoutes.all + UserRoutes.all + WebhookRoutes.all
        + NoteRoutes.all + LeadRoutes.all + ScopeRoutes.all
}
