import HTTPTypes

/// Header fields that every answer gets.
struct SecurityHeaders: Sendable {
    /// Where a form may lead besides this site: browsers hold `form-action` against redirects too, and Install
    /// leads to Pipedrive.
    let consentOrigins: [String]

    func apply(to answer: WebResponse, area: Route.Area, requestID: String) -> WebResponse {
        var answer = answer
        answer.response.headerFields[named: "X-Request-Id"] = requestID
        answer.response.headerFields[.xContentTypeOptions] = "nosniff"
        answer.response.headerFields[named: "X-Frame-Options"] = "DENY"
        answer.response.headerFields[named: "Referrer-Policy"] = area == .customer ? "no-referrer" : "same-origin"
        answer.response.headerFields[.contentSecurityPolicy] = policy(area)
        if answer.response.headerFields[.cacheControl] == nil { answer.response.headerFields[.cacheControl] = "no-store" }
        if area == .customer { answer.response.headerFields[named: "X-Robots-Tag"] = "noindex, nofollow" }
        return answer
    }

    private func policy(_ area: Route.Area) -> String {
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

extension HTTPFields {
    /// A field whose name the HTTP library has no constant for; a name that HTTP does not allow is not there.
    subscript(named name: String) -> String? {
        get { HTTPField.Name(name).flatMap { self[$0] } }
        set {
            if let name = HTTPField.Name(name) { self[name] = newValue }
        }
    }
}
