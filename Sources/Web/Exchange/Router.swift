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

    let routes: [Route]

    /// HEAD is answered by GET's route.
    func match(method: HTTPRequest.Method, rawPath: Substring) -> Match {
        let path = Self.segments(rawPath)
        let wanted = method == .head ? .get : method
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
            PercentCoding.decode(Array($0), plusIsSpace: false)
        }
    }
}
