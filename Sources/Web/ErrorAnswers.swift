import Domain
import HTTPTypes

/// Says an error in the words of whoever asked: a page, the API's JSON, the panel's, or a line of text.
struct ErrorAnswers: Sendable {
    let frame: PageFrame

    /// The one place where a refusal becomes a status.
    static func status(_ code: Refusal.Code) -> HTTPResponse.Status {
        switch code {
        case .invalid: .badRequest
        case .notFound: .notFound
        case .conflict: .conflict
        case .unauthorized: .unauthorized
        case .forbidden: .forbidden
        case .unavailable: .serviceUnavailable
        }
    }

    func answer(_ error: any Error, area: Route.Area, to call: Call) throws -> WebResponse {
        guard let refusal = error as? Refusal else {
            // A machine that delivers has to know that nothing was kept, and to come again.
            let status: HTTPResponse.Status = area == .machine ? .serviceUnavailable : .internalServerError
            return try answer(status, code: "internal", "Something went wrong on our side.", area: area, to: call)
        }
        return try answer(
            Self.status(refusal.code), code: refusal.code.rawValue, refusal.message, fields: refusal.fields,
            area: area, to: call)
    }

    func answer(
        _ status: HTTPResponse.Status, code: String, _ message: String, fields: [String: String] = [:],
        area: Route.Area, to call: Call
    ) throws -> WebResponse {
        switch area {
        case .member, .open, .customer: return try page(status, message, isCustomer: area == .customer, to: call)
        case .api:
            return .json(Self.apiError(code: code, message, fields: fields, call.request.requestID), status: status)
        case .panel: return PanelErrors.answer(status, message)
        case .machine: return .plain(message, status: status)
        }
    }

    /// A refusal in the regular API's words. A key that was used for another request is 422, as the draft standard of
    /// the Idempotency-Key header has it.
    static func api(_ refusal: Refusal, _ requestID: String) -> WebResponse {
        let isReused = refusal.code == .invalid && refusal.fields["Idempotency-Key"] == "was used for another request"
        return .json(
            apiError(code: refusal.code.rawValue, refusal.message, fields: refusal.fields, requestID),
            status: isReused ? .unprocessableContent : status(refusal.code))
    }

    static func apiError(
        code: String, _ message: String, fields: [String: String], _ requestID: String
    ) -> JSONValue {
        let named = fields.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue.string($0.value)) }
        let text = code == "internal" ? "\(message) Reference: \(requestID)." : message
        return .object([
            (
                "error",
                .object([("code", .string(code)), ("message", .string(text)), ("fields", .object(named))])
            )
        ])
    }

    private func page(
        _ status: HTTPResponse.Status, _ message: String, isCustomer: Bool, to call: Call
    ) throws -> WebResponse {
        let deal = call.query.trimmed("deal").flatMap { Int64($0) }.map(String.init)
        let page = ErrorPage(
            title: Self.title(status), message: message, requestID: call.request.requestID,
            supportEmail: frame.supportEmail, company: call.session?.company.name, dealID: deal)
        return isCustomer
            ? try frame.customerAnswer(page, formToken: "", status: status)
            : try frame.answer(page, to: call, status: status)
    }

    private static func title(_ status: HTTPResponse.Status) -> String {
        switch status.code {
        case 404: "Page not found"
        case 403: "Not allowed"
        case 405: "That does not work here"
        case 409: "That is not possible now"
        case 413: "Too large"
        case 415: "Wrong kind of content"
        case 503: "Not available right now"
        case 500...: "Something went wrong"
        default: "That did not work"
        }
    }
}
