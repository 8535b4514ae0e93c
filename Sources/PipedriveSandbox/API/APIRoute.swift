/// A route of the API: what it answers, what it costs, and which query parameters it knows.
struct APIRoute: Sendable {
    let method: String
    let path: String
    /// Tokens of the daily budget, from `x-token-cost` in the OpenAPI files.
    let cost: Int
    let query: Set<String>
    let isSearch: Bool
    /// The path between its slashes.
    let pattern: [String]
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
        pattern = path.split(separator: "/").map { String($0) }
        self.answer = answer
    }

    /// The scopes of which a grant needs one, nil when every grant will do.
    ///
    /// Webhooks take `webhooks:full` as the changelog has it; notes take either of two.
    var scopes: [String]? {
        let word = pattern.dropFirst(2).first ?? ""
        let kinds = ["deal", "person", "organization", "product"]
        if let kind = kinds.first(where: { word == $0 + "Fields" }) { return fieldScopes(kind) }
        switch word {
        case "deals", "pipelines", "stages": return ["deals:full", "deals:read"]
        case "persons", "organizations": return ["contacts:full", "contacts:read"]
        case "products": return ["products:full", "products:read"]
        case "notes": return ["deals:full", "contacts:full"]
        case "webhooks": return ["webhooks:full", "admin"]
        case "users": return path.hasSuffix("/me") ? nil : ["users:read"]
        case "leads", "leadLabels", "leadSources", "leadFields": return ["leads:full", "leads:read"]
        case "filters":
            return ["deals", "activities", "contacts"].flatMap { ["\($0):full", "\($0):read"] }
        default: return nil
        }
    }

    /// The whole field of a deal, person or organization is made and deleted under a scope of its own; names and
    /// options change under the entity's.
    private func fieldScopes(_ kind: String) -> [String] {
        let entity = kind == "person" || kind == "organization" ? "contacts" : kind + "s"
        let own = entity == "contacts" ? "contact-fields:full" : "\(kind)-fields:full"
        if kind == "product" { return ["products:full", "products:read", own] }
        let isWhole = method == "POST" && pattern.count == 3 || method == "DELETE" && pattern.count == 4
        return isWhole ? ["admin", own] : ["\(entity):full", "\(entity):read", "admin", own]
    }

    /// Whether the scopes of a grant open the route; a scope to read opens no writing.
    func isOpen(to granted: String) -> Bool {
        guard let scopes else { return true }
        let granted = Set(granted.split(separator: ",").map { String($0) })
        return scopes.contains { granted.contains($0) && (method == "GET" || !$0.hasSuffix(":read")) }
    }

    /// The parameters in the path when the segments fit, nil when they do not.
    func match(_ segments: [String]) -> [String: String]? {
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
        SearchRoutes.all + DealRoutes.all + DealProductRoutes.all + DealLineRoutes.all + DiscountRoutes.all
        + PersonRoutes.all
        + OrganizationRoutes.all + ProductRoutes.all
        + VariationRoutes.all + MergeRoutes.all + LeadWriteRoutes.all + PipelineRoutes.all + FieldRoutes.all
        + FieldWriteRoutes.all
        + UserRoutes.all + SettingRoutes.all + WebhookRoutes.all
        + NoteRoutes.all + LeadRoutes.all + ScopeRoutes.all
}
