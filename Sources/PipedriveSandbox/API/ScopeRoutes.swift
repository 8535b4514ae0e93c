/// Routes that exist in Pipedrive but that the app's scopes do not open.
enum ScopeRoutes {
    private static let closed: [(method: String, path: String, cost: Int)] = [
        ("GET", "/api/v2/itemSearch", 20), ("GET", "/api/v2/itemSearch/field", 20), ("GET", "/api/v1/recents", 20),
        ("POST", "/api/v2/pipelines", 5), ("POST", "/api/v2/stages", 5),
    ]

    static let all: [APIRoute] = closed.map { route in
        APIRoute(route.method, route.path, cost: route.cost) { _ in throw Refusal.wrongScope }
    }
}
