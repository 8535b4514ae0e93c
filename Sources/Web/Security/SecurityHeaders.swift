public import HTTPTypes

/// Header fields that every answer gets.
struct SecurityHeaders: Sendable {
    private let fields: [Route.Area: HTTPFields]

    /// - Parameter consentOrigins: where a form may lead besides this site: browsers hold `form-action` against
    ///   redirects too, and Install leads to Pipedrive.
    init(consentOrigins: [String]) {
        fields = Dictionary(
            uniqueKeysWithValues: Route.Area.allCases.map { ($0, Self.fields($0, consentOrigins: consentOrigins)) })
    }

    func apply(to answer: WebResponse, area: Route.Area, requestID: String) -> WebResponse {
        var answer = answer
        answer.response.headerFields.append(HTTPField(name: .requestID, value: requestID))
        answer.response.headerFields.append(contentsOf: fields[area] ?? HTTPFields())
        if !answer.response.headerFields.contains(.cacheControl) {
            answer.response.headerFields.append(HTTPField(name: .cacheControl, value: "no-store"))
        }
        return answer
    }

    private static func fields(_ area: Route.Area, consentOrigins: [String]) -> HTTPFields {
        var fields = HTTPFields()
        fields[.xContentTypeOptions] = "nosniff"
        fields[named: "X-Frame-Options"] = "DENY"
        fields[named: "Referrer-Policy"] = area == .customer ? "no-referrer" : "same-origin"
        fields[.contentSecurityPolicy] = policy(area, consentOrigins: consentOrigins)
        if area == .customer { fields[named: "X-Robots-Tag"] = "noindex, nofollow" }
        return fields
    }

    private static func policy(_ area: Route.Area, consentOrigins: [String]) -> String {
        let targets: String
        switch area {
        case .member, .open: targets = (["'self'"] + consentOrigins).joined(separator: " ")
        case .customer: targets = "'self'"
        case .api, .panel, .machine: targets = "'none'"
        }
        return "default-src 'none'; style-src 'self'; img-src 'self'; form-action \(targets); base-uri 'none'; "
            + "frame-ancestors 'none'"
    }
}

extension HTTPField.Name {
    /// `X-Request-Id`: under which id a request is logged.
    public static let requestID: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Request-Id") else { preconditionFailure("no name of a header field") }
        return name
    }()
}

extension HTTPFields {
    /// A field whose name the HTTP library has no constant for; a name that HTTP does not allow is not there.
    subscript(named name: String) -> String? {
        get { HTTPField.Name(name).flatMap { self[$0] } }
        set {
            if let name = HTTPField.Name(name) { self[name] = newValue }
        }
    }
}
