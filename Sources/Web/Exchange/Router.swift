import HTTPTypes

/// Finds the route of a request.
struct Router: Sendable {
    /// What was found.
    enum Match: Sendable {
        case found(Route, parameters: [String: String])
        /// The path is known, the method is not.
        case wrongMethod(allowed: [HTTPRequest.Method], area: Route.Area)
        case unknown(Route.Area)
    }

    private let routes: [Route]
    /// Those without parameters, by their path: most requests need not look through the table.
    private let literals: [String: [Route]]

    init(routes: [Route]) {
        self.routes = routes
        literals = Dictionary(grouping: routes.filter(\.isLiteral), by: \.pattern)
    }

    /// HEAD is answered by GET's route.
    func match(method: HTTPRequest.Method, rawPath: Substring) -> Match {
        let wanted = method == .head ? .get : method
        if let route = literals[String(rawPath)]?.first(where: { $0.method == wanted }) {
            return .found(route, parameters: [:])
        }
        let path = Self.segments(rawPath)
        var allowed: [HTTPRequest.Method] = []
        var area: Route.Area?
        for route in routes {
            guard let parameters = route.match(path) else { continue }
            if route.method == wanted { return .found(route, parameters: parameters) }
            // A literal route listed earlier wins over a parameter: do not mix their methods.
            area = area ?? route.area
            allowed.append(route.method)
            if route.method == .get { allowed.append(.head) }
        }
        guard let area else { return .unknown(path.first == "api" ? .api : .open) }
        return .wrongMethod(allowed: allowed, area: area)
    }

    static func segments(_ rawPath: Substring) -> [String] {
        rawPath.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst().map {
            PercentCoding.decode(Array($0)[...], plusIsSpace: false)
        }
    }
}
